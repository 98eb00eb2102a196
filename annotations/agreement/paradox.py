"""What stands beside a kappa, because prevalence and bias move it as disagreement does.

Feinstein AR, Cicchetti DV 1990, J Clin Epidemiol 43:543 and 551; Byrt T, Bishop J, Carlin JB 1993,
J Clin Epidemiol 46:423; Cohen J 1960, Educ Psychol Meas 20:37 (largest kappa of given margins).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize

from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import Estimate, FloatArray
from annotations.agreement.kappa import NO_OVERLAP, ONE_CATEGORY, by_patient
from annotations.agreement.multirater import brennan_prediger
from annotations.agreement.sums import Statistic, divide, estimate_of_sums
from annotations.agreement.tables import MISSING, codes_of, pair_sums
from annotations.agreement.weights import Weights, disagreement_weights, weights_name


def pabak(
    a: ArrayLike, b: ArrayLike, *, n_categories: int, cluster: ArrayLike | None = None
) -> Estimate:
    """Prevalence- and bias-adjusted kappa of two readers, (K p_o - 1) / (K - 1).

    Byrt, Bishop, Carlin 1993 (K = 2: 2 p_o - 1); for any K it is Brennan and Prediger's.
    """
    first, second = codes_of(a, n_categories), codes_of(b, n_categories)
    if first.ndim != 1 or first.shape != second.shape:
        raise RatingsError("both readers need one code for each of the same items")
    both = (first != MISSING) & (second != MISSING)
    ratings = np.where(both[:, None], np.column_stack([first, second]), MISSING)
    return brennan_prediger(ratings, n_categories=n_categories, cluster=cluster)


def prevalence_index(
    a: ArrayLike, b: ArrayLike, *, cluster: ArrayLike | None = None, n_categories: int = 2
) -> Estimate:
    """(positive by both - negative by both) / n of a yes/no scale, -1..1 (Byrt et al. 1993)."""
    return _binary_index(a, b, cluster, n_categories, "prevalence index", [-1, 0, 0, 1])


def bias_index(
    a: ArrayLike, b: ArrayLike, *, cluster: ArrayLike | None = None, n_categories: int = 2
) -> Estimate:
    """Share positive by a minus share positive by b, -1..1 (Byrt et al. 1993), with its sign."""
    return _binary_index(a, b, cluster, n_categories, "bias index", [0, -1, 1, 0])


def specific_agreement(
    a: ArrayLike,
    b: ArrayLike,
    *,
    category: int,
    n_categories: int,
    cluster: ArrayLike | None = None,
) -> Estimate:
    """Agreement on one category, 2 n_kk / (n_k. + n_.k), 0..1.

    On a yes/no scale, category 1 is the positive and 0 the negative agreement (Cicchetti DV,
    Feinstein AR 1990, J Clin Epidemiol 43:551).
    """
    if isinstance(category, bool) or category not in range(n_categories):
        raise RatingsError(f"category must be one of 0..{n_categories - 1}")
    uses = np.zeros((n_categories, n_categories))
    uses[category, :] += 1
    uses[:, category] += 1
    weights = uses.ravel()
    both = category * n_categories + category

    def share(totals: NDArray[Any]) -> NDArray[Any]:
        return divide(2 * totals[..., both], totals @ weights)

    data = pair_sums(a, b, cluster, n_categories)
    method = f"agreement on category {category}{by_patient(data.is_clustered)}"
    reason = "neither used the category" if data.n_items else NO_OVERLAP
    if data.n_items == 0:
        return data.not_estimable(method, reason)
    return estimate_of_sums(share, data, method=method, undefined=reason, lowest=0.0)


def positive_agreement(a: ArrayLike, b: ArrayLike, *, cluster: ArrayLike | None = None) -> Estimate:
    """Agreement on "yes" (code 1) of a yes/no scale."""
    return specific_agreement(a, b, category=1, n_categories=2, cluster=cluster)


def negative_agreement(a: ArrayLike, b: ArrayLike, *, cluster: ArrayLike | None = None) -> Estimate:
    """Agreement on "no" (code 0) of a yes/no scale."""
    return specific_agreement(a, b, category=0, n_categories=2, cluster=cluster)


def kappa_max(
    a: ArrayLike, b: ArrayLike, *, n_categories: int, weights: Weights = "unweighted"
) -> Estimate:
    """The largest kappa that the two readers' margins allow.

    Cohen 1960 for unweighted kappa, where p_o is at most sum(min(r, c)); for weights, the least
    sum of v over all tables of the same margins (a transport problem; Umesh UN, Peterson RA,
    Sauber MH 1989, Educ Psychol Meas 49:835). Known of the margins, it has no interval.
    """
    v = disagreement_weights(n_categories, weights)
    data = pair_sums(a, b, None, n_categories)
    method = f"largest kappa of the margins, {weights_name(weights)}"
    if data.n_items == 0:
        return data.not_estimable(method, NO_OVERLAP)
    table = data.totals.reshape(v.shape) / data.n_items
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    expected = float(rows @ v @ columns)
    if expected == 0:
        return data.not_estimable(method, ONE_CATEGORY)
    return replace(
        data.not_estimable(method, "follows from the margins: no interval"),
        value=1 - _least_disagreement(rows, columns, v) / expected,
    )


def _least_disagreement(rows: FloatArray, columns: FloatArray, v: FloatArray) -> float:
    k = len(v)
    if np.all((v > 0) == ~np.eye(k, dtype=bool)) and np.ptp(v[~np.eye(k, dtype=bool)]) == 0:
        return float(v[0, 1] * (1 - np.minimum(rows, columns).sum()))
    sides = np.vstack([np.kron(np.eye(k), np.ones(k)), np.kron(np.ones(k), np.eye(k))])
    found = optimize.linprog(
        v.ravel(), A_eq=sides[:-1], b_eq=np.concatenate([rows, columns])[:-1], method="highs"
    )
    return float(found.fun)


def _binary_index(
    a: ArrayLike,
    b: ArrayLike,
    cluster: ArrayLike | None,
    n_categories: int,
    name: str,
    signs: list[int],
) -> Estimate:
    if n_categories != 2:
        raise RatingsError(f"the {name} belongs to a yes/no scale")
    data = pair_sums(a, b, cluster, 2)
    weights = np.array(signs, dtype=float)

    def index(totals: NDArray[Any]) -> NDArray[Any]:
        return divide(totals @ weights, totals.sum(axis=-1))

    statistic: Statistic = index
    method = f"{name}{by_patient(data.is_clustered)}"
    if data.n_items == 0:
        return data.not_estimable(method, NO_OVERLAP)
    value = float(index(data.totals))
    reason = "all items lie in one cell: no interval" if abs(value) == 1 else None
    return estimate_of_sums(
        statistic, data, method=method, undefined=NO_OVERLAP, scale="plain", no_interval=reason
    )
