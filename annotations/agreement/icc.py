"""Intraclass correlation of measurements, in the forms of McGraw and Wong."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from annotations.agreement.anova import MeanSquares, mean_squares, measurement_sums
from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import CONFIDENCE, ROUNDING, Estimate
from annotations.agreement.kappa import by_patient
from annotations.agreement.sums import Uncertainty, divide, estimate_of_sums

Form = Literal["1", "k", "C,1", "C,k", "A,1", "A,k"]
FORMS: Final = ("1", "k", "C,1", "C,k", "A,1", "A,k")


def icc(
    ratings: ArrayLike,
    *,
    form: Form = "A,1",
    cluster: ArrayLike | None = None,
    uncertainty: Uncertainty = "delta",
) -> Estimate:
    """Intraclass correlation coefficient.

    Parameters
    ----------
    ratings
        (items, raters) numbers, NaN missing; items that a rater left out are left out.
    form
        "1", "k": one-way. "C,1", "C,k": two-way, consistency. "A,1", "A,k": two-way, absolute
        agreement. "1" is of one rater, "k" of the mean of all. In Shrout and Fleiss's words (1,1),
        (1,k), (3,1), (3,k), (2,1), (2,k).
    cluster, uncertainty
        As in `cohen_kappa`.

    Returns
    -------
    Estimate
        Without clusters the interval is the exact one by F (for "A" Satterthwaite's
        approximation); with clusters it is from the influences of the patients.

    Notes
    -----
    McGraw KO, Wong SP 1996, Psychol Methods 1:30, tables 4 and 7, with the correction 1:390;
    Shrout PE, Fleiss JL 1979, Psychol Bull 86:420.
    """
    if form not in FORMS:
        raise RatingsError(f"unknown form {form!r}: {', '.join(FORMS)}")
    data = measurement_sums(ratings, cluster)
    name = f"ICC({form})"
    if data.n_items < 2:
        return data.not_estimable(name, "fewer than 2 items measured by all raters")
    squares = mean_squares(data.totals)
    if float(squares.rows) <= 0 and float(squares.within) <= 0:
        return data.not_estimable(name, "all measurements are the same")

    def coefficient(totals: NDArray[Any]) -> NDArray[Any]:
        return _coefficient(mean_squares(totals), form)

    found = estimate_of_sums(
        coefficient,
        data,
        method=f"{name}{by_patient(data.is_clustered)}",
        undefined="the items do not differ",
        uncertainty=uncertainty,
    )
    if data.is_clustered or found.value is None or found.value >= 1 - ROUNDING:
        return found
    limits = _exact_interval(squares, form, found.value)
    if limits is None:
        return replace(found, low=None, high=None, undefined="the raters' spread gives no interval")
    method = f"{name}, interval by F, items independent"
    return replace(found, low=limits[0], high=limits[1], undefined=None, method=method, df=None)


def _coefficient(ms: MeanSquares, form: str) -> NDArray[Any]:
    match form:
        case "1":
            return divide(ms.rows - ms.within, ms.rows + (ms.k - 1) * ms.within)
        case "k":
            return divide(ms.rows - ms.within, ms.rows)
        case "C,1":
            return divide(ms.rows - ms.error, ms.rows + (ms.k - 1) * ms.error)
        case "C,k":
            return divide(ms.rows - ms.error, ms.rows)
    raters = divide(ms.columns - ms.error, ms.n)
    if form == "A,1":
        return divide(ms.rows - ms.error, ms.rows + (ms.k - 1) * ms.error + ms.k * raters)
    return divide(ms.rows - ms.error, ms.rows + raters)


def _exact_interval(ms: MeanSquares, form: str, value: float) -> tuple[float, float] | None:
    """McGraw, Wong 1996, table 7. That of k raters is Spearman-Brown's of that of one."""
    n, k = float(ms.n), ms.k
    if form.startswith("A"):
        one = value if form == "A,1" else value / (k - (k - 1) * value)
        limits = _agreement_interval(ms, one)
    else:
        is_one_way = not form.startswith("C")
        error = float(ms.within if is_one_way else ms.error)
        df = n * (k - 1) if is_one_way else (n - 1) * (k - 1)
        if error <= 0:
            return None
        ratio = float(ms.rows) / error
        low = ratio / _quantile(n - 1, df)
        high = ratio * _quantile(df, n - 1)
        limits = (low - 1) / (low + k - 1), (high - 1) / (high + k - 1)
    if limits is None or form.endswith("1"):
        return limits
    pair = [k * limit / (1 + (k - 1) * limit) for limit in limits if 1 + (k - 1) * limit > 0]
    return (pair[0], pair[1]) if len(pair) == 2 else None


def _agreement_interval(ms: MeanSquares, one: float) -> tuple[float, float] | None:
    n, k = float(ms.n), ms.k
    rows, columns, error = float(ms.rows), float(ms.columns), float(ms.error)
    if one >= 1 - ROUNDING:
        return None
    a = k * one / (n * (1 - one)) * columns
    b = (1 + k * one * (n - 1) / (n * (1 - one))) * error
    spread = a**2 / (k - 1) + b**2 / ((n - 1) * (k - 1))
    if spread <= 0 or a + b == 0:
        return None
    df = (a + b) ** 2 / spread
    f_low, f_high = _quantile(n - 1, df), _quantile(df, n - 1)
    rest = k * columns + (k * n - k - n) * error
    below, above = f_low * rest + n * rows, rest + n * f_high * rows
    if not (np.isfinite(f_low) and np.isfinite(f_high)) or below <= 0 or above <= 0:
        return None
    return n * (rows - f_low * error) / below, n * (f_high * rows - error) / above


def _quantile(df: float, df2: float) -> float:
    return float(stats.f.ppf(0.5 + CONFIDENCE / 2, df, df2))
