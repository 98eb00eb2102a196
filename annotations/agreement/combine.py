"""Statistics of the same patients put together: differences, means, contrasts, joint tests.

Two statistics of the same patients are dependent; their influences, aligned by patient, hold
all of that dependence. Patients that one statistic lacks do not move it: their influence is 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import (
    CONFIDENCE,
    Estimate,
    FloatArray,
    LabelArray,
    cluster_se,
    from_influence,
    not_estimable,
)
from annotations.agreement.intervals import Scale
from annotations.agreement.significance import SignificanceTest, f_test, no_test


def difference(e1: Estimate, e2: Estimate) -> Estimate:
    """e1 - e2 of dependent statistics, with the covariance of the patients they share.

    Joint delta method (Vanbelle S 2017, Biom J 59:1016); the interval is on the plain scale with
    t of P - 1 degrees of freedom.
    """
    return contrast([1.0, -1.0], [e1, e2], method=f"difference: {_name(e1, e2)}")


def mean_of(estimates: Sequence[Estimate], *, scale: Scale = "plain") -> Estimate:
    """The mean of dependent statistics, such as the kappas of several pairs of readers.

    scale: of the interval; "bounded" keeps that of coefficients inside -1..1.
    """
    n = len(estimates)
    method = f"mean of {n}: {_name(*estimates)}"
    return contrast([1 / n] * n, estimates, method=method, scale=scale)


def contrast(
    weights: ArrayLike,
    estimates: Sequence[Estimate],
    *,
    method: str = "contrast",
    scale: Scale = "plain",
) -> Estimate:
    """Weighted sum of dependent statistics; None where one of them lacks a value."""
    factors = np.asarray(weights, dtype=float)
    if not estimates or factors.shape != (len(estimates),) or not np.isfinite(factors).all():
        raise RatingsError("a contrast needs one finite weight for each estimate")
    n_items = min(one.n_items for one in estimates)
    values = [one.value for one in estimates if one.value is not None]
    if len(values) < len(estimates):
        reasons = [str(one.undefined) for one in estimates if one.value is None]
        return not_estimable(method, "; ".join(dict.fromkeys(reasons)), n_items=n_items)
    value = float(factors @ np.array(values))
    psi, clusters = aligned(estimates)
    lacking = [str(one.undefined) for one in estimates if one.se is None]
    return from_influence(
        value,
        factors @ psi,
        method=method,
        n_items=n_items,
        clusters=clusters,
        n_missing=max(one.n_missing for one in estimates),
        scale=scale,
        is_clustered=estimates[0].is_clustered,
        no_interval="; ".join(dict.fromkeys(lacking)) or None,
    )


def aligned(estimates: Sequence[Estimate]) -> tuple[FloatArray, LabelArray]:
    """(G, P) influences over the patients of any of the estimates, and the patients' labels."""
    if len({one.is_clustered for one in estimates}) > 1:
        raise RatingsError("some estimates are clustered by patient and some are not")
    found = []
    for one in estimates:
        if one.influence is None or one.clusters is None:
            raise RatingsError(f"{one.method}: no influences, so it can't be combined")
        found.append((one.influence, one.clusters))
    if len({labels.dtype.kind in "iu" for _, labels in found}) > 1:
        raise RatingsError("the patients' labels are numbers in one estimate and not in another")
    clusters = reduce(np.union1d, (labels for _, labels in found))
    psi = np.zeros((len(found), len(clusters)))
    for row, (influence, labels) in enumerate(found):
        psi[row, np.searchsorted(clusters, labels)] = influence
    return psi, clusters


def covariance(estimates: Sequence[Estimate]) -> FloatArray:
    """(G, G) covariance of dependent statistics over P >= 2 patients."""
    psi, clusters = aligned(estimates)
    n = len(clusters)
    if n < 2:
        raise RatingsError("a covariance needs two patients or more")
    factor = n / (n - 1) if estimates[0].is_clustered else 1.0
    return np.asarray(factor * psi @ psi.T, dtype=float)


def hotelling(estimates: Sequence[Estimate]) -> SignificanceTest:
    """Are G dependent statistics equal? Hotelling's T2 of their successive differences.

    F = T2 (P - G + 1) / ((P - 1) (G - 1)) with G - 1 and P - G + 1 degrees of freedom for P
    patients (Hotelling H 1931, Ann Math Stat 2:360; for kappas Vanbelle 2017). With G = 2 it is
    the square of the t of the difference.
    """
    method = f"Hotelling T2: {_name(*estimates)}"
    n_items = min((one.n_items for one in estimates), default=0)
    if len(estimates) < 2:
        raise RatingsError("a comparison needs two estimates or more")
    reasons = [str(one.undefined) for one in estimates if one.value is None or one.se is None]
    if reasons:
        reason = "; ".join(dict.fromkeys(reasons))
        return no_test(method, reason, distribution="F", n_items=n_items)
    n, groups = len(aligned(estimates)[1]), len(estimates)
    steps = np.diff(np.eye(groups), axis=0)
    gaps = steps @ np.array([one.value for one in estimates], dtype=float)
    spread = steps @ covariance(estimates) @ steps.T
    df, df2 = groups - 1, n - groups + 1
    scale = np.max(np.diag(covariance(estimates)))
    if df2 < 1 or np.linalg.matrix_rank(spread, tol=1e-12 * scale, hermitian=True) < df:
        reason = "the differences do not vary enough between the patients to be tested"
        return no_test(method, reason, distribution="F", n_items=n_items, n_clusters=n)
    t2 = float(gaps @ np.linalg.solve(spread, gaps))
    return f_test(t2 * df2 / ((n - 1) * df), df, df2, method=method, n_items=n_items, n_clusters=n)


def p_value(estimate: Estimate, null: float = 0.0) -> float | None:
    """Two-sided p of value = null by t of the estimate's df (normal where None)."""
    if estimate.value is None or estimate.se is None:
        return None
    ratio = abs(estimate.value - null) / estimate.se
    if estimate.df is None:
        return float(2 * stats.norm.sf(ratio))
    return float(2 * stats.t.sf(ratio, estimate.df))


def wald_interval(estimate: Estimate, *, df: float | None = None) -> tuple[float, float] | None:
    """Value -/+ quantile x se on the plain scale, as most programs print it.

    It may leave the range. df: of t; normal where None.
    """
    if estimate.value is None or estimate.se is None:
        return None
    share = 0.5 + CONFIDENCE / 2
    quantile = float(stats.norm.ppf(share) if df is None else stats.t.ppf(share, df))
    return estimate.value - quantile * estimate.se, estimate.value + quantile * estimate.se


def standard_error(estimates: Sequence[Estimate], weights: ArrayLike) -> float:
    """Standard error of a weighted sum of dependent statistics."""
    psi, _ = aligned(estimates)
    return cluster_se(np.asarray(weights) @ psi, is_clustered=estimates[0].is_clustered)


def _name(*estimates: Estimate) -> str:
    return " / ".join(dict.fromkeys(one.method for one in estimates))
