"""An exam to learn from, whatever its source: images, labels, grades and centres."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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
    labels: stack_id -> uint8 (slices, rows, columns), see contract.STRUCTURES.
    grades: item -> disc level -> score; a missing one is skipped in training.
    centers_lps: disc and body level -> (3,) mm.
    """

    patient_key: str
    exam: ExamInput
    labels: Mapping[int, NDArray[np.uint8]]
    grades: Mapping[str, Mapping[str, int]]
    centers_lps: Mapping[str, NDArray[np.float64]]


class LeakageError(ValueError):
    """A patient is in more than one part of the split."""


def require_disjoint(parts: Mapping[Part, Iterable[str]]) -> None:
    """Raise LeakageError where a patient key is in two parts."""
    seen: dict[str, str] = {}
    for part, keys in parts.items():
        for key in keys:
            if seen.setdefault(key, part) != part:
                raise LeakageError(f"Patient {key} is in both {seen[key]} and {part}.")
