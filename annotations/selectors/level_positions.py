"""Where discs and bodies of a case are: the reader's own marks, else the case's, else AI's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from annotations.models import LevelMark, Reading
from annotations.vocabulary import MARKED_DISCS, MARKED_VERTEBRAE
from inference.selectors.predictions import PredictionState

_PLACE = {name: at for at, name in enumerate((*MARKED_VERTEBRAE, *MARKED_DISCS))}


@dataclass(frozen=True)
class LevelPosition:
    """Centre of one disc or vertebra, LPS mm, and who says so: "reading", "case" or "ai"."""

    kind: str
    level: str
    position_lps: tuple[float, float, float]
    source: str


def level_positions(reading: Reading, assistance: PredictionState | None) -> list[LevelPosition]:
    """Bodies, then discs, cranial to caudal.

    A reader's own marks replace all others: two opinions of where L5 is must not be mixed. AI's
    are given only where the arm shows AI, level by level where the case has none.
    """
    own = LevelMark.objects.filter(reading=reading)
    found: dict[tuple[str, str], LevelPosition] = {}
    if not own:
        if assistance is not None and assistance.prediction is not None:
            for located in assistance.prediction.levels.all():
                kind = "disc" if located.kind == "disc" else "vertebra"
                found[kind, located.level] = _position(
                    kind, located.level, located.center_lps, "ai"
                )
        for mark in LevelMark.objects.filter(case=reading.case, reading=None):
            found[mark.kind, mark.level] = _position(
                mark.kind, mark.level, mark.position_lps, "case"
            )
    for mark in own:
        found[mark.kind, mark.level] = _position(
            mark.kind, mark.level, mark.position_lps, "reading"
        )
    return sorted(found.values(), key=lambda one: _PLACE.get(one.level, len(_PLACE)))


def level_mark_views(positions: list[LevelPosition]) -> list[dict[str, Any]]:
    """As the viewer takes them."""
    return [
        {
            "kind": one.kind,
            "level": one.level,
            "position_lps": list(one.position_lps),
            "source": one.source,
        }
        for one in positions
    ]


def _position(kind: str, level: str, position_lps: list[float], source: str) -> LevelPosition:
    x, y, z = position_lps
    return LevelPosition(kind, level, (x, y, z), source)
