"""The result of a significance test; p is always two-sided."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import stats

from annotations.agreement.errors import RatingsError


@dataclass(frozen=True)
class SignificanceTest:
    """statistic: of `distribution` (chi2 with df, F with df and df2, t with df, z).

    p: two-sided; None with a reason in `undefined`. n_items, n_clusters: what it rests on.
    """

    statistic: float | None
    p: float | None
    distribution: str
    method: str
    df: float | None = None
    df2: float | None = None
    n_items: int = 0
    n_clusters: int = 0
    undefined: str | None = None

    def __post_init__(self) -> None:
        numbers = (self.statistic, self.p, self.df, self.df2)
        if not all(math.isfinite(one) for one in numbers if one is not None):
            raise RatingsError(f"{self.method}: a number is not finite; give a reason instead")
        if self.p is None and self.undefined is None:
            raise RatingsError(f"{self.method}: say why there is no p")


def no_test(
    method: str, reason: str, *, distribution: str, n_items: int = 0, n_clusters: int = 0
) -> SignificanceTest:
    """A test that can't be made, with the reason."""
    return SignificanceTest(
        None, None, distribution, method, n_items=n_items, n_clusters=n_clusters, undefined=reason
    )


def chi_square_test(
    statistic: float, df: float, *, method: str, n_items: int = 0, n_clusters: int = 0
) -> SignificanceTest:
    """A statistic that is chi-square with df degrees of freedom under the null hypothesis."""
    p = float(stats.chi2.sf(statistic, df))
    return SignificanceTest(
        statistic, p, "chi2", method, df=df, n_items=n_items, n_clusters=n_clusters
    )


def f_test(
    statistic: float, df: float, df2: float, *, method: str, n_items: int = 0, n_clusters: int = 0
) -> SignificanceTest:
    """A statistic that is F with df and df2 degrees of freedom under the null hypothesis."""
    p = float(stats.f.sf(statistic, df, df2))
    return SignificanceTest(
        statistic, p, "F", method, df=df, df2=df2, n_items=n_items, n_clusters=n_clusters
    )
