"""The one door through which AI output reaches a reading."""

from __future__ import annotations

from annotations.models import Reading
from inference.selectors.predictions import PredictionState, newest_prediction


def ai_assistance(reading: Reading) -> PredictionState | None:
    """What AI says about this case; None, without a look, where the arm doesn't allow it."""
    arm = reading.reading_session.arm
    if not arm.is_ai_allowed:
        return None
    return newest_prediction(reading.case.imaging_study, arm.pipeline)
