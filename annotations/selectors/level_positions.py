"""Where each disc of a case is: the reader's own marks, else the case's, else AI's."""

from __future__ import annotations

from dataclasses import dataclass

from annotations.models import LevelMark, Reading
from annotations.vocabulary import DISC_LEVELS
from inference.selectors.predictions import PredictionState


@dataclass(frozen=True)
class LevelPosition:
    """Centre of one disc, LPS mm, and who says so: "reading", "case" or "ai"."""

    disc_level: str
    position_lps: tuple[float, float, float]
    source: str


def level_positions(reading: Reading, assistance: PredictionState | None) -> list[LevelPosition]:
    """Cranial to caudal; AI's positions only where the arm shows AI and nobody marked."""
    found: dict[str, LevelPosition] = {}
    if assistance is not None and assistance.prediction is not None:
        for located in assistance.prediction.levels.all():
            if located.kind == "disc":
                found[located.level] = _position(located.level, located.center_lps, "ai")
    marks = LevelMark.objects.filter(case=reading.case)
    for mark in marks.filter(reading=None):
        found[mark.disc_level] = _position(mark.disc_level, mark.position_lps, "case")
    for mark in marks.filter(reading=reading):
        found[mark.disc_level] = _position(mark.disc_level, mark.position_lps, "reading")
    return [found[level] for level in DISC_LEVELS if level in found]


def _position(level: str, position_lps: list[float], source: str) -> LevelPosition:
    x, y, z = position_lps
    return LevelPosition(level, (x, y, z), source)
