"""Mean squares of items x raters, as functions of sums over patients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annotations.agreement.errors import RatingsError
from annotations.agreement.sums import PatientSums, divide, sum_by_cluster


@dataclass(frozen=True)
class MeanSquares:
    """Of n items (rows) x k raters (columns), one measurement each (McGraw, Wong 1996).

    rows, columns, error: two-way; within: one-way, raters within items.
    """

    n: NDArray[Any]
    k: int
    rows: NDArray[Any]
    columns: NDArray[Any]
    error: NDArray[Any]
    within: NDArray[Any]


def measurement_sums(ratings: ArrayLike, cluster: ArrayLike | None) -> PatientSums:
    """(P, 3 + k) sums behind the mean squares, of the items that every rater measured.

    ratings: (items, raters) numbers, NaN where missing. Centred on their mean first: mean squares
    do not depend on it, and squares of large numbers lose digits.
    """
    values = np.asarray(ratings)
    if values.dtype.kind not in "iuf":
        raise RatingsError("measurements must be numbers; missing is NaN")
    values = values.astype(float)
    if values.ndim != 2 or values.shape[1] < 2:
        raise RatingsError("ratings must have the shape (items, raters) with two raters or more")
    if np.isinf(values).any():
        raise RatingsError("measurements must be finite; missing is NaN")
    keep = ~np.isnan(values).any(axis=1)
    centre = values[keep].mean() if keep.any() else 0.0
    centred = np.where(keep[:, None], values - centre, 0.0)
    # Differences of the order of rounding are none: a column of 0.1 is constant.
    noise = 1e-12 * np.abs(values[keep]).max() if keep.any() else 0.0
    centred[np.abs(centred) <= noise] = 0.0
    total = centred.sum(axis=1)
    columns = np.column_stack([np.ones(len(values)), (centred**2).sum(axis=1), total**2, centred])
    return sum_by_cluster(columns, cluster, keep=keep)


def mean_squares(totals: NDArray[Any]) -> MeanSquares:
    """Mean squares of (..., 3 + k) totals."""
    n, squares, row_squares = totals[..., 0], totals[..., 1], totals[..., 2]
    columns = totals[..., 3:]
    k = columns.shape[-1]
    correction = divide(columns.sum(axis=-1) ** 2, n * k)
    between = row_squares / k - correction
    raters = divide((columns**2).sum(axis=-1), n) - correction
    within = squares - row_squares / k
    return MeanSquares(
        n=n,
        k=k,
        rows=divide(between, n - 1),
        columns=raters / (k - 1),
        error=divide(within - raters, (n - 1) * (k - 1)),
        within=divide(within, n * (k - 1)),
    )
