"""What stands beside the kappas of many pairs, from their tables alone: values, no intervals.

Each equals the statistic of one pair that its docstring names.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotations.agreement.errors import RatingsError
from annotations.agreement.pair_tables import Masked
from annotations.agreement.sums import divide


def prevalence_of_tables(tables: NDArray[Any], *, negative: int) -> Masked:
    """(both other than the category - both in it) / n of each (..., K, K) table, -1..1.

    With K = 2 and `negative` 0 it is `prevalence_index` (Byrt, Bishop, Carlin 1993); with more
    categories that of "anything but this category", such as of all that is not normal.
    """
    counts = _counts(tables)
    if isinstance(negative, bool) or negative not in range(counts.shape[-1]):
        raise RatingsError(f"the category must be one of 0..{counts.shape[-1] - 1}")
    n = counts.sum(axis=(-1, -2))
    both = counts[..., negative, negative]
    either = counts[..., negative, :].sum(axis=-1) + counts[..., negative].sum(axis=-1) - both
    return np.ma.masked_invalid(divide(n - either - both, n))


def pabak_of_tables(tables: NDArray[Any]) -> Masked:
    """`pabak` of each (..., K, K) table, (K p_o - 1) / (K - 1)."""
    counts = _counts(tables)
    k = counts.shape[-1]
    return np.ma.masked_invalid((k * _observed(counts) - 1) / (k - 1))


def ac1_of_tables(tables: NDArray[Any]) -> Masked:
    """`gwet_ac`, unweighted, of the items that both rated, of each (..., K, K) table.

    (p_o - p_e) / (1 - p_e) with p_e = sum(pi (1 - pi)) / (K - 1) and pi the mean of the two
    margins (Gwet KL 2008, Br J Math Stat Psychol 61:29).
    """
    counts = _counts(tables)
    used = counts.sum(axis=-1) + counts.sum(axis=-2)
    shares = divide(used, used.sum(axis=-1, keepdims=True))
    expected = (shares * (1 - shares)).sum(axis=-1) / (counts.shape[-1] - 1)
    return np.ma.masked_invalid(divide(_observed(counts) - expected, 1 - expected))


def _counts(tables: NDArray[Any]) -> NDArray[Any]:
    counts = np.asarray(tables, dtype=float)
    if counts.ndim < 2 or counts.shape[-1] != counts.shape[-2] or counts.shape[-1] < 2:
        raise RatingsError("tables must have the shape (..., K, K) with K of 2 or more")
    return counts


def _observed(counts: NDArray[Any]) -> NDArray[Any]:
    agreed = np.trace(counts, axis1=-2, axis2=-1)
    return divide(agreed, counts.sum(axis=(-1, -2)))
