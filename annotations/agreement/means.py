"""Means of numbers that belong to patients."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import Estimate, from_influence
from annotations.agreement.intervals import Scale
from annotations.agreement.sums import sum_by_cluster


def mean_value(
    values: ArrayLike,
    *,
    cluster: ArrayLike | None = None,
    where: ArrayLike | None = None,
    method: str = "mean",
    scale: Scale = "plain",
    lowest: float = -1.0,
    highest: float = 1.0,
    no_item: str = "no item with a number",
) -> Estimate:
    """Mean over items, with patients as units (ratio estimator, Cochran 1977, section 6.4).

    values: (items,), NaN missing. cluster: (items,) patients; None: one item a patient. where:
    (items,) True for the items that count. scale, lowest, highest: of the interval, see
    `from_influence`.
    """
    numbers = np.asarray(values, dtype=float)
    if numbers.ndim != 1 or np.isinf(numbers).any():
        raise RatingsError("a mean is of one row of finite numbers; leave a missing one as NaN")
    keep = ~np.isnan(numbers)
    if where is not None:
        chosen = np.asarray(where, dtype=bool)
        if chosen.shape != keep.shape:
            raise RatingsError("`where` needs one entry for each of the numbers")
        keep &= chosen
    rows = np.column_stack([np.where(keep, numbers, 0.0), np.ones(len(numbers))])
    data = sum_by_cluster(rows, cluster, keep=keep)
    name = f"{method}, {'clustered by patient' if data.is_clustered else 'items independent'}"
    if data.n_items == 0:
        return data.not_estimable(name, no_item)
    value = float(data.totals[0] / data.n_items)
    return from_influence(
        value,
        (data.sums[:, 0] - value * data.sums[:, 1]) / data.n_items,
        method=name,
        n_items=data.n_items,
        n_missing=data.n_missing,
        clusters=data.clusters,
        is_clustered=data.is_clustered,
        scale=scale,
        lowest=lowest,
        highest=highest,
    )
