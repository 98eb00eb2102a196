"""The figures of one graded item, overall and level by level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from inference.training.measures import (
    auroc,
    class_accuracy,
    confusion,
    expected_calibration_error,
    kappa_interval,
    kappa_of,
    patient_interval,
)

CUTS: Final = {"pfirrmann": 4, "modic": 1}
"""Item -> the least score that counts as abnormal; the upper half of the scale for the others."""


@dataclass(frozen=True)
class Cell:
    """One graded cell: what the pipeline said, and what is held to be right."""

    patient_key: str
    item: str
    disc_level: str
    side: str
    score: int
    true: int
    probabilities: dict[int, float]


def cut_of(item: str, scores: Sequence[int]) -> int:
    """The least score that counts as abnormal."""
    return CUTS.get(item, scores[len(scores) // 2])


def item_figures(
    item: str, scores: tuple[int, ...], cells: Sequence[Cell], seed: int
) -> dict[str, Any]:
    """Agreement, accuracy, binary area, calibration and confusion; None where undefined.

    Cells whose true score is none of the scale are left out and counted.
    """
    usable = [cell for cell in cells if cell.true in scores]
    found, true = [c.score for c in usable], [c.true for c in usable]
    table = confusion(found, true, scores)
    patients = [c.patient_key for c in usable]
    sure = [c.probabilities.get(c.score, float("nan")) for c in usable]
    right = [c.score == c.true for c in usable]
    at_least = cut_of(item, scores)
    chance, positive = _binary(usable, at_least)

    def area(rows: NDArray[np.intp]) -> float:
        return auroc(chance[rows], positive[rows])

    has_any = bool(usable)
    spread = patient_interval(patients, area, seed) if has_any else None
    return {
        "discs": len(usable),
        "patients": len(set(patients)),
        "not_on_scale": len(cells) - len(usable),
        "quadratic_kappa": rounded(kappa_of(table)) if has_any else None,
        "quadratic_kappa_interval": (
            _interval(kappa_interval(patients, found, true, scores, seed)) if has_any else None
        ),
        "accuracy": rounded(np.mean(right)) if has_any else None,
        "class_accuracy": rounded(class_accuracy(table)),
        "calibration_error": (
            rounded(expected_calibration_error(sure, right)) if has_any else None
        ),
        "binary": {
            "at_least": at_least,
            "positive": int(positive.sum()),
            "auroc": rounded(auroc(chance, positive)) if has_any else None,
            "auroc_interval": _interval(spread),
        },
        "scores": list(scores),
        "confusion": table.astype(int).tolist(),
        "levels": _by_level(scores, usable, at_least),
    }


def _by_level(
    scores: tuple[int, ...], cells: Sequence[Cell], at_least: int
) -> dict[str, dict[str, Any]]:
    levels = sorted({(c.disc_level, c.side) for c in cells})
    told = {}
    for level, side in levels:
        own = [c for c in cells if (c.disc_level, c.side) == (level, side)]
        table = confusion([c.score for c in own], [c.true for c in own], scores)
        told[f"{level} {side}".strip()] = {
            "n": len(own),
            "quadratic_kappa": rounded(kappa_of(table)),
            "accuracy": rounded(np.trace(table) / len(own)),
            "class_accuracy": rounded(class_accuracy(table)),
            "auroc": rounded(auroc(*_binary(own, at_least))),
        }
    return told


def _binary(cells: Sequence[Cell], at_least: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Probability of an abnormal score, and whether it is one."""
    chance = [sum(p for k, p in c.probabilities.items() if k >= at_least) for c in cells]
    return np.array(chance), np.array([c.true >= at_least for c in cells], dtype=bool)


def rounded(value: Any) -> float | None:
    """Three digits; None for nan."""
    number = float(value)
    return None if number != number else round(number, 3)


def _interval(found: tuple[float, float] | None) -> list[float | None] | None:
    return None if found is None else [rounded(found[0]), rounded(found[1])]
