"""The one door through which AI output reaches a reading."""

from __future__ import annotations

from annotations.models import Reading
from inference.models import PredictedDetection
from inference.selectors.predictions import PredictionState, detections_of, newest_prediction


def ai_assistance(reading: Reading) -> PredictionState | None:
    """What AI says about this case; None, without a look, where the arm doesn't allow it."""
    arm = reading.reading_session.arm
    if not arm.is_ai_allowed:
        return None
    return newest_prediction(reading.case.imaging_study, arm.pipeline)


def known_detections(reading: Reading) -> dict[int, PredictedDetection]:
    """Detections that this reading may have shown, of earlier runs too; none without AI."""
    arm = reading.reading_session.arm
    if not arm.is_ai_allowed:
        return {}
    return detections_of(reading.case.imaging_study, arm.pipeline)
