"""Coefficients by loops over items, raters and pairs, for a few items: twins of the real ones."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int64]
Weights = NDArray[np.float64]


def rated(row: Codes) -> list[int]:
    return [int(code) for code in row if code >= 0]


def observed(ratings: Codes, v: Weights) -> float | None:
    """Mean over items with two ratings or more of the mean disagreement of its pairs."""
    means = []
    for row in ratings:
        codes = rated(row)
        if len(codes) > 1:
            pairs = list(permutations(range(len(codes)), 2))
            means.append(sum(v[codes[i], codes[j]] for i, j in pairs) / len(pairs))
    return sum(means) / len(means) if means else None


def fleiss(ratings: Codes, v: Weights) -> float | None:
    """Chance: two ratings of two random items, each of a random rater of its own item."""
    apart = observed(ratings, v)
    items = [codes for row in ratings if (codes := rated(row))]
    if apart is None:
        return None
    chance = (
        sum(
            v[a, b] / (len(one) * len(other))
            for one in items
            for other in items
            for a in one
            for b in other
        )
        / len(items) ** 2
    )
    return None if chance == 0 else 1 - apart / chance


def conger(ratings: Codes, v: Weights) -> float | None:
    """Chance: two different raters, each on a random item of their own."""
    apart = observed(ratings, v)
    raters = [codes for column in ratings.T if (codes := rated(column))]
    if apart is None or len(raters) < 2:
        return None
    means = [
        sum(v[a, b] for a in one for b in other) / (len(one) * len(other))
        for one, other in combinations(raters, 2)
    ]
    chance = sum(means) / len(means)
    return None if chance == 0 else 1 - apart / chance


def krippendorff(ratings: Codes, scores: list[float]) -> float | None:
    """Interval alpha: squares of all pairs within units against all pairs at all."""
    units = [codes for row in ratings if len(codes := rated(row)) > 1]
    every = [scores[code] for codes in units for code in codes]
    n = len(every)
    if n == 0:
        return None
    within = sum(
        (scores[codes[i]] - scores[codes[j]]) ** 2 / (len(codes) - 1)
        for codes in units
        for i, j in permutations(range(len(codes)), 2)
    )
    total = sum((x - y) ** 2 for x in every for y in every) / (n - 1)
    return None if total == 0 else 1 - within / total
