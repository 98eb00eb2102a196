"""Cluster bootstrap: patients are drawn with replacement, with all their items and readers.

A resample is a vector of how often each patient was drawn. Statistics of sums of all resamples
are then one matrix product of these with the patients' sums; the same draws for both arms and all
coefficients keep differences paired. Field CA, Welsh AH 2007, J R Stat Soc B 69:369.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import CONFIDENCE, ROUNDING, Estimate, FloatArray
from annotations.agreement.sums import PatientSums, Statistic, jackknife_influence

IntervalKind = Literal["percentile", "bca"]
MOST_UNDEFINED: Final = 0.05
CHUNK: Final = 500


def draw_patients(n_clusters: int, n_resamples: int = 2000, *, seed: int) -> NDArray[np.float32]:
    """(n_resamples, n_clusters) how often each patient was drawn; each row sums to n_clusters."""
    if n_clusters < 2 or n_resamples < 1:
        raise RatingsError("resampling needs two patients and one resample or more")
    rng = np.random.default_rng(seed)
    draws = np.empty((n_resamples, n_clusters), dtype=np.float32)
    for start in range(0, n_resamples, CHUNK):
        rows = min(CHUNK, n_resamples - start)
        drawn = rng.integers(0, n_clusters, (rows, n_clusters))
        places = drawn + n_clusters * np.arange(rows)[:, None]
        counts = np.bincount(places.ravel(), minlength=rows * n_clusters)
        draws[start : start + rows] = counts.reshape(rows, n_clusters)
    return draws


def resample(statistic: Statistic, data: PatientSums, draws: ArrayLike) -> FloatArray:
    """(B,) the statistic in each resample; internal: NaN where a resample leaves it undefined."""
    weights = np.asarray(draws, dtype=float)
    if weights.ndim != 2 or weights.shape[1] != len(data.sums):
        raise RatingsError("the draws are of another number of patients")
    return np.asarray(statistic(weights @ data.sums), dtype=float)


def bootstrap_estimate(
    estimate: Estimate,
    statistic: Statistic,
    data: PatientSums,
    draws: ArrayLike,
    *,
    kind: IntervalKind = "percentile",
) -> Estimate:
    """The estimate with the interval and standard error of the bootstrap in place of its own."""
    if estimate.value is None:
        return estimate
    resampled = resample(statistic, data, draws)
    influence = jackknife_influence(statistic, data) if kind == "bca" else None
    return with_bootstrap_interval(estimate, resampled, kind=kind, influence=influence)


def with_bootstrap_interval(
    estimate: Estimate,
    resampled: ArrayLike,
    *,
    kind: IntervalKind = "percentile",
    influence: FloatArray | None = None,
) -> Estimate:
    """Put the interval of (B,) resampled values onto an estimate; say why where there is none."""
    if kind not in ("percentile", "bca"):
        raise RatingsError(f"unknown interval {kind!r}: percentile or bca")
    if estimate.value is None:
        return estimate
    found = np.asarray(resampled, dtype=float)
    values = found[np.isfinite(found)]
    method = f"{estimate.method}; {kind} interval of {len(found)} resamples of patients"
    shares: FloatArray | None = np.array([0.5 - CONFIDENCE / 2, 0.5 + CONFIDENCE / 2])
    reason = None
    if len(values) < (1 - MOST_UNDEFINED) * len(found):
        share = 1 - len(values) / len(found)
        reason = f"undefined in {share:.0%} of the resamples: no interval"
    elif np.ptp(values) <= ROUNDING:
        reason = estimate.undefined or "resamples do not differ: no interval"
    elif kind == "bca":
        shares = bca_shares(estimate.value, values, influence)
    if reason is None and shares is not None:
        low, high = (float(limit) for limit in np.quantile(values, shares))
        se = float(np.std(values, ddof=1))
        return replace(estimate, se=se, low=low, high=high, df=None, method=method, undefined=None)
    reason = reason or "the patients' influences allow no BCa interval"
    return replace(estimate, se=None, low=None, high=None, df=None, method=method, undefined=reason)


def bca_shares(
    value: float, resampled: FloatArray, influence: FloatArray | None
) -> FloatArray | None:
    """The two shares of the resamples between which the BCa interval lies.

    Efron B 1987, J Am Stat Assoc 82:171: bias z0 from the share of resamples below the value
    (ties count half), acceleration from the jackknife's third moment.
    """
    if influence is None or not np.isfinite(influence).all() or not np.any(influence):
        return None
    below = np.mean(resampled < value) + np.mean(resampled == value) / 2
    if not 0 < below < 1:
        return None
    bias = special.ndtri(below)
    acceleration = np.sum(influence**3) / (6 * np.sum(influence**2) ** 1.5)
    z = bias + special.ndtri(np.array([0.5 - CONFIDENCE / 2, 0.5 + CONFIDENCE / 2]))
    scale = 1 - acceleration * z
    if np.any(scale <= 0):
        return None
    return np.asarray(special.ndtr(bias + z / scale), dtype=float)


def on_same_patients(parts: list[PatientSums]) -> list[PatientSums]:
    """The same sums over the patients of any part, so that the same draws fit all of them."""
    if len({part.is_clustered for part in parts}) != 1:
        raise RatingsError("some sums are by patient and some are not")
    clusters: NDArray[Any] = np.unique(np.concatenate([part.clusters for part in parts]))
    found = []
    for part in parts:
        sums = np.zeros((len(clusters), part.sums.shape[1]))
        sums[np.searchsorted(clusters, part.clusters)] = part.sums
        found.append(replace(part, sums=sums, clusters=clusters))
    return found
