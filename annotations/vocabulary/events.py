"""What can happen in a reading."""

from __future__ import annotations

from typing import Final

EVENT_KINDS: Final = (
    "opened",
    "left",
    "span",
    "paused",
    "resumed",
    "ai_shown",
    "ai_hidden",
    "ai_accepted",
    "ai_rejected",
    "ai_opacity",
    "finding_accepted",
    "finding_rejected",
    "finding_open",
    "undo",
    "redo",
    "layout",
    "ai_open",
    "ai_evidence_shown",
    "ai_evidence_hidden",
)
VERDICTS: Final = {"ai_accepted": "accepted", "ai_rejected": "rejected", "ai_open": ""}
"""Event kind -> what the reader says of a proposal of AI; "": taken back."""
FINDING_VERDICTS: Final = {
    "finding_accepted": "accepted",
    "finding_rejected": "rejected",
    "finding_open": "",
}
"""Event kind -> what the reader says of a finding in a box; "": taken back."""
CELL_EVENTS: Final = (*VERDICTS, "ai_evidence_shown", "ai_evidence_hidden")
"""Kinds that are about one cell, which they name by item, disc_level and side."""
FREEZABLE_EVENTS: Final = ("layout", "ai_opacity")
"""Kinds that tell of a setting which a protocol may freeze; the settings bear the same names."""
MOST_SLOTS: Final = 16
SPAN_STATES: Final = ("active", "idle", "hidden", "paused", "loading")
LONGEST_SPAN_MS: Final = 12 * 3600 * 1000
MOST_EVENTS_AT_ONCE: Final = 200
ELSEWHERE_S: Final = 60
"""Another window counts as open for so long after its last word."""
LATE_S: Final = 600
"""Events that were made before submission may come in so long after it."""
