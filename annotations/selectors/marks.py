"""What a reader has drawn, and what is said of AI's proposals."""

from __future__ import annotations

from typing import Any

from annotations.models import Measurement, Reading, ReadingEvent
from annotations.vocabulary.events import VERDICTS


def measurement_view(row: Measurement) -> dict[str, Any]:
    """A mark as the browser takes it."""
    return {
        "measurement_key": row.measurement_key,
        "kind": row.kind,
        "points_lps": row.points_lps,
        "stack_id": row.stack_id,
        "stack_position": row.stack_position,
        "label": row.label,
        "values": row.values,
        "revision": row.revision,
        "is_deleted": row.is_deleted,
    }


def measurement_views(reading: Reading) -> list[dict[str, Any]]:
    """All marks that aren't deleted."""
    return [measurement_view(row) for row in reading.measurements.filter(is_deleted=False)]


def mask_views(reading: Reading) -> list[dict[str, Any]]:
    """Which stacks have masks, and their revision."""
    return [
        {"stack_id": row.stack_id, "revision": row.revision} for row in reading.segmentations.all()
    ]


def verdict_views(reading: Reading) -> list[dict[str, Any]]:
    """The newest verdict of each cell; none where it was taken back."""
    found: dict[tuple[str, str, str], str] = {}
    for event in ReadingEvent.objects.filter(reading=reading, kind__in=list(VERDICTS)):
        cell = event.detail["item"], event.detail["disc_level"], event.detail["side"]
        found[cell] = VERDICTS[event.kind]
    return [
        {"item": item, "disc_level": level, "side": side, "verdict": verdict}
        for (item, level, side), verdict in found.items()
        if verdict
    ]
