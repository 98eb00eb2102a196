"""Findings that AI has put in boxes, and what a reader says of them.

Called with a prediction that came through `ai_assistance`, the one door.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from annotations.models import Reading, ReadingEvent
from annotations.vocabulary.events import FINDING_VERDICTS
from inference.models import Prediction


def finding_verdicts(reading: Reading) -> dict[int, str]:
    """Detection -> the reader's newest verdict on it, "" where it was taken back."""
    events = ReadingEvent.objects.filter(reading=reading, kind__in=list(FINDING_VERDICTS))
    return {event.detail["detection"]: FINDING_VERDICTS[event.kind] for event in events}


def detection_views(
    reading: Reading, prediction: Prediction, items: Container[str]
) -> list[dict[str, Any]]:
    """Detections of the items of this reader study, surest first."""
    verdicts = finding_verdicts(reading)
    found = [one for one in prediction.detections.all() if one.item_code in items]
    return [
        {
            "id": one.pk,
            "item": one.item_code,
            "at_least": one.at_least,
            "disc_level": one.disc_level,
            "side": one.side,
            "frame_of_reference_uid": one.stack.frame_of_reference_uid,
            "stack_id": one.stack_id,
            "center_lps": one.center_lps,
            "axes_lps": [one.axes_lps[at : at + 3] for at in (0, 3, 6)],
            "size_mm": one.size_mm,
            "score": one.score,
            "is_calibrated": one.is_calibrated,
            "verdict": verdicts.get(one.pk, ""),
        }
        for one in sorted(found, key=lambda one: (-one.score, one.pk))
    ]
