"""Counts: who said what about the same items."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annotations.agreement.estimate import FloatArray

IntArray = NDArray[np.int64]
MISSING = -1


def codes_of(values: ArrayLike, n_categories: int) -> IntArray:
    """Check codes: whole numbers 0..n_categories-1, or -1 for missing. ValueError otherwise."""
    codes = np.asarray(values)
    if codes.size == 0:
        return codes.astype(np.int64)
    if not np.issubdtype(codes.dtype, np.integer):
        raise ValueError("codes must be whole numbers; missing is -1")
    if codes.min() < MISSING or codes.max() >= n_categories:
        raise ValueError(f"codes must lie in -1..{n_categories - 1}")
    return codes.astype(np.int64)


def confusion(a: ArrayLike, b: ArrayLike, n_categories: int) -> IntArray:
    """(K, K) counts, rows a, columns b; items that either left out are not counted."""
    codes_a, codes_b = codes_of(a, n_categories), codes_of(b, n_categories)
    both = (codes_a != MISSING) & (codes_b != MISSING)
    cell = codes_a[both] * n_categories + codes_b[both]
    counts = np.bincount(cell, minlength=n_categories**2)
    return counts.reshape(n_categories, n_categories)


def cluster_confusion(
    a: ArrayLike, b: ArrayLike, cluster: ArrayLike, n_categories: int
) -> IntArray:
    """(P, K, K) counts for each of the P patients with an item that both rated.

    cluster: (items,) any labels of patients; they are taken in sorted order.
    """
    codes_a, codes_b = codes_of(a, n_categories), codes_of(b, n_categories)
    both = (codes_a != MISSING) & (codes_b != MISSING)
    _, patient = np.unique(np.asarray(cluster)[both], return_inverse=True)
    n_patients = int(patient.max()) + 1 if patient.size else 0
    square = n_categories**2
    cell = (patient * n_categories + codes_a[both]) * n_categories + codes_b[both]
    counts = np.bincount(cell, minlength=n_patients * square)
    return counts.reshape(n_patients, n_categories, n_categories)


def disagreement_weights(n_categories: int, weights: str) -> FloatArray:
    """(K, K) weights 0 on the diagonal, 1 at the farthest: quadratic, linear or nominal.

    Cohen 1968, Psychol Bull 70:213. K is that of the scale, not of the observed data.
    """
    if n_categories < 2:
        raise ValueError("a scale has at least two categories")
    grid = np.arange(n_categories, dtype=float)
    distance = np.abs(grid[:, None] - grid[None, :])
    match weights:
        case "quadratic":
            return (distance / (n_categories - 1)) ** 2
        case "linear":
            return distance / (n_categories - 1)
        case "nominal":
            return (distance > 0).astype(float)
    raise ValueError(f"unknown weights {weights!r}: quadratic, linear or nominal")
