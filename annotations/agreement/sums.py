"""Statistics of sums over patients: one function gives value, influence, jackknife, bootstrap.

Most statistics of agreement and accuracy are functions of totals (counts of cells, sums of
squares). A `Statistic` is that function of totals, for any leading axes; every measure of
uncertainty follows from it and from each patient's part of the totals.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import (
    Estimate,
    FloatArray,
    LabelArray,
    from_influence,
    not_estimable,
)
from annotations.agreement.intervals import Scale

# (..., m) totals -> (...) values, NaN where undefined. Only +, -, *, /, @, sqrt, log, exp: it is
# called with complex totals too.
Statistic = Callable[[NDArray[Any]], NDArray[Any]]
Uncertainty = Literal["delta", "jackknife", "auto"]
FEW_PATIENTS: Final = 50
STEP: Final = 1e-30


@dataclass(frozen=True)
class PatientSums:
    """sums: (P, m) each patient's part; clusters: (P,) labels, sorted; items counted, left out."""

    sums: FloatArray
    clusters: LabelArray
    is_clustered: bool
    n_items: int
    n_missing: int = 0

    @property
    def totals(self) -> FloatArray:
        """(m,) over all patients."""
        return np.asarray(self.sums.sum(axis=0), dtype=float)

    def not_estimable(self, method: str, reason: str) -> Estimate:
        """An Estimate of these data without a value."""
        return not_estimable(
            method,
            reason,
            n_items=self.n_items,
            n_clusters=len(self.sums),
            n_missing=self.n_missing,
        )


def labels_of(cluster: ArrayLike | None, n_items: int) -> LabelArray:
    """(n_items,) the patient of each item; the item itself where no patients are named."""
    if cluster is None:
        return np.arange(n_items)
    labels = np.asarray(cluster)
    if labels.shape != (n_items,):
        raise RatingsError(f"cluster must name one patient for each of the {n_items} items")
    if labels.dtype.kind == "f" and not np.isfinite(labels).all():
        raise RatingsError("cluster holds a patient without a name (NaN)")
    if labels.dtype.kind == "O":
        raise RatingsError("cluster must hold whole numbers or text, no mixture and no None")
    return labels


def sum_by_cluster(
    values: ArrayLike, cluster: ArrayLike | None, *, keep: NDArray[np.bool_] | None = None
) -> PatientSums:
    """Sum (n_items, m) values within patients, over the items to keep (all by default)."""
    rows = np.asarray(values, dtype=float)
    labels = labels_of(cluster, len(rows))
    kept = np.ones(len(rows), dtype=bool) if keep is None else keep
    clusters, place = np.unique(labels[kept], return_inverse=True)
    sums = np.zeros((len(clusters), rows.shape[1]))
    np.add.at(sums, place, rows[kept])
    n_items = int(kept.sum())
    return PatientSums(sums, clusters, cluster is not None, n_items, len(rows) - n_items)


def divide(numerator: ArrayLike, denominator: ArrayLike) -> NDArray[Any]:
    """Quotient, NaN where the denominator is 0; for real and complex numbers."""
    top, bottom = np.broadcast_arrays(np.asarray(numerator), np.asarray(denominator))
    out = np.full(top.shape, np.nan, dtype=np.result_type(top, bottom, float))
    np.divide(top, bottom, out=out, where=bottom != 0)
    return out


def gradient(statistic: Statistic, totals: FloatArray) -> FloatArray:
    """(m,) derivative by each total, exact to rounding.

    By the complex step: Squire W, Trapp G 1998, SIAM Rev 40:110.
    """
    stepped = totals + 1j * STEP * np.eye(len(totals))
    return np.asarray(np.imag(statistic(stepped)) / STEP, dtype=float)


def delta_influence(statistic: Statistic, data: PatientSums) -> FloatArray:
    """(P,) influence: each patient's sums times the derivative, centred."""
    influence = data.sums @ gradient(statistic, data.totals)
    return np.asarray(influence - influence.mean(), dtype=float)


def jackknife_influence(statistic: Statistic, data: PatientSums) -> FloatArray:
    """(P,) influence from leaving each patient out.

    Its square sum gives the jackknife variance (P - 1) / P sum((theta_(p) - mean)^2) by the same
    rule as the delta method's.
    """
    without = np.asarray(statistic(data.totals - data.sums), dtype=float)
    n = len(without)
    scale = (n - 1) / n if data.is_clustered else np.sqrt((n - 1) / n)
    return np.asarray(scale * (without.mean() - without), dtype=float)


def estimate_of_sums(
    statistic: Statistic,
    data: PatientSums,
    *,
    method: str,
    undefined: str,
    uncertainty: Uncertainty = "delta",
    derivative_of: Statistic | None = None,
    scale: Scale = "bounded",
    lowest: float = -1.0,
    highest: float = 1.0,
    no_interval: str | None = None,
) -> Estimate:
    """The statistic with its clustered standard error and interval.

    Parameters
    ----------
    statistic, data
        The function of totals, and each patient's part of them.
    method
        The name to give it.
    undefined
        The reason to give where the statistic of all patients is NaN.
    uncertainty
        "delta", "jackknife", or "auto": the jackknife below 50 patients, where linearising
        understates the variance.
    derivative_of
        A statistic of equal value whose derivative the delta method shall use, where a published
        variance holds a part fixed.
    scale, lowest, highest, no_interval
        As in `from_influence`.
    """
    n_clusters = len(data.sums)
    if n_clusters == 0:
        return data.not_estimable(method, "no item to count")
    value = float(statistic(data.totals))
    if not np.isfinite(value):
        return data.not_estimable(method, undefined)
    use_jackknife = uncertainty == "jackknife" or (
        uncertainty == "auto" and n_clusters < FEW_PATIENTS
    )
    if use_jackknife and n_clusters > 1:
        influence = jackknife_influence(statistic, data)
        if not np.isfinite(influence).all():
            influence = np.zeros(n_clusters)
            no_interval = no_interval or "undefined without one of the patients: no interval"
        method = f"{method}; jackknife of patients"
    else:
        influence = delta_influence(derivative_of or statistic, data)
    return from_influence(
        value,
        influence,
        method=method,
        n_items=data.n_items,
        clusters=data.clusters,
        n_missing=data.n_missing,
        scale=scale,
        lowest=lowest,
        highest=highest,
        is_clustered=data.is_clustered,
        no_interval=no_interval,
    )
