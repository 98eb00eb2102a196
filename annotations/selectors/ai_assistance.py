"""The one door through which AI output reaches a reading."""

from __future__ import annotations

from annotations.models import Reading
from annotations.selectors.worklist import preceding_is_submitted
from inference.models import PredictedDetection, PredictedGrade
from inference.selectors.predictions import (
    PredictionState,
    detections_of,
    newest_grade,
    newest_prediction,
)


def is_ai_open(reading: Reading) -> bool:
    """Whether the arm shows AI, and what comes before it in a sitting is locked."""
    return reading.reading_session.arm.is_ai_allowed and preceding_is_submitted(reading)


def ai_assistance(reading: Reading) -> PredictionState | None:
    """What AI says about this case; None, without a look, where it isn't allowed (yet).

    Not in an arm without AI; in a sequential design not before the unaided answers of the same
    sitting are locked.
    """
    if not is_ai_open(reading):
        return None
    return newest_prediction(reading.case.imaging_study, reading.reading_session.arm.pipeline)


def known_detections(reading: Reading) -> dict[int, PredictedDetection]:
    """Detections that this reading may have shown, of earlier runs too; none without AI."""
    if not is_ai_open(reading):
        return {}
    return detections_of(reading.case.imaging_study, reading.reading_session.arm.pipeline)


def proposed_grade(
    reading: Reading, *, item_code: str, disc_level: str, side: str
) -> PredictedGrade | None:
    """One proposal with what it rested on; None, without a look, where AI isn't allowed (yet)."""
    if not is_ai_open(reading):
        return None
    return newest_grade(
        reading.case.imaging_study,
        reading.reading_session.arm.pipeline,
        item_code=item_code,
        disc_level=disc_level,
        side=side,
    )
