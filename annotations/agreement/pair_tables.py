"""The tables of all pairs of readers from one matrix product, and their kappas at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annotations.agreement.errors import RatingsError
from annotations.agreement.sums import divide
from annotations.agreement.tables import IntArray, codes_of
from annotations.agreement.weights import Weights, disagreement_weights

Masked = np.ma.MaskedArray[Any, np.dtype[np.float64]]
EXACT_IN_FLOAT32 = 2**24


def reader_codes(codes: ArrayLike, n_categories: int) -> IntArray:
    """Check (readers, items) codes."""
    found = codes_of(codes, n_categories)
    if found.ndim != 2:
        raise RatingsError("codes must have the shape (readers, items)")
    return found


def all_pairs_confusion(codes: ArrayLike, n_categories: int) -> IntArray:
    """(R, R, K, K) tables of every pair of readers: [a, b, i, j] items that a put in i, b in j.

    codes: (R, items), -1 missing. One product of the one-hot codes with themselves; float32
    counts exactly below 2**24 items, float64 is taken above.
    """
    readings = reader_codes(codes, n_categories)
    n_readers, n_items = readings.shape
    exact = np.float32 if n_items < EXACT_IN_FLOAT32 else np.float64
    hot = (readings[:, None, :] == np.arange(n_categories)[:, None]).astype(exact)
    flat = hot.reshape(n_readers * n_categories, n_items)
    tables = (flat @ flat.T).astype(np.int64)
    shape = (n_readers, n_categories, n_readers, n_categories)
    return np.ascontiguousarray(tables.reshape(shape).transpose(0, 2, 1, 3))


def pair_kappas(tables: NDArray[Any], weights: Weights = "unweighted") -> Masked:
    """Cohen's kappa of each (..., K, K) table, masked where it isn't defined."""
    n_categories = tables.shape[-1]
    v = disagreement_weights(n_categories, weights)
    counts = np.asarray(tables, dtype=float)
    rows, columns = counts.sum(axis=-1), counts.sum(axis=-2)
    expected = ((rows @ v) * columns).sum(axis=-1)
    observed = counts.reshape(*counts.shape[:-2], -1) @ v.ravel() * rows.sum(axis=-1)
    return np.ma.masked_invalid(1 - divide(observed, expected))
