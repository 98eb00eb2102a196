"""The two ways to give an analysis its figures of merit, checked against the design."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import FloatArray
from annotations.agreement.mrmc_covariance import (
    covariance_of_areas,
    covariance_of_influence,
    covariance_of_jackknife,
    covariance_of_pseudovalues,
)
from annotations.agreement.mrmc_figures import BOUNDS, FigureName, Figures, OwnFigure, figures_of
from annotations.agreement.weights import Weights, weights_name

BoolArray = NDArray[np.bool_]
CovarianceMethod = Literal["jackknife", "delong", "influence"]


@dataclass(frozen=True)
class Cells:
    """theta: (I, J); read: (I, J) which cells were read; covariance: (I, J, I, J) or None."""

    theta: FloatArray
    read: BoolArray
    covariance: FloatArray | None
    name: str
    n_items: int
    n_cases: int
    n_missing: int
    bounds: tuple[float, float] | None
    undefined: str | None


def cells_of(
    *,
    theta: ArrayLike | None,
    jackknife: ArrayLike | None,
    pseudovalues: ArrayLike | None,
    influence: ArrayLike | None,
    covariance: ArrayLike | None,
    figure: FigureName | OwnFigure | None,
    ratings: ArrayLike | None,
    truth: ArrayLike | None,
    cluster: ArrayLike | None,
    n_categories: int | None,
    weights: Weights,
    covariance_method: CovarianceMethod,
    design: str,
    bounds: tuple[float, float] | None,
) -> Cells:
    """Theta and covariance by whichever way was taken; see `obuchowski_rockette`."""
    spreads = {
        "jackknife": jackknife,
        "pseudo-values": pseudovalues,
        "influence": influence,
        "covariance": covariance,
    }
    given = {name: value for name, value in spreads.items() if value is not None}
    if (theta is None) == (figure is None) or (figure is None) != (ratings is None):
        raise RatingsError("give either theta, or a figure with ratings")
    if figure is not None:
        if given:
            raise RatingsError("with a figure and ratings, leave theta's companions out")
        found = figures_of(
            figure,
            _array(ratings),
            truth,
            cluster,
            is_complete=design == "crossed",
            n_categories=n_categories,
            weights=weights,
        )
        own = f"kappa against the truth, {weights_name(weights)}" if figure == "kappa" else figure
        name = own if isinstance(own, str) else "own figure of merit"
        known = BOUNDS.get(figure) if isinstance(figure, str) else None
        return _of_figures(found, name, covariance_method, design, bounds or known)
    if len(given) != 1:
        raise RatingsError(f"theta needs exactly one of {', '.join(spreads)}")
    (name, spread), values = given.popitem(), _array(theta).astype(float)
    return _of_theta(values, name, _array(spread).astype(float), design, bounds)


def _array(values: ArrayLike | None) -> NDArray[Any]:
    return np.asarray(values)


def _of_theta(theta: FloatArray, name: str, spread: FloatArray, design: str, bounds: Any) -> Cells:
    if theta.ndim != 2 or not theta.size:
        raise RatingsError("theta has the shape (arms, readers)")
    if np.isinf(theta).any():
        raise RatingsError("theta holds a number that isn't finite")
    arms, readers = theta.shape
    read = ~np.isnan(theta)
    if name == "covariance":
        size = arms * readers
        if spread.shape not in ((size, size), (arms, readers, arms, readers)):
            raise RatingsError("covariance has the shape (arms, readers, arms, readers)")
        cov = spread.reshape(arms, readers, arms, readers)
        usable = np.outer(read, read).reshape(cov.shape)
        if not np.isfinite(cov[usable]).all():
            raise RatingsError("covariance holds a number that isn't finite")
        _check_design(design, read, None)
        return Cells(theta, read, cov, "given covariance", 0, 0, 0, bounds, None)
    if spread.ndim != 3 or spread.shape[:2] != theta.shape:
        raise RatingsError(f"{name} has the shape (arms, readers, patients)")
    patients = spread.shape[2]
    present = ~np.isnan(spread) & read[:, :, None]
    if np.isinf(spread).any():
        raise RatingsError(f"{name} holds a number that isn't finite")
    _check_design(design, read, present)
    reason = None if patients > 1 else "fewer than 2 patients: no test"
    found: FloatArray | None = None
    if reason is None and name == "jackknife":
        found = covariance_of_jackknife(np.where(present, spread, theta[:, :, None]))
    elif reason is None and name == "influence":
        found = covariance_of_influence(np.where(present, spread, 0.0))
    elif reason is None:
        found = covariance_of_pseudovalues(np.where(present, spread, np.nan))
    found = None if found is None else _where_shared(found, present)
    return Cells(theta, read, found, f"{name} covariance", patients, patients, 0, bounds, reason)


def _of_figures(found: Figures, name: str, method: str, design: str, bounds: Any) -> Cells:
    if method not in ("jackknife", "delong", "influence"):
        raise RatingsError(f"unknown covariance {method!r}: jackknife, delong or influence")
    if method == "delong" and found.areas is None:
        raise RatingsError("DeLong's covariance is for figure='auc'; take the jackknife")
    read: BoolArray = np.asarray(found.present.any(axis=2))
    reason: str | None
    if not read.any():
        if design == "crossed":
            reason = "no item that every reader has in every arm; is the design crossed?"
        else:
            reason = "no item with a rating and a truth"
        theta = np.full(found.theta.shape, np.nan)
        return Cells(theta, read, None, name, 0, 0, found.n_missing, bounds, reason)
    _check_design(design, read, found.present)
    patients = found.present.shape[2]
    reason = _why_undefined(found, read, method)
    cov = None
    if reason is None:
        if method == "jackknife":
            cov = covariance_of_jackknife(
                np.where(found.present, found.without, found.theta[:, :, None])
            )
        elif method == "influence":
            if np.isnan(found.influence[read]).any():
                raise RatingsError("a figure of one's own has no influences; take the jackknife")
            cov = covariance_of_influence(np.where(found.present, found.influence, 0.0))
        elif found.areas is not None:
            cov = covariance_of_areas(found.areas)
        cov = None if cov is None else _where_shared(cov, found.present)
    return Cells(
        theta=found.theta,
        read=read,
        covariance=cov,
        name=f"{name}, {method} covariance",
        n_items=found.n_items,
        n_cases=patients,
        n_missing=found.n_missing,
        bounds=bounds,
        undefined=reason,
    )


def _why_undefined(found: Figures, read: BoolArray, method: str) -> str | None:
    """The first cell without a figure of merit, or too few patients to vary it."""
    for i, j in np.argwhere(read & ~np.isfinite(found.theta)):
        return f"the figure of merit is not defined for arm {i}, reader {j}"
    if found.present.shape[2] < 2:
        return "fewer than 2 patients: no test"
    if method == "jackknife":
        lost = found.present & ~np.isfinite(found.without)
        for i, j in np.argwhere(lost.any(axis=2)):
            return f"not defined without one of the patients for arm {i}, reader {j}: no jackknife"
    if method == "delong" and found.areas is not None and covariance_of_areas(found.areas) is None:
        return "fewer than 2 patients with a positive or with a negative item: no test"
    return None


def _where_shared(cov: FloatArray, present: BoolArray) -> FloatArray:
    """Cells without a patient in common have covariance 0."""
    patients = present.shape[2]
    flat = present.reshape(-1, patients).astype(np.int64)
    shared = (flat @ flat.T > 0).reshape(cov.shape)
    return np.where(shared, cov, 0.0)


def _check_design(design: str, read: BoolArray, present: BoolArray | None) -> None:
    """RatingsError where cells or cases are not laid out as the design says."""
    if design == "readers_in_arms":
        if np.any(read.sum(axis=0) != 1) or np.any(read.sum(axis=1) == 0):
            raise RatingsError("readers_in_arms: each reader reads in exactly one arm (NaN else)")
        return
    if not read.all():
        raise RatingsError("a reader lacks an arm; only the design readers_in_arms allows it")
    if present is None or design == "partial":
        return
    by_reader, by_arm = present.any(axis=0), present.any(axis=1)
    across_arms = bool(np.all(present == present[:1]))
    across_readers = bool(np.all(present == present[:, :1]))
    right = {
        "crossed": across_arms and across_readers,
        "split_plot": across_arms,
        "cases_in_readers": across_arms and bool(np.all(by_reader.sum(axis=0) <= 1)),
        "cases_in_arms": across_readers and bool(np.all(by_arm.sum(axis=0) <= 1)),
    }
    if design not in right:
        raise RatingsError(
            f"unknown design {design!r}: {', '.join(right)}, readers_in_arms, partial"
        )
    if not right[design]:
        raise RatingsError(f"the cases are not laid out as {design}; take the design 'partial'?")
