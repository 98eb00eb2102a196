"""Two readers on ordered grades: how far apart they are, and whether one grades higher."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import Estimate, FloatArray
from annotations.agreement.kappa import NO_OVERLAP, by_patient
from annotations.agreement.sums import divide, estimate_of_sums
from annotations.agreement.tables import pair_sums


def within_agreement(
    a: ArrayLike,
    b: ArrayLike,
    *,
    n_categories: int,
    within: int = 1,
    cluster: ArrayLike | None = None,
) -> Estimate:
    """Share of items whose two grades differ by `within` steps at most; 0 is exact agreement."""
    if isinstance(within, bool) or within not in range(n_categories):
        raise RatingsError(f"within must be one of 0..{n_categories - 1}")
    near = (np.abs(_steps(n_categories)) <= within).astype(float)
    name = "exact agreement" if within == 0 else f"agreement within {within}"
    return _mean_of_cells(a, b, cluster, near, name, is_share=True)


def mean_absolute_difference(
    a: ArrayLike, b: ArrayLike, *, n_categories: int, cluster: ArrayLike | None = None
) -> Estimate:
    """Mean number of steps between the two grades, 0..K-1; the interval is on the log scale."""
    steps = np.abs(_steps(n_categories))
    return _mean_of_cells(a, b, cluster, steps, "mean absolute grade difference")


def mean_difference(
    a: ArrayLike, b: ArrayLike, *, n_categories: int, cluster: ArrayLike | None = None
) -> Estimate:
    """Mean of a - b in steps: above 0 where a grades higher."""
    return _mean_of_cells(a, b, cluster, _steps(n_categories), "mean grade difference")


def _steps(n_categories: int) -> FloatArray:
    grid = np.arange(n_categories, dtype=float)
    return grid[:, None] - grid[None, :]


def _mean_of_cells(
    a: ArrayLike,
    b: ArrayLike,
    cluster: ArrayLike | None,
    cells: FloatArray,
    name: str,
    *,
    is_share: bool = False,
) -> Estimate:
    data = pair_sums(a, b, cluster, len(cells))
    flat = cells.ravel()

    def mean(totals: NDArray[Any]) -> NDArray[Any]:
        return divide(totals @ flat, totals.sum(axis=-1))

    method = f"{name}{by_patient(data.is_clustered)}"
    if data.n_items == 0:
        return data.not_estimable(method, NO_OVERLAP)
    if is_share:
        return estimate_of_sums(mean, data, method=method, undefined=NO_OVERLAP, lowest=0.0)
    is_positive = bool(np.all(cells >= 0))
    is_complete = is_positive and float(mean(data.totals)) == 0
    return estimate_of_sums(
        mean,
        data,
        method=method,
        undefined=NO_OVERLAP,
        scale="log" if is_positive else "plain",
        no_interval="complete agreement: no interval" if is_complete else None,
    )
