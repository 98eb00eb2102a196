"""A statistic with its uncertainty: value, influence of every patient, interval.

Every statistic here is a value and an influence vector over patients (the sampling unit).
Clustered standard errors are then plain sums of squares, and so are covariances of statistics of
the same patients (delta method for multilevel data; Vanbelle S 2017, Biom J 59:1016,
doi 10.1002/bimj.201600093).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import special

from annotations.agreement.errors import RatingsError
from annotations.agreement.intervals import Scale, interval

FloatArray = NDArray[np.float64]
LabelArray = NDArray[Any]
CONFIDENCE: Final = 0.95
ROUNDING: Final = 1e-12


@dataclass(frozen=True)
class Estimate:
    """A statistic with its interval; no number in it is ever NaN or infinite.

    value: None where it isn't defined; `undefined` says why, in words.
    se, low, high: None where they can't be estimated; `undefined` says why.
    low, high: 95 % interval on a scale that keeps it inside the range (`intervals.py`).
    method: the name of the definition, of the weights and of the standard error.
    n_items: items that count; n_clusters: patients with such an item; n_missing: items left out.
    influence: (n_clusters,), sums to 0; clusters: (n_clusters,) the patients' labels in that order.
    df: degrees of freedom of the interval; None is the normal distribution.
    is_clustered: False where no patients were named, every item stands for itself, and the
    standard error lacks the factor P / (P - 1).
    disagreement_bound: after complete agreement, the exact one-sided 95 % upper bound of the share
    of patients in whom it would be broken (Clopper, Pearson 1934, Biometrika 26:404).
    """

    value: float | None
    se: float | None
    low: float | None
    high: float | None
    method: str
    n_items: int
    n_clusters: int
    n_missing: int = 0
    undefined: str | None = None
    influence: FloatArray | None = field(default=None, repr=False, compare=False)
    clusters: LabelArray | None = field(default=None, repr=False, compare=False)
    df: float | None = None
    is_clustered: bool = True
    disagreement_bound: float | None = None

    def __post_init__(self) -> None:
        numbers = (self.value, self.se, self.low, self.high, self.df, self.disagreement_bound)
        if not all(math.isfinite(one) for one in numbers if one is not None):
            raise RatingsError(f"{self.method}: a number is not finite; give a reason instead")
        if (self.low is None or self.value is None) and self.undefined is None:
            raise RatingsError(f"{self.method}: say why there is no value or no interval")

    @property
    def ci(self) -> tuple[float, float] | None:
        """Low and high; None where there is no interval."""
        return None if self.low is None or self.high is None else (self.low, self.high)


def not_estimable(
    method: str, reason: str, *, n_items: int = 0, n_clusters: int = 0, n_missing: int = 0
) -> Estimate:
    """An Estimate without a value, that says why."""
    return Estimate(None, None, None, None, method, n_items, n_clusters, n_missing, reason)


def cluster_se(influence: FloatArray, *, is_clustered: bool = True) -> float:
    """sqrt(P / (P - 1) * sum of squared influences) over P >= 2 patients.

    Without clusters the factor is left out: with one item a patient this is the classical
    large-sample form (Fleiss JL, Cohen J, Everitt BS 1969, Psychol Bull 72:323).
    """
    n = len(influence)
    factor = n / (n - 1) if is_clustered else 1.0
    return float(np.sqrt(factor * np.sum(influence**2)))


def disagreement_bound(n_clusters: int) -> float:
    """Upper 95 % bound of the share of patients with a disagreement, where none of n had one."""
    return float(1 - (1 - CONFIDENCE) ** (1 / n_clusters))


def from_influence(
    value: float,
    influence: FloatArray,
    *,
    method: str,
    n_items: int,
    clusters: LabelArray | None = None,
    n_missing: int = 0,
    scale: Scale = "bounded",
    lowest: float = -1.0,
    highest: float = 1.0,
    is_clustered: bool = True,
    no_interval: str | None = None,
) -> Estimate:
    """Wrap a defined value and its influences; say why where it has no interval.

    Parameters
    ----------
    value, influence
        The statistic and (P,) what each patient moves it by; the influences sum to 0.
    method, n_items, n_missing, is_clustered
        As in `Estimate`.
    clusters
        (P,) labels of the patients; their places 0..P-1 where left out.
    scale, lowest, highest
        Of the interval. "bounded": logit of the place in lowest..highest (with -1..1: Fisher's
        atanh); "log": ratios above 0; "plain": unbounded.
    no_interval
        A reason that the caller knows. An interval of no width is never given: where all patients
        agree to the last digit, the data hold no information on how they vary.
    """
    return _wrapped(
        value,
        influence,
        cluster_se(influence) if len(influence) > 1 else 0.0,
        method=method,
        n_items=n_items,
        n_clusters=len(influence),
        clusters=np.arange(len(influence)) if clusters is None else clusters,
        n_missing=n_missing,
        scale=scale,
        lowest=lowest,
        highest=highest,
        is_clustered=is_clustered,
        no_interval=no_interval,
    )


def from_squares(
    value: float,
    squares: float,
    *,
    method: str,
    n_items: int,
    n_clusters: int,
    n_missing: int = 0,
    no_interval: str | None = None,
) -> Estimate:
    """The same for who has only the sum of squared influences over P patients, on -1..1.

    It holds no influences, so that it can't be combined with others.
    """
    factor = n_clusters / (n_clusters - 1) if n_clusters > 1 else 0.0
    return _wrapped(
        value,
        None,
        math.sqrt(factor * max(squares, 0.0)),
        method=method,
        n_items=n_items,
        n_clusters=n_clusters,
        clusters=None,
        n_missing=n_missing,
        scale="bounded",
        lowest=-1.0,
        highest=1.0,
        is_clustered=True,
        no_interval=no_interval,
    )


def _wrapped(
    value: float,
    influence: FloatArray | None,
    clustered_se: float,
    *,
    method: str,
    n_items: int,
    n_clusters: int,
    clusters: LabelArray | None,
    n_missing: int,
    scale: Scale,
    lowest: float,
    highest: float,
    is_clustered: bool,
    no_interval: str | None,
) -> Estimate:
    undefined, bound, limits = no_interval, None, None
    se: float | None = None
    if n_clusters < 2:
        undefined = undefined or "fewer than 2 patients: no interval"
    elif scale == "bounded" and value >= highest - ROUNDING:
        undefined = "complete agreement: no interval"
        bound = disagreement_bound(n_clusters)
    elif scale == "bounded" and abs(value - lowest) <= ROUNDING:
        undefined = "complete disagreement: no interval"
    elif undefined is None and clustered_se <= ROUNDING * max(1.0, abs(value)):
        undefined = "patients do not differ: no interval"
    elif undefined is None:
        se = clustered_se
        if not is_clustered and influence is not None:
            se = cluster_se(influence, is_clustered=False)
        quantile = float(special.stdtrit(n_clusters - 1, 0.5 + CONFIDENCE / 2))
        limits = interval(value, quantile * se, scale, lowest=lowest, highest=highest)
        undefined = None if limits else "the interval is too wide to be written"
    low, high = limits or (None, None)
    return Estimate(
        value=value,
        se=se,
        low=low,
        high=high,
        method=method,
        n_items=n_items,
        n_clusters=n_clusters,
        n_missing=n_missing,
        undefined=undefined,
        influence=influence,
        clusters=clusters,
        df=None if low is None else float(n_clusters - 1),
        is_clustered=is_clustered,
        disagreement_bound=bound,
    )
