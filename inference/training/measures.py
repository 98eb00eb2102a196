"""The figures of the evaluation table. Pure numpy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def dice(found: NDArray[np.uint8], true: NDArray[np.uint8], value: int) -> float | None:
    """Dice 1945 overlap of one label; None where neither map has it."""
    a, b = found == value, true == value
    total = int(a.sum() + b.sum())
    return 2 * int((a & b).sum()) / total if total else None


def quadratic_kappa(found: Sequence[int], true: Sequence[int], scores: Sequence[int]) -> float:
    """Weighted kappa, squared distances (Cohen 1968); nan where chance explains all."""
    size = len(scores)
    table = np.zeros((size, size))
    for a, b in zip(found, true, strict=True):
        table[list(scores).index(a), list(scores).index(b)] += 1
    weight = (np.arange(size)[:, None] - np.arange(size)) ** 2
    expected = table.sum(1)[:, None] * table.sum(0) / max(table.sum(), 1)
    chance = float((weight * expected).sum())
    return 1 - float((weight * table).sum()) / chance if chance else float("nan")


def expected_calibration_error(
    confidence: Sequence[float], is_right: Sequence[bool], bins: int = 10
) -> float:
    """Mean gap of confidence and accuracy over equal-width bins (Naeini et al. 2015)."""
    sure, right = np.asarray(confidence), np.asarray(is_right, dtype=float)
    place = np.minimum((sure * bins).astype(int), bins - 1)
    gaps = [
        abs(sure[place == k].mean() - right[place == k].mean()) * (place == k).sum()
        for k in range(bins)
        if (place == k).any()
    ]
    return float(sum(gaps) / max(len(sure), 1))
