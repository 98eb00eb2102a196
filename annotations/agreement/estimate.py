"""A statistic with its uncertainty: value, influence of every patient, interval.

Every statistic here is a value and an influence vector over patients (the sampling unit).
Clustered standard errors are then plain sums of squares (delta method; Vanbelle 2017,
Stat Methods Med Res, section 3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import stats

FloatArray = NDArray[np.float64]
CONFIDENCE: Final = 0.95


@dataclass(frozen=True)
class Estimate:
    """A statistic on -1..1 with its clustered interval.

    value: None where it isn't defined; `undefined` says why, in words.
    se, ci: None where they can't be estimated; `undefined` says why.
    ci: on the atanh scale with t of n_clusters - 1 degrees of freedom, so it stays inside -1..1.
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


def atanh_interval(value: float, se: float, degrees_of_freedom: int) -> tuple[float, float]:
    """Interval of a coefficient inside -1..1 by the delta method on atanh(value)."""
    half = float(stats.t.ppf(0.5 + CONFIDENCE / 2, degrees_of_freedom)) * se / (1 - value**2)
    center = float(np.arctanh(value))
    return float(np.tanh(center - half)), float(np.tanh(center + half))


def with_interval(
    value: float, influence: FloatArray, *, method: str, n_items: int, n_missing: int
) -> Estimate:
    """Wrap a defined value; say why where it has no interval."""
    n_clusters = len(influence)
    undefined, se, ci = None, None, None
    if n_clusters < 2:
        undefined = "fewer than 2 patients: no interval"
    elif abs(value) >= 1 - 1e-12:
        undefined = "complete agreement: no interval" if value > 0 else "no interval at -1"
    else:
        se = cluster_se(influence)
        ci = atanh_interval(value, se, n_clusters - 1)
    return Estimate(value, se, ci, method, n_items, n_clusters, n_missing, undefined, influence)
