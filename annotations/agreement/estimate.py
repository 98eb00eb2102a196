"""A statistic with its uncertainty: value, influence of every patient, interval.

Every statistic here is a value and an influence vector over patients (the sampling unit).
Clustered standard errors are then plain sums of squares (delta method for multilevel data;
Vanbelle S 2017, Biom J 59:1016, doi 10.1002/bimj.201600093).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

FloatArray = NDArray[np.float64]
CONFIDENCE: Final = 0.95
ROUNDING: Final = 1e-12


@dataclass(frozen=True)
class Estimate:
    """A statistic of bounded range with its clustered interval.

    value: None where it isn't defined; `undefined` says why, in words.
    se, ci: None where they can't be estimated; `undefined` says why.
    ci: with t of n_clusters - 1 degrees of freedom on a scale that keeps it inside the range:
    atanh for coefficients on -1..1, logit for shares on 0..1.
    n_items: rated by both; n_clusters: patients with such an item; n_missing: by one or none.
    influence: (n_clusters,), sums to 0.
    """

    value: float | None
    se: float | None
    ci: tuple[float, float] | None
    method: str
    n_items: int
    n_clusters: int
    n_missing: int
    undefined: str | None = None
    influence: FloatArray | None = None


def cluster_se(influence: FloatArray) -> float:
    """sqrt(P / (P - 1) * sum of squared influences) over P >= 2 patients."""
    n = len(influence)
    return float(np.sqrt(n / (n - 1) * np.sum(influence**2)))


def bounded_interval(
    value: float, se: float, degrees_of_freedom: int, *, lowest: float
) -> tuple[float, float]:
    """Interval inside lowest..1 by the delta method on the logit of the place in that range.

    With lowest = -1 the logit is 2 atanh(value): Fisher's scale.
    """
    span = 1 - lowest
    place = (value - lowest) / span
    quantile = float(stats.t.ppf(0.5 + CONFIDENCE / 2, degrees_of_freedom))
    half = quantile * se / span / (place * (1 - place))
    low, high = special.expit(special.logit(place) + np.array([-half, half]))
    return lowest + span * float(low), lowest + span * float(high)


def with_interval(
    value: float,
    influence: FloatArray,
    *,
    method: str,
    n_items: int,
    n_missing: int,
    lowest: float = -1.0,
    no_interval: str | None = None,
) -> Estimate:
    """Wrap a defined value of the range lowest..1; say why where it has no interval.

    no_interval: a reason that the caller knows. An interval of no width is never given: where
    all patients agree to the last digit, the data hold no information on how they vary.
    """
    n_clusters = len(influence)
    undefined, se, ci = no_interval, None, None
    if n_clusters < 2:
        undefined = undefined or "fewer than 2 patients: no interval"
    elif value >= 1 - ROUNDING:
        undefined = "complete agreement: no interval"
    elif value <= lowest + ROUNDING:
        undefined = "complete disagreement: no interval"
    elif undefined is None and cluster_se(influence) <= ROUNDING:
        undefined = "patients do not differ: no interval"
    elif undefined is None:
        se = cluster_se(influence)
        ci = bounded_interval(value, se, n_clusters - 1, lowest=lowest)
    return Estimate(value, se, ci, method, n_items, n_clusters, n_missing, undefined, influence)
