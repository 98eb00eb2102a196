"""Cohen's kappa with a standard error that knows that levels of one patient belong together."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import Estimate, FloatArray, from_influence
from annotations.agreement.sums import (
    FEW_PATIENTS,
    PatientSums,
    Statistic,
    Uncertainty,
    divide,
    estimate_of_sums,
)
from annotations.agreement.tables import IntArray, pair_sums
from annotations.agreement.weights import Weights, disagreement_weights, weights_name

NO_OVERLAP = "no item rated by both"
ONE_CATEGORY = "both used one and the same category only"
UNWEIGHED = "both used only categories that the weights do not tell apart"
CONSTANT_READER = "one reader used one category only: no interval"


def cohen_kappa(
    a: ArrayLike,
    b: ArrayLike,
    *,
    n_categories: int,
    weights: Weights = "unweighted",
    cluster: ArrayLike | None = None,
    uncertainty: Uncertainty = "delta",
) -> Estimate:
    """Weighted kappa of two readers; pairwise deletion of missing.

    Parameters
    ----------
    a, b
        (items,) codes 0..n_categories-1, -1 missing.
    n_categories
        K of the scale; categories that nobody used still count.
    weights
        "unweighted", "linear", "quadratic" or a (K, K) matrix, see `disagreement_weights`
        (Cohen J 1960, Educ Psychol Meas 20:37; 1968, Psychol Bull 70:213).
    cluster
        (items,) patient of each item; None where every item is a patient of its own.
    uncertainty
        "delta", "jackknife" of patients, or "auto": the jackknife below 50 patients.

    Returns
    -------
    Estimate
        Standard error by the delta method with patients as units (Vanbelle S 2017, Biom J
        59:1016). Without clusters it is that of Fleiss JL, Cohen J, Everitt BS 1969, Psychol
        Bull 72:323; with one item a patient it is the same times sqrt(P / (P - 1)).
    """
    v = disagreement_weights(n_categories, weights)
    return _estimate(pair_sums(a, b, cluster, n_categories), v, weights, uncertainty)


def kappa_of_counts(counts: IntArray, *, weights: Weights, n_missing: int = 0) -> Estimate:
    """Kappa of (P, K, K) counts by patient."""
    table = np.asarray(counts)
    if table.ndim != 3 or table.shape[1] != table.shape[2] or (table.size and table.min() < 0):
        raise RatingsError("counts must have the shape (patients, K, K), none below 0")
    v = disagreement_weights(table.shape[1], weights)
    sums = table.reshape(len(table), table.shape[1] ** 2).astype(float)
    data = PatientSums(sums, np.arange(len(table)), True, int(table.sum()), n_missing)
    return _estimate(data, v, weights, "delta")


def kappa_statistic(v: FloatArray) -> Statistic:
    """Kappa as a function of (..., K * K) cell totals, by weights of disagreement v."""
    n_categories = len(v)

    def kappa(totals: NDArray[Any]) -> NDArray[Any]:
        table = totals.reshape(*totals.shape[:-1], n_categories, n_categories)
        rows, columns = table.sum(axis=-1), table.sum(axis=-2)
        expected = np.einsum("...i,ij,...j->...", rows, v, columns)
        observed = np.einsum("...ij,ij->...", table, v) * table.sum(axis=(-1, -2))
        return 1 - divide(observed, expected)

    return kappa


def kappa_influence(counts: NDArray[Any], v: FloatArray) -> tuple[float, FloatArray]:
    """Kappa of (P, K, K) counts and the (P,) influences, in closed form.

    With p the joint proportions and r, c their margins, D_o = sum(v p) and D_e = sum(v r c'),
    kappa = 1 - D_o / D_e. An item in cell (i, j) moves it by
    -[(v_ij - D_o) - (D_o / D_e) ((v c)_i + (v' r)_j - 2 D_e)] / D_e, divided by n.
    """
    n_items = counts.sum()
    p = counts.sum(axis=0) / n_items
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    expected = float(rows @ v @ columns)
    observed = float(np.sum(v * p))
    margin = (v @ columns)[:, None] + (v.T @ rows)[None, :] - 2 * expected
    per_item = -((v - observed) - observed / expected * margin) / expected
    influence = counts.reshape(len(counts), -1) @ per_item.ravel() / n_items
    return 1.0 - observed / expected, np.asarray(influence, dtype=float)


def _estimate(
    data: PatientSums, v: FloatArray, weights: Weights, uncertainty: Uncertainty
) -> Estimate:
    method = f"Cohen kappa, {weights_name(weights)}{by_patient(data.is_clustered)}"
    table = data.totals.reshape(v.shape)
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    reason = undefined_kappa(rows, columns, v)
    if reason:
        return data.not_estimable(method, reason)
    is_constant = has_constant_reader(rows, columns)
    if not is_constant and (
        uncertainty == "jackknife" or (uncertainty == "auto" and len(data.sums) < FEW_PATIENTS)
    ):
        return estimate_of_sums(
            kappa_statistic(v),
            data,
            method=method,
            undefined=ONE_CATEGORY,
            uncertainty=uncertainty,
        )
    n_clusters = len(data.sums)
    value, influence = kappa_influence(data.sums.reshape(n_clusters, *v.shape), v)
    return from_influence(
        0.0 if is_constant else value,
        np.zeros(n_clusters) if is_constant else influence,
        method=method,
        clusters=data.clusters,
        is_clustered=data.is_clustered,
        no_interval=CONSTANT_READER if is_constant else None,
        n_items=data.n_items,
        n_missing=data.n_missing,
    )


def undefined_kappa(rows: FloatArray, columns: FloatArray, v: FloatArray) -> str | None:
    """Why the kappa of two readers with these margins isn't defined; None where it is."""
    if not np.any(rows):
        return NO_OVERLAP
    if rows @ v @ columns > 0:
        return None
    return ONE_CATEGORY if np.count_nonzero(rows + columns) == 1 else UNWEIGHED


def has_constant_reader(rows: FloatArray, columns: FloatArray) -> bool:
    """Whether one of two readers used one category only.

    Kappa is then 0 whatever the other said; its influence vanishes too, so that it has no interval.
    """
    return bool(min(np.count_nonzero(rows), np.count_nonzero(columns)) == 1)


def by_patient(is_clustered: bool) -> str:
    """How a method's name tells whether patients are its units."""
    return ", clustered by patient" if is_clustered else ", items independent"
