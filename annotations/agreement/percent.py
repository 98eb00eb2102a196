"""Percent agreement of two readers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annotations.agreement.estimate import Estimate
from annotations.agreement.kappa import NO_OVERLAP, by_patient
from annotations.agreement.sums import divide, estimate_of_sums
from annotations.agreement.tables import pair_sums


def percent_agreement(
    a: ArrayLike, b: ArrayLike, *, n_categories: int, cluster: ArrayLike | None = None
) -> Estimate:
    """Share of items with the same answer, 0..1, with its clustered interval (ratio estimate)."""
    data = pair_sums(a, b, cluster, n_categories)
    same = np.eye(n_categories).ravel()

    def share(totals: NDArray[Any]) -> NDArray[Any]:
        return divide(totals @ same, totals.sum(axis=-1))

    method = f"percent agreement{by_patient(data.is_clustered)}"
    if data.n_items == 0:
        return data.not_estimable(method, NO_OVERLAP)
    return estimate_of_sums(share, data, method=method, undefined=NO_OVERLAP, lowest=0.0)
