"""The one door through which AI output reaches a reading."""

from __future__ import annotations

from annotations.models import Reading
from annotations.selectors.worklist import preceding_is_submitted
from inference.selectors.predictions import PredictionState, newest_prediction


def ai_assistance(reading: Reading) -> PredictionState | None:
    """What AI says about this case; None, without a look, where it isn't allowed (yet).

    Not in an arm without AI; in a sequential design not before the unaided answers of the same
    sitting are locked.
    """
    arm = reading.reading_session.arm
    if not arm.is_ai_allowed or not preceding_is_submitted(reading):
        return None
    return newest_prediction(reading.case.imaging_study, arm.pipeline)
