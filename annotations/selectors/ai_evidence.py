"""What AI's grade of one cell rested on, as the reading room shows it."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from annotations.models import Reading
from annotations.selectors.ai_assistance import proposed_grade
from annotations.selectors.cells import items_of
from spinestudy.common.errors import MissingError


class NoEvidenceError(MissingError):
    """Nothing may be shown of this cell, or nothing was kept: the answer is the same."""

    code = "no_evidence"


def evidence_view(
    reading: Reading, *, item_code: str, disc_level: str, side: str
) -> dict[str, Any]:
    """The proposed score and its pictures; NoEvidenceError where there are none to be shown.

    Open where the proposal is: in an arm with AI, for the items of the reader study.
    """
    grade = proposed_grade(reading, item_code=item_code, disc_level=disc_level, side=side)
    is_asked = any(item.finding_code == item_code for item in items_of(reading))
    pictures = list(grade.evidence.all()) if grade and is_asked else []
    if grade is None or not pictures:
        raise NoEvidenceError(
            "There is no evidence of AI for this cell: its model gives none, or ran before it did. "
            "Grade without it."
        )
    return {
        "score": grade.score,
        "pictures": [
            {
                "plane": one.plane,
                "stack_id": one.stack_id,
                "stack_position": one.stack_position,
                "slice_count": one.stack.slice_count,
                "weighting": one.stack.weighting,
                "center_lps": one.center_lps,
                "row_direction_lps": one.axes_lps[:3],
                "column_direction_lps": one.axes_lps[3:],
                "pixel_mm": one.pixel_mm,
                "image": _grey(one.rows, one.columns, one.pixels),
                "heat": _grey(one.heat_rows, one.heat_columns, one.heat),
            }
            for one in pictures
        ],
    }


def _grey(rows: int, columns: int, values: bytes | memoryview) -> dict[str, Any]:
    return {"rows": rows, "columns": columns, "values": b64encode(bytes(values)).decode()}
