"""Evidence is checked before it is kept, kept with its grade, and never changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from django.db import DatabaseError, IntegrityError, transaction

from inference.contract import EvidenceOutput, GradeOutput, PredictionOutput
from inference.evidence import MOST_EVIDENCE_BYTES
from inference.models import PredictedEvidence, PredictedGrade, Prediction
from inference.services import jobs
from inference.services.predictions import store_prediction
from spinestudy.imaging.models import ImagingStudy
from tests.factories.reader_studies import PIPELINE, exam, stack_of

GRADE = GradeOutput("modic", "L4/L5", {0: 0.25, 1: 0.75})
PIXELS = np.arange(12, dtype=np.uint8).reshape(3, 4)
HEAT = np.array([[0, 255]], dtype=np.uint8)


def evidence(stack_id: int = 1, **changed: Any) -> EvidenceOutput:
    one = EvidenceOutput(
        item="modic",
        disc_level="L4/L5",
        plane="sagittal",
        stack_id=stack_id,
        slice_index=5,
        center_lps=(1.23456, 2.0, 3.0),
        row_direction_lps=(0.0, 1.0, 0.0),
        column_direction_lps=(0.0, 0.0, -1.0),
        pixel_mm=0.75,
        pixels=PIXELS,
        heat=HEAT,
    )
    return replace(one, **changed)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"pixels": PIXELS.astype(np.float32)}, "pixels must be uint8"),
        ({"pixels": PIXELS[None]}, "pixels must be uint8"),
        ({"heat": HEAT[:0]}, "heat must be uint8"),
        ({"heat": HEAT.astype(np.int64)}, "heat must be uint8"),
        ({"heat": np.zeros((4, 4), np.uint8)}, "heat may not be finer"),
        ({"pixels": np.zeros((129, 4), np.uint8)}, "at most 128 pixels"),
        ({"pixel_mm": 0.0}, "pixel_mm must be above 0"),
    ],
)
def test_a_picture_that_is_none_is_refused(changed: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        evidence(**changed)


def test_evidence_needs_its_grade_and_stays_small() -> None:
    with pytest.raises(ValueError, match="has no grade"):
        PredictionOutput((), (GRADE,), evidence=(evidence(disc_level="L5/S1"),))
    large = evidence(pixels=np.zeros((128, 128), np.uint8))
    fits = MOST_EVIDENCE_BYTES // (128 * 128 + HEAT.size)
    PredictionOutput((), (GRADE,), evidence=(large,) * fits)
    with pytest.raises(ValueError, match="at most 524288 are kept"):
        PredictionOutput((), (GRADE,), evidence=(large,) * (fits + 1))


@pytest.fixture
def imaging_study(db: None) -> ImagingStudy:
    return exam()


def stored(imaging_study: ImagingStudy, *given: EvidenceOutput) -> Prediction:
    queued = jobs.queue_job(imaging_study=imaging_study, pipeline=PIPELINE, actor=None)
    job = jobs.claim_job(queued.pk)
    assert job is not None
    output = PredictionOutput((), (GRADE,), evidence=given)
    return store_prediction(job=job, output=output, weights_sha256="0" * 64)


def test_evidence_is_kept_with_its_grade_and_never_changed(imaging_study: ImagingStudy) -> None:
    stack = stack_of(imaging_study)
    prediction = stored(imaging_study, evidence(stack.pk))
    kept = PredictedEvidence.objects.get()
    assert kept.grade == PredictedGrade.objects.get(prediction=prediction)
    assert (kept.stack_id, kept.stack_position, kept.plane) == (stack.pk, 5, "sagittal")
    assert (kept.center_lps, kept.pixel_mm) == ([1.23, 2.0, 3.0], 0.75)
    assert kept.axes_lps == [0, 1, 0, 0, 0, -1]
    assert (kept.rows, kept.columns, bytes(kept.pixels)) == (3, 4, PIXELS.tobytes())
    assert (kept.heat_rows, kept.heat_columns, bytes(kept.heat)) == (1, 2, HEAT.tobytes())
    all_of_it = PredictedEvidence.objects.all()
    for change in (lambda: all_of_it.update(rows=4), all_of_it.delete):
        with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
            change()
    kept.pk, kept.pixels = None, b"short"
    with pytest.raises(IntegrityError, match="evidence_pixels_are_whole"), transaction.atomic():
        kept.save()
