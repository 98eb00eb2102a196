"""Agreement of several raters, some ratings missing: Fleiss, Conger, Gwet, Brennan-Prediger.

All are 1 - D_o / D_e with weights of disagreement v. Observed disagreement D_o is the mean, over
items with two ratings or more, of the mean of v over the item's pairs of ratings. They differ in
the disagreement D_e expected by chance. Gwet KL 2014, Handbook of Inter-Rater Reliability, 4th
ed., gives the forms for missing ratings; his variance holds the share of items with two ratings
or more as fixed, and so does ours.

The variance is the delta method over patients. Without clusters it lacks the factor P / (P - 1);
with one item a patient it is Gwet's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annotations.agreement.estimate import Estimate, FloatArray
from annotations.agreement.kappa import by_patient
from annotations.agreement.sums import (
    PatientSums,
    Statistic,
    Uncertainty,
    divide,
    estimate_of_sums,
    sum_by_cluster,
)
from annotations.agreement.tables import MISSING, IntArray, ratings_of
from annotations.agreement.weights import Weights, symmetric_weights, weights_name

# (..., m) the totals behind the margins -> (...) expected disagreement
Expected = Callable[[NDArray[Any]], NDArray[Any]]
NO_PAIR = "no item rated by two or more"
ONE_CATEGORY = "all used one and the same category, or ones that the weights do not tell apart"


def fleiss_kappa(
    ratings: ArrayLike,
    *,
    n_categories: int,
    weights: Weights = "unweighted",
    cluster: ArrayLike | None = None,
    uncertainty: Uncertainty = "delta",
) -> Estimate:
    """Fleiss' kappa, generalised to weights and missing ratings; raters are exchangeable.

    D_e = pi' v pi with pi the mean over items of the item's shares of categories. Fleiss JL 1971,
    Psychol Bull 76:378; Gwet 2014. For two raters it is Scott's pi.
    ratings: (items, raters) codes, -1 missing; cluster: (items,) patients.
    """
    codes, v = ratings_of(ratings, n_categories), symmetric_weights(n_categories, weights)

    def expected(margins: NDArray[Any]) -> NDArray[Any]:
        shares = _shares(margins)
        return np.asarray(np.einsum("...i,ij,...j->...", shares, v, shares))

    margins = _item_shares(codes, n_categories)
    name = f"Fleiss kappa, {weights_name(weights)}"
    return _coefficient(codes, v, margins, expected, cluster, name, uncertainty)


def conger_kappa(
    ratings: ArrayLike,
    *,
    n_categories: int,
    weights: Weights = "unweighted",
    cluster: ArrayLike | None = None,
    uncertainty: Uncertainty = "delta",
) -> Estimate:
    """Conger's kappa: chance from each rater's own margins; for two raters Cohen's.

    D_e is the mean over pairs of different raters g, h of p_g' v p_h, with p_g the shares of the
    categories in the ratings that g gave. Conger AJ 1980, Psychol Bull 88:322; Gwet 2014.
    """
    codes, v = ratings_of(ratings, n_categories), symmetric_weights(n_categories, weights)
    codes = codes[:, (codes != MISSING).any(axis=0)]
    n_raters = codes.shape[1]

    def expected(margins: NDArray[Any]) -> NDArray[Any]:
        counts = margins.reshape(*margins.shape[:-1], n_raters, n_categories)
        shares = divide(counts, counts.sum(axis=-1, keepdims=True))
        total = shares.sum(axis=-2)
        every = np.einsum("...i,ij,...j->...", total, v, total)
        same = np.einsum("...gi,ij,...gj->...", shares, v, shares)
        return divide(every - same, n_raters * (n_raters - 1))

    margins = _one_hot(codes, n_categories).reshape(len(codes), n_raters * n_categories)
    name = f"Conger kappa, {weights_name(weights)}"
    return _coefficient(codes, v, margins, expected, cluster, name, uncertainty)


def gwet_ac(
    ratings: ArrayLike,
    *,
    n_categories: int,
    weights: Weights = "unweighted",
    cluster: ArrayLike | None = None,
    uncertainty: Uncertainty = "delta",
) -> Estimate:
    """Gwet's AC1 (unweighted) or AC2 (weighted), which hold at extreme prevalence.

    Chance agreement is T / (K (K - 1)) sum(pi (1 - pi)) with T the sum of the agreement weights.
    Gwet KL 2008, Br J Math Stat Psychol 61:29; weighted and missing: Gwet 2014. Where all used
    one category it is 1.
    """
    codes, v = ratings_of(ratings, n_categories), symmetric_weights(n_categories, weights)
    factor = float((1 - v).sum()) / (n_categories * (n_categories - 1))

    def expected(margins: NDArray[Any]) -> NDArray[Any]:
        shares = _shares(margins)
        return np.asarray(1 - factor * (shares * (1 - shares)).sum(axis=-1))

    name = f"Gwet {'AC1' if np.all(v + np.eye(n_categories) == 1) else 'AC2'}"
    margins = _item_shares(codes, n_categories)
    return _coefficient(
        codes, v, margins, expected, cluster, f"{name}, {weights_name(weights)}", uncertainty
    )


def brennan_prediger(
    ratings: ArrayLike,
    *,
    n_categories: int,
    weights: Weights = "unweighted",
    cluster: ArrayLike | None = None,
    uncertainty: Uncertainty = "delta",
) -> Estimate:
    """Brennan-Prediger coefficient: chance is a rater who uses all K categories alike.

    D_e is the mean of v. Brennan RL, Prediger DJ 1981, Educ Psychol Meas 41:687; weighted: Gwet
    2014. For two raters and unweighted it is PABAK (Byrt T, Bishop J, Carlin JB 1993, J Clin
    Epidemiol 46:423) where K = 2, and Bennett's S.
    """
    codes, v = ratings_of(ratings, n_categories), symmetric_weights(n_categories, weights)
    chance = float(v.mean())

    def expected(margins: NDArray[Any]) -> NDArray[Any]:
        return np.full(margins.shape[:-1], chance)

    margins = np.ones((len(codes), 1))
    name = f"Brennan-Prediger, {weights_name(weights)}"
    return _coefficient(codes, v, margins, expected, cluster, name, uncertainty)


def observed_agreement(
    ratings: ArrayLike,
    *,
    n_categories: int,
    weights: Weights = "unweighted",
    cluster: ArrayLike | None = None,
) -> Estimate:
    """Mean over items of the share of agreeing pairs of raters, 0..1 (weighted: of 1 - v).

    Fleiss JL 1971, Psychol Bull 76:378, over the items with two ratings or more; ratio estimate.
    """
    codes, v = ratings_of(ratings, n_categories), symmetric_weights(n_categories, weights)
    observed, is_multiple, _ = _within_items(codes, v)
    data = sum_by_cluster(np.stack([observed, is_multiple], axis=1), cluster, keep=is_multiple > 0)

    def agreement(totals: NDArray[Any]) -> NDArray[Any]:
        return 1 - divide(totals[..., 0], totals[..., 1])

    method = f"observed agreement, {weights_name(weights)}{by_patient(data.is_clustered)}"
    if data.n_items == 0:
        return data.not_estimable(method, NO_PAIR)
    return estimate_of_sums(agreement, data, method=method, undefined=NO_PAIR, lowest=0.0)


def fleiss_category_kappas(
    ratings: ArrayLike, *, n_categories: int, cluster: ArrayLike | None = None
) -> tuple[Estimate, ...]:
    """Fleiss' kappa of each category against all others together."""
    codes = ratings_of(ratings, n_categories)
    return tuple(
        fleiss_kappa(
            np.where(codes == MISSING, MISSING, (codes == category).astype(np.int64)),
            n_categories=2,
            cluster=cluster,
        )
        for category in range(n_categories)
    )


