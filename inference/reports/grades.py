"""From the words of reports to the grades of items: grades.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class GradeMap:
    """grades: category of a report -> score on the item's scale; what isn't there is missing."""

    item_code: str
    target: str
    grades: Mapping[str, int]


@cache
def grade_maps() -> dict[str, GradeMap]:
    """Item code -> its map, of every item that reports can give grades for."""
    text = files(__package__).joinpath("grades.toml").read_text("utf-8")
    return {
        code: GradeMap(code, row["target"], dict(row["grades"]))
        for code, row in tomllib.loads(text).items()
    }
