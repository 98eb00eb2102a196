"""What masks may be drawn of: label value, name and colour. No violet, which is AI's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Segment:
    """One label value, 1..255, of a reader's labelmap."""

    value: int
    code: str
    name: str
    color: str


SEGMENTS: Final[dict[str, Segment]] = {
    one.code: one
    for one in (
        Segment(1, "vertebral_body", "Vertebral body", "#56b4e9"),
        Segment(2, "modic_1", "Modic type 1", "#d55e00"),
        Segment(3, "modic_2", "Modic type 2", "#f0e442"),
        Segment(4, "modic_3", "Modic type 3", "#009e73"),
        Segment(5, "lesion", "Lesion", "#e69f00"),
    )
}
