"""Predictions without pixels, for tests of what is made of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from inference.contract import GradeOutput, PredictionOutput
from inference.models import Job, Prediction
from inference.registry import metadata
from inference.services import jobs
from inference.services.predictions import store_prediction
from spinestudy.imaging.models import ImagingStudy
from tests.factories.reader_studies import PIPELINE


def grade(item: str, level: str, score: int, sure: float = 0.7) -> GradeOutput:
    """Probability `sure` of the score, the rest on its neighbour."""
    other = score - 1 if score else score + 1
    return GradeOutput(item, level, {score: sure, other: 1 - sure})


def predict(
    imaging_study: ImagingStudy,
    scores: Mapping[str, int],
    *,
    pipeline: str = PIPELINE,
    item: str = "pfirrmann",
    made_at: datetime | None = None,
) -> Prediction:
    """Store a prediction of that item at these levels, as a worker does."""
    queued = Job.objects.create(imaging_study=imaging_study, pipeline=pipeline)
    job = jobs.claim_job(queued.pk)
    assert job is not None
    prediction = store_prediction(
        job=job,
        output=PredictionOutput((), tuple(grade(item, k, v) for k, v in scores.items())),
        weights_sha256=metadata(PIPELINE)["weights_sha256"],
        device="cpu",
        stage_seconds={"load images": 0.5, "grade": 1.25},
    )
    if made_at is not None:
        Prediction.objects.filter(pk=prediction.pk).update(created_at=made_at)
    return prediction
