"""The one door through which AI output reaches a reading."""

from __future__ import annotations

from annotations.models import Reading
from annotations.selectors.worklist import preceding_is_submitted
from inference.models import PredictedDetection
from inference.selectors.predictions import PredictionState, detections_of, newest_prediction


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
