"""An exam to learn from, whatever its source: images, labels, grades and centres."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from inference.contract import ExamInput

Part = Literal["train", "validation", "test"]
PARTS: Final[tuple[Part, ...]] = ("train", "validation", "test")


@dataclass(frozen=True)
class TrainingExam:
    """One patient's exam with what is known about it.

    patient_key: whose it is; a patient is in one part of the split only.
    labels: stack_id -> uint8 (slices, rows, columns), see contract.STRUCTURES; empty where the
        source has no masks.
    grades: item -> disc level -> score; a missing one is skipped in training.
    centers_lps: disc and body level -> (3,) mm.
    exam_key: which exam; its Study Instance UID where the source tells one.
    side_grades: item -> (disc level, "right" or "left") -> score.
    points_lps: (item, disc level, side or "") -> (3,) mm, where a labeller pointed at the finding.
    from_reports: (item, disc level, side or "") of the grades that were read from reports: weak.
    """

    patient_key: str
    exam: ExamInput
    labels: Mapping[int, NDArray[np.uint8]]
    grades: Mapping[str, Mapping[str, int]]
    centers_lps: Mapping[str, NDArray[np.float64]]
    exam_key: str = ""
    side_grades: Mapping[str, Mapping[tuple[str, str], int]] = field(default_factory=dict)
    points_lps: Mapping[tuple[str, str, str], NDArray[np.float64]] = field(default_factory=dict)
    from_reports: frozenset[tuple[str, str, str]] = frozenset()

    def score(self, item: str, disc_level: str, side: str = "") -> int | None:
        """What is known of one cell; None where nothing is."""
        if side:
            return self.side_grades.get(item, {}).get((disc_level, side))
        return self.grades.get(item, {}).get(disc_level)


class LeakageError(ValueError):
    """A patient is in more than one part of the split."""


def require_disjoint(parts: Mapping[Part, Iterable[str]]) -> None:
    """Raise LeakageError where a patient key is in two parts."""
    seen: dict[str, str] = {}
    for part, keys in parts.items():
        for key in keys:
            if seen.setdefault(key, part) != part:
                raise LeakageError(f"Patient {key} is in both {seen[key]} and {part}.")
