"""Cohen's kappa with a standard error that knows that levels of one patient belong together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from annotations.agreement.estimate import Estimate, FloatArray, with_interval
from annotations.agreement.tables import (
    IntArray,
    cluster_confusion,
    codes_of,
    disagreement_weights,
)


def cohen_kappa(
    a: ArrayLike,
    b: ArrayLike,
    *,
    cluster: ArrayLike,
    n_categories: int,
    weights: str = "quadratic",
) -> Estimate:
    """Weighted kappa of two readers, clustered by patient; pairwise deletion of missing.

    Parameters
    ----------
    a, b
        (items,) codes 0..n_categories-1, -1 missing.
    cluster
        (items,) patient of each item.
    n_categories
        K of the scale; categories that nobody used still count.
    weights
        "quadratic", "linear" or "nominal" (Cohen J 1960, Educ Psychol Meas 20:37; 1968,
        Psychol Bull 70:213).

    Returns
    -------
    Estimate
        Standard error by the delta method with patients as units (Vanbelle S 2017, Biom J
        59:1016). With one item a patient it is that of Fleiss JL, Cohen J, Everitt BS 1969,
        Psychol Bull 72:323, times sqrt(P / (P - 1)).
    """
    counts = cluster_confusion(a, b, cluster, n_categories)
    n_missing = len(np.asarray(a)) - int(counts.sum())
    return kappa_of_counts(counts, weights=weights, n_missing=n_missing)


def kappa_of_counts(counts: IntArray, *, weights: str, n_missing: int = 0) -> Estimate:
    """Kappa of (P, K, K) counts by patient.

    With p the joint proportions and r, c their margins, D_o = sum(v p) and D_e = sum(v r c'),
    kappa = 1 - D_o / D_e. An item in cell (i, j) moves it by
    -[(v_ij - D_o) - (D_o / D_e) ((v c)_i + (v' r)_j - 2 D_e)] / D_e, divided by n.
    A reader who used one category only has kappa 0 whatever the other said; its influence
    vanishes too, so that it has no interval.
    """
    method = f"Cohen kappa, {weights} weights, clustered by patient"
    n_items = int(counts.sum())
    n_clusters = len(counts)

    def undefined(reason: str) -> Estimate:
        return Estimate(None, None, None, method, n_items, n_clusters, n_missing, reason)

    if n_items == 0:
        return undefined("no item rated by both")
    v = disagreement_weights(counts.shape[1], weights)
    p = counts.sum(axis=0) / n_items
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    expected = float(rows @ v @ columns)
    if expected <= 1e-15:
        return undefined("both used one and the same category only")
    observed = float(np.sum(v * p))
    value = 1.0 - observed / expected
    margin: FloatArray = (v @ columns)[:, None] + (v.T @ rows)[None, :] - 2 * expected
    per_item = -((v - observed) - observed / expected * margin) / expected
    influence = np.einsum("pij,ij->p", counts, per_item) / n_items
    is_constant = min(np.count_nonzero(rows), np.count_nonzero(columns)) == 1
    return with_interval(
        0.0 if is_constant else value,
        np.zeros(n_clusters) if is_constant else influence,
        method=method,
        n_items=n_items,
        n_missing=n_missing,
        no_interval="one reader used one category only: no interval" if is_constant else None,
    )


@dataclass(frozen=True)
class PairEstimate:
    """Agreement of the readers at two rows of the ratings."""

    first: int
    second: int
    estimate: Estimate


def kappa_matrix(
    codes: ArrayLike, *, cluster: ArrayLike, n_categories: int, weights: str = "quadratic"
) -> Iterator[PairEstimate]:
    """Kappa of every pair of readers.

    codes: (readers, items), -1 missing; cluster: (items,) patient of each item.
    """
    ratings = codes_of(codes, n_categories)
    patients = np.unique(np.asarray(cluster), return_inverse=True)[1]
    for first, second in combinations(range(len(ratings)), 2):
        yield PairEstimate(
            first,
            second,
            cohen_kappa(
                ratings[first],
                ratings[second],
                cluster=patients,
                n_categories=n_categories,
                weights=weights,
            ),
        )


def percent_agreement(
    a: ArrayLike, b: ArrayLike, *, cluster: ArrayLike, n_categories: int
) -> Estimate:
    """Share of items with the same answer, 0..1, with its clustered interval (ratio estimate)."""
    counts = cluster_confusion(a, b, cluster, n_categories)
    n_items = int(counts.sum())
    n_missing = len(np.asarray(a)) - n_items
    method = "percent agreement, clustered by patient"
    if n_items == 0:
        reason = "no item rated by both"
        return Estimate(None, None, None, method, 0, 0, n_missing, reason)
    same = np.trace(counts, axis1=1, axis2=2)
    value = float(same.sum() / n_items)
    influence = (same - value * counts.sum(axis=(1, 2))) / n_items
    return with_interval(
        value, influence, method=method, n_items=n_items, n_missing=n_missing, lowest=0.0
    )