def item_counts(codes: IntArray, n_categories: int) -> FloatArray:
    """(items, K) how many raters put the item into each category."""
    return np.asarray(_one_hot(codes, n_categories).sum(axis=1), dtype=float)


def _one_hot(codes: IntArray, n_categories: int) -> FloatArray:
    return np.asarray(codes[:, :, None] == np.arange(n_categories), dtype=float)


def _item_shares(codes: IntArray, n_categories: int) -> FloatArray:
    """(items, K + 1) the item's shares of the categories, and 1 where it has a rating."""
    counts = item_counts(codes, n_categories)
    n = counts.sum(axis=1, keepdims=True)
    return np.hstack([counts / np.maximum(n, 1), n > 0])


def _shares(margins: NDArray[Any]) -> NDArray[Any]:
    return divide(margins[..., :-1], margins[..., -1:])


def _within_items(codes: IntArray, v: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """(items,) mean disagreement of the item's pairs, 1 where it has one, 1 where it is rated."""
    counts = item_counts(codes, len(v))
    n = counts.sum(axis=1)
    within = np.einsum("ni,ij,nj->n", counts, v, counts) / np.maximum(n * (n - 1), 1)
    return within, (n > 1).astype(float), (n > 0).astype(float)


def _coefficient(
    codes: IntArray,
    v: FloatArray,
    margins: FloatArray,
    expected: Expected,
    cluster: ArrayLike | None,
    name: str,
    uncertainty: Uncertainty,
) -> Estimate:
    """1 - D_o / D_e of totals [sum of disagreements, items with pairs, items rated, margins]."""
    observed, is_multiple, is_rated = _within_items(codes, v)
    columns = np.column_stack([observed, is_multiple, is_rated, margins])
    data = sum_by_cluster(columns, cluster, keep=is_rated > 0)
    method = f"{name}{by_patient(data.is_clustered)}"
    if data.totals[1] == 0:
        return data.not_estimable(method, NO_PAIR)

    def coefficient(totals: NDArray[Any]) -> NDArray[Any]:
        return 1 - divide(divide(totals[..., 0], totals[..., 1]), expected(totals[..., 3:]))

    if not float(expected(data.totals[3:])) > 1e-15:
        return data.not_estimable(method, ONE_CATEGORY)
    return estimate_of_sums(
        coefficient,
        data,
        method=method,
        undefined=ONE_CATEGORY,
        uncertainty=uncertainty,
        derivative_of=_with_fixed_share(data, expected),
    )


def _with_fixed_share(data: PatientSums, expected: Expected) -> Statistic:
    """Of equal value; its derivative is Gwet's, with the share of items with pairs fixed."""
    share = data.totals[1] / data.totals[2]

    def coefficient(totals: NDArray[Any]) -> NDArray[Any]:
        gain = totals[..., 1] - divide(totals[..., 0], expected(totals[..., 3:]))
        return divide(gain, share * totals[..., 2])

    return coefficient
