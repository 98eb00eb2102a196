"""Counts: who said what about the same items."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import LabelArray
from annotations.agreement.sums import PatientSums, labels_of
from annotations.agreement.weights import check_categories, disagreement_weights

__all__ = [
    "MISSING",
    "IntArray",
    "cluster_confusion",
    "codes_of",
    "confusion",
    "disagreement_weights",
    "pair_sums",
    "ratings_of",
]

IntArray = NDArray[np.int64]
MISSING = -1


def codes_of(values: ArrayLike, n_categories: int) -> IntArray:
    """Check codes: whole numbers 0..n_categories-1, or -1 for missing. RatingsError otherwise."""
    check_categories(n_categories)
    codes = np.asarray(values)
    if codes.size == 0:
        return codes.astype(np.int64)
    if not np.issubdtype(codes.dtype, np.integer):
        raise RatingsError("codes must be whole numbers; missing is -1")
    if codes.min() < MISSING or codes.max() >= n_categories:
        raise RatingsError(f"codes must lie in -1..{n_categories - 1}")
    return codes.astype(np.int64)


def ratings_of(values: ArrayLike, n_categories: int) -> IntArray:
    """Check (n_items, n_raters) codes of two raters or more."""
    ratings = codes_of(values, n_categories)
    if ratings.ndim != 2 or ratings.shape[1] < 2:
        raise RatingsError("ratings must have the shape (items, raters) with two raters or more")
    return ratings


def _pair_of(a: ArrayLike, b: ArrayLike, n_categories: int) -> tuple[IntArray, IntArray]:
    codes_a, codes_b = codes_of(a, n_categories), codes_of(b, n_categories)
    if codes_a.ndim != 1 or codes_a.shape != codes_b.shape:
        raise RatingsError("both readers need one code for each of the same items")
    return codes_a, codes_b


def confusion(a: ArrayLike, b: ArrayLike, n_categories: int) -> IntArray:
    """(K, K) counts, rows a, columns b; items that either left out are not counted."""
    codes_a, codes_b = _pair_of(a, b, n_categories)
    both = (codes_a != MISSING) & (codes_b != MISSING)
    cell = codes_a[both] * n_categories + codes_b[both]
    counts = np.bincount(cell, minlength=n_categories**2)
    return counts.reshape(n_categories, n_categories)


def labelled_confusion(
    a: ArrayLike, b: ArrayLike, cluster: ArrayLike | None, n_categories: int
) -> tuple[IntArray, LabelArray]:
    """(P, K, K) counts of the P patients with an item that both rated, and their labels, sorted.

    cluster: (items,) labels of patients; None makes a patient of every item.
    """
    codes_a, codes_b = _pair_of(a, b, n_categories)
    both = (codes_a != MISSING) & (codes_b != MISSING)
    labels, patient = np.unique(labels_of(cluster, len(both))[both], return_inverse=True)
    square = n_categories**2
    cell = (patient * n_categories + codes_a[both]) * n_categories + codes_b[both]
    counts = np.bincount(cell, minlength=len(labels) * square)
    return counts.reshape(len(labels), n_categories, n_categories), labels


def cluster_confusion(
    a: ArrayLike, b: ArrayLike, cluster: ArrayLike | None, n_categories: int
) -> IntArray:
    """(P, K, K) counts for each of the P patients with an item that both rated."""
    return labelled_confusion(a, b, cluster, n_categories)[0]


def pair_sums(
    a: ArrayLike, b: ArrayLike, cluster: ArrayLike | None, n_categories: int
) -> PatientSums:
    """The cells of two readers' table as sums over patients: (P, K * K)."""
    counts, labels = labelled_confusion(a, b, cluster, n_categories)
    n_items = int(counts.sum())
    sums = counts.reshape(len(counts), n_categories**2).astype(float)
    return PatientSums(sums, labels, cluster is not None, n_items, len(np.asarray(a)) - n_items)
