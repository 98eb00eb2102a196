"""The newest prediction of a pipeline for an exam, and where it stands."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from inference.models import Job, PredictedDetection, PredictedGrade, Prediction
from spinestudy.imaging.models import ImagingStudy

Status = Literal["none", "pending", "failed", "ready"]


@dataclass(frozen=True)
class PredictionState:
    """A prediction, or why there is none yet."""

    status: Status
    prediction: Prediction | None


def newest_prediction(imaging_study: ImagingStudy, pipeline: str) -> PredictionState:
    """The newest prediction of "name@version"; the state of its last job where there is none."""
    prediction = (
        Prediction.objects.filter(imaging_study=imaging_study, pipeline=pipeline)
        .prefetch_related("levels", "grades", "outlines", "detections__stack", "measures")
        .first()
    )
    if prediction is not None:
        return PredictionState("ready", prediction)
    job = Job.objects.filter(imaging_study=imaging_study, pipeline=pipeline).first()
    if job is None:
        return PredictionState("none", None)
    return PredictionState("failed" if job.state == Job.State.FAILED else "pending", None)


def detections_of(imaging_study: ImagingStudy, pipeline: str) -> dict[int, PredictedDetection]:
    """Every detection that any run of "name@version" has given for an exam, by number."""
    found = PredictedDetection.objects.filter(
        prediction__imaging_study=imaging_study, prediction__pipeline=pipeline
    ).select_related("stack__series")
    return {one.pk: one for one in found}


def newest_grade(
    imaging_study: ImagingStudy, pipeline: str, *, item_code: str, disc_level: str, side: str
) -> PredictedGrade | None:
    """One grade of the newest prediction, with the pictures behind it."""
    newest = Prediction.objects.filter(imaging_study=imaging_study, pipeline=pipeline)
    return (
        PredictedGrade.objects.filter(
            prediction__in=newest.values("pk")[:1],
            item_code=item_code,
            disc_level=disc_level,
            side=side,
        )
        .prefetch_related("evidence__stack")
        .first()
    )


def newest_number(imaging_study: ImagingStudy, pipeline: str) -> int | None:
    """The number of the newest prediction, without what it says."""
    found = Prediction.objects.filter(imaging_study=imaging_study, pipeline=pipeline)
    return found.values_list("pk", flat=True).first()


def newest_grades(
    imaging_studies: Collection[int], pipeline: str, item_code: str
) -> list[tuple[int, str, str, int]]:
    """(exam, disc level, side, score) of one item, from the newest prediction of each exam."""
    newest = (
        Prediction.objects.filter(imaging_study__in=imaging_studies, pipeline=pipeline)
        .order_by("imaging_study_id", "-id")
        .distinct("imaging_study_id")
    )
    return list(
        PredictedGrade.objects.filter(prediction__in=newest.values("pk"), item_code=item_code)
        .order_by("pk")
        .values_list("prediction__imaging_study_id", "disc_level", "side", "score")
    )
