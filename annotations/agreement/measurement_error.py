"""Limits of agreement, standard error of measurement, smallest detectable change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import sqrt
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from annotations.agreement.anova import mean_squares, measurement_sums
from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import CONFIDENCE, Estimate
from annotations.agreement.kappa import by_patient
from annotations.agreement.sums import PatientSums, divide, estimate_of_sums, sum_by_cluster

Z: Final = float(stats.norm.ppf(0.5 + CONFIDENCE / 2))
FEW: Final = "fewer than 2 items measured by both"
Kind = Literal["1", "C", "A"]


@dataclass(frozen=True)
class LimitsOfAgreement:
    """bias: mean of a - b; sd: of a - b; lower, upper: bias -/+ 1.96 sd, each with its interval."""

    bias: Estimate
    sd: Estimate
    lower: Estimate
    upper: Estimate


def bland_altman(
    a: ArrayLike, b: ArrayLike, *, cluster: ArrayLike | None = None
) -> LimitsOfAgreement:
    """Bias and 95 % limits of agreement of two series of measurements, NaN missing.

    Bland JM, Altman DG 1986, Lancet 327:307; 1999, Stat Methods Med Res 8:135. Without clusters
    the intervals are the exact ones of normal differences: of the limits by the noncentral t
    (Carkeet A 2015, Optom Vis Sci 92:e71), of sd by chi-square. With clusters the limits are of a
    single new item of a new patient, and the intervals come from the influences of the patients.
    """
    pair = _pair(a, b)
    keep = np.asarray(~np.isnan(pair).any(axis=1))
    gaps = np.where(keep, pair[:, 0] - pair[:, 1], 0.0)
    centre = float(gaps[keep].mean()) if keep.any() else 0.0
    shifted = np.where(keep, gaps - centre, 0.0)
    shifted[np.abs(shifted) <= 1e-12 * np.abs(pair[keep]).max(initial=0.0)] = 0.0
    data = sum_by_cluster(
        np.column_stack([np.ones(len(gaps)), shifted, shifted**2]), cluster, keep=keep
    )
    return LimitsOfAgreement(
        bias=_limit(data, 0.0, centre, "Bland-Altman bias"),
        sd=_spread(data, _sd, "standard deviation of the differences", data.n_items - 1),
        lower=_limit(data, -Z, centre, "Bland-Altman lower limit"),
        upper=_limit(data, Z, centre, "Bland-Altman upper limit"),
    )


@dataclass(frozen=True)
class MeasurementError:
    """sem: in the unit of the measurements; smallest_detectable_change: 1.96 sqrt(2) sem."""

    sem: Estimate
    smallest_detectable_change: Estimate


def measurement_error(
    ratings: ArrayLike, *, kind: Kind = "A", cluster: ArrayLike | None = None
) -> MeasurementError:
    """Standard error of measurement and smallest detectable change.

    kind: which differences count as error, as in `icc`. "A": those between raters too, SEM^2 =
    ((n - 1) MS_error + MS_raters) / n; "C": MS_error; "1": MS_within. De Vet HCW et al. 2006, J
    Clin Epidemiol 59:1033. Without clusters the interval is by chi-square ("A": with
    Satterthwaite's degrees of freedom), with clusters from the influences on the log scale.
    """
    if kind not in ("1", "C", "A"):
        raise RatingsError(f"unknown kind {kind!r}: 1, C or A")
    data = measurement_sums(ratings, cluster)

    def sem(totals: NDArray[Any]) -> NDArray[Any]:
        ms = mean_squares(totals)
        match kind:
            case "1":
                return np.asarray(np.sqrt(ms.within))
            case "C":
                return np.asarray(np.sqrt(ms.error))
        return np.asarray(np.sqrt(divide((ms.n - 1) * ms.error + ms.columns, ms.n)))

    df = _error_df(data, kind) if data.n_items > 1 else 0.0
    factor = Z * sqrt(2)
    return MeasurementError(
        sem=_spread(data, sem, f"SEM, {kind}", df),
        smallest_detectable_change=_spread(
            data, lambda totals: factor * sem(totals), f"smallest detectable change, {kind}", df
        ),
    )


def _pair(a: ArrayLike, b: ArrayLike) -> NDArray[np.float64]:
    first, second = np.asarray(a), np.asarray(b)
    if first.ndim != 1 or first.shape != second.shape:
        raise RatingsError("both series need one measurement for each of the same items")
    if first.dtype.kind not in "iuf" or second.dtype.kind not in "iuf":
        raise RatingsError("measurements must be numbers; missing is NaN")
    pair = np.column_stack([first, second]).astype(float)
    if np.isinf(pair).any():
        raise RatingsError("measurements must be finite; missing is NaN")
    return pair


def _sd(totals: NDArray[Any]) -> NDArray[Any]:
    n, total, squares = totals[..., 0], totals[..., 1], totals[..., 2]
    return np.asarray(np.sqrt(divide(squares - divide(total**2, n), n - 1)))


def _limit(data: PatientSums, z: float, centre: float, name: str) -> Estimate:
    """Mean + z sd of the differences."""
    method = f"{name}{by_patient(data.is_clustered)}"
    if data.n_items < 2:
        return data.not_estimable(method, FEW)
    spread = float(_sd(data.totals))
    is_same = spread == 0

    def limit(totals: NDArray[Any]) -> NDArray[Any]:
        mean = centre + divide(totals[..., 1], totals[..., 0])
        return mean if z == 0 or is_same else mean + z * _sd(totals)

    found = estimate_of_sums(
        limit,
        data,
        method=method,
        undefined=FEW,
        scale="plain",
        no_interval="all differences are the same: no interval" if is_same else None,
    )
    if data.is_clustered or found.low is None:
        return found
    n, mean = data.n_items, centre + float(data.totals[1]) / data.n_items
    share = np.array([0.5 - CONFIDENCE / 2, 0.5 + CONFIDENCE / 2])
    low, high = mean + spread * stats.nct.ppf(share, n - 1, z * sqrt(n)) / sqrt(n)
    return replace(found, low=float(low), high=float(high))


def _spread(
    data: PatientSums,
    statistic: Callable[[NDArray[Any]], NDArray[Any]],
    name: str,
    df: float,
) -> Estimate:
    """A standard deviation, with the interval by chi-square where items are independent."""
    method = f"{name}{by_patient(data.is_clustered)}"
    if data.n_items < 2:
        return data.not_estimable(method, FEW)
    value = float(statistic(data.totals))
    if not value > 0:
        reason = "no differences: no interval"
        return replace(data.not_estimable(method, reason), value=0.0)
    found = estimate_of_sums(statistic, data, method=method, undefined=FEW, scale="log")
    if data.is_clustered or found.low is None:
        return found
    share = np.array([0.5 + CONFIDENCE / 2, 0.5 - CONFIDENCE / 2])
    low, high = value * np.sqrt(df / stats.chi2.ppf(share, df))
    return replace(found, low=float(low), high=float(high), df=df)


def _error_df(data: PatientSums, kind: str) -> float:
    ms = mean_squares(data.totals)
    n, k = float(ms.n), ms.k
    if kind == "1":
        return n * (k - 1)
    if kind == "C":
        return (n - 1) * (k - 1)
    raters, error = float(ms.columns) / n, (n - 1) / n * float(ms.error)
    spread = raters**2 / (k - 1) + error**2 / ((n - 1) * (k - 1))
    return (raters + error) ** 2 / spread if spread > 0 else (n - 1) * (k - 1)
