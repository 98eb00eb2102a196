"""The figures of the evaluation tables. Pure numpy.

Intervals are percentile bootstraps that draw whole patients: levels of one patient go together.
The statistics of readers live in `annotations.agreement`, above this app in the one arrow; a
worker that trains must not need them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

DRAWS: Final = 1000
LEAST_PATIENTS: Final = 5
"""With fewer patients an interval over patients says nothing, and none is given."""
_LEVEL: Final = 0.95
Interval = tuple[float, float]


def dice(found: NDArray[np.uint8], true: NDArray[np.uint8], value: int) -> float | None:
    """Dice 1945 overlap of one label; None where neither map has it."""
    a, b = found == value, true == value
    total = int(a.sum() + b.sum())
    return 2 * int((a & b).sum()) / total if total else None


def confusion(
    found: Sequence[int], true: Sequence[int], scores: Sequence[int]
) -> NDArray[np.float64]:
    """(K, K) counts: rows the true score, columns the found one, in the order of `scores`."""
    place = {score: k for k, score in enumerate(scores)}
    table = np.zeros((len(scores), len(scores)))
    for a, b in zip(found, true, strict=True):
        table[place[b], place[a]] += 1
    return table


def kappa_of(table: NDArray[np.float64]) -> float:
    """Weighted kappa, squared distances (Cohen 1968); nan where chance explains all."""
    size = len(table)
    weight = (np.arange(size)[:, None] - np.arange(size)) ** 2
    expected = table.sum(1)[:, None] * table.sum(0) / max(table.sum(), 1)
    chance = float((weight * expected).sum())
    return 1 - float((weight * table).sum()) / chance if chance else float("nan")


def quadratic_kappa(found: Sequence[int], true: Sequence[int], scores: Sequence[int]) -> float:
    """Quadratic kappa of two lists of scores; see `kappa_of`."""
    return kappa_of(confusion(found, true, scores))


def class_accuracy(table: NDArray[np.float64]) -> float:
    """Mean over the true classes of the share found right (rows: true); nan for an empty table.

    A class without a case is left out (Lu et al. 2018, arXiv 1807.10215, report this mean).
    """
    sizes = table.sum(1)
    known = sizes > 0
    return float((np.diag(table)[known] / sizes[known]).mean()) if known.any() else float("nan")


def auroc(chance: NDArray[np.float64], is_positive: NDArray[np.bool_]) -> float:
    """Area under the ROC curve as a Mann-Whitney statistic (Bamber 1975), ties count half.

    nan where one of the two groups is empty.
    """
    positives = int(is_positive.sum())
    negatives = len(is_positive) - positives
    if not positives or not negatives:
        return float("nan")
    ranks = rankdata(chance)[is_positive].sum()
    return float((ranks - positives * (positives + 1) / 2) / (positives * negatives))


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


def patient_interval(
    patients: Sequence[str], statistic: Callable[[NDArray[np.intp]], float], seed: int
) -> Interval | None:
    """95 % interval of `statistic(rows)`, rows being those of the patients drawn.

    Draws on which it is undefined are left out; None with fewer than five patients, or where more
    than a tenth of the draws are undefined.
    """
    names, owner = np.unique(np.asarray(patients), return_inverse=True)
    if len(names) < LEAST_PATIENTS:
        return None
    rows_of = [np.flatnonzero(owner == k) for k in range(len(names))]
    rng = np.random.default_rng(seed)
    values = np.array(
        [
            statistic(
                np.concatenate([rows_of[k] for k in rng.integers(len(names), size=len(names))])
            )
            for _ in range(DRAWS)
        ]
    )
    known = values[~np.isnan(values)]
    if len(known) < 0.9 * DRAWS:
        return None
    tail = (1 - _LEVEL) / 2
    low, high = np.quantile(known, [tail, 1 - tail])
    return float(low), float(high)


def kappa_interval(
    patients: Sequence[str],
    found: Sequence[int],
    true: Sequence[int],
    scores: Sequence[int],
    seed: int,
) -> Interval | None:
    """95 % interval of the quadratic kappa, patients as clusters; see `patient_interval`."""
    place = {score: k for k, score in enumerate(scores)}
    size = len(scores)
    cells = np.array([place[b] * size + place[a] for a, b in zip(found, true, strict=True)])

    def kappa(rows: NDArray[np.intp]) -> float:
        counts = np.bincount(cells[rows], minlength=size * size).astype(np.float64)
        return kappa_of(counts.reshape(size, size))

    return patient_interval(patients, kappa, seed)
