"""Tests and intervals of a value by its standard error, on the plain scale."""

from __future__ import annotations

import numpy as np
from scipy import stats

from annotations.agreement.estimate import CONFIDENCE, Estimate, FloatArray, LabelArray
from annotations.agreement.intervals import Scale, interval
from annotations.agreement.significance import SignificanceTest, no_test

NO_SPREAD = "no standard error: no test"


def wald_test(
    value: float, se: float, *, method: str, df: float | None = None, n_clusters: int = 0
) -> SignificanceTest:
    """Two-sided test of value / se: t of df, normal where df is None or infinite."""
    if df is not None and np.isinf(df):
        df = None
    distribution = "z" if df is None else "t"
    if not se > 0:
        return no_test(method, NO_SPREAD, distribution=distribution, n_clusters=n_clusters)
    ratio = value / se
    tail = stats.norm.sf(abs(ratio)) if df is None else stats.t.sf(abs(ratio), df)
    return SignificanceTest(
        ratio, float(2 * tail), distribution, method, df=df, n_clusters=n_clusters
    )


def wald_estimate(
    value: float,
    se: float | None,
    *,
    method: str,
    n_items: int,
    n_clusters: int,
    n_missing: int = 0,
    df: float | None = None,
    scale: Scale = "plain",
    bounds: tuple[float, float] | None = None,
    reason: str = "no standard error: no interval",
    influence: FloatArray | None = None,
    clusters: LabelArray | None = None,
    is_clustered: bool = True,
) -> Estimate:
    """A value with a standard error of its own; `reason` where that is None or not above 0.

    df: of t; None or infinite is normal. scale: that of the interval (`intervals.py`); on the
    plain scale it is cut at the bounds, on the bounded one they are its range.
    """
    if df is not None and np.isinf(df):
        df = None
    low: float | None = None
    high: float | None = None
    usable = se is not None and se > 0
    if usable and se is not None:
        share = 0.5 + CONFIDENCE / 2
        quantile = float(stats.norm.ppf(share) if df is None else stats.t.ppf(share, df))
        lowest, highest = bounds or (-np.inf, np.inf)
        limits = interval(value, quantile * se, scale, lowest=lowest, highest=highest)
        low, high = limits or (None, None)
        reason = "the interval is too wide to be written"
        if low is not None and high is not None:
            low, high = max(low, lowest), min(high, highest)
    return Estimate(
        value=value,
        se=se if usable else None,
        low=low,
        high=high,
        method=method,
        n_items=n_items,
        n_clusters=n_clusters,
        n_missing=n_missing,
        undefined=None if low is not None else reason,
        influence=influence,
        clusters=clusters,
        df=df if low is not None else None,
        is_clustered=is_clustered,
    )
