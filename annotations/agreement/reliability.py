"""Whether a model's probabilities mean what they say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import Estimate, FloatArray, from_influence, not_estimable
from annotations.agreement.means import mean_value
from annotations.agreement.placements import truth_of
from annotations.agreement.sums import labels_of
from annotations.agreement.tables import MISSING, codes_of

Binning = Literal["equal_width_left_closed", "equal_width_right_closed", "equal_count"]
LIMIT: Final = 30.0


def brier_score(
    probability: ArrayLike, truth: ArrayLike, *, cluster: ArrayLike | None = None
) -> Estimate:
    """Mean squared difference of probability and truth, 0 (best) .. 1 (Brier GW 1950).

    Mon Weather Rev 78:1, halved: for two classes Brier's own sum over both is twice this.

    probability: (items,) of the positive class, NaN missing. truth: (items,) 1, 0, -1 missing.
    cluster: (items,) patients. Interval clustered by patient, inside 0..1.
    """
    p, y, keep = _checked(probability, truth)
    return mean_value(
        (p - y) ** 2,
        cluster=cluster,
        where=keep,
        method="Brier score",
        scale="bounded",
        lowest=0.0,
        no_item="no item with a probability and a truth",
    )


def multiclass_brier(
    probabilities: ArrayLike, truth: ArrayLike, *, cluster: ArrayLike | None = None
) -> Estimate:
    """Sum over classes of the squared differences, mean over items, 0..2 (Brier 1950).

    probabilities: (items, K), each row summing to 1. truth: (items,) codes, -1 missing.
    """
    table = probabilities_of(probabilities)
    codes = codes_of(truth, table.shape[1])
    if codes.shape != table.shape[:1]:
        raise RatingsError("truth needs one code for each row of probabilities")
    keep = codes != MISSING
    hit = codes[:, None] == np.arange(table.shape[1])
    return mean_value(
        np.sum((table - hit) ** 2, axis=1),
        cluster=cluster,
        where=keep,
        method="multi-class Brier score",
        scale="bounded",
        lowest=0.0,
        highest=2.0,
        no_item="no item with a truth",
    )


@dataclass(frozen=True)
class Calibration:
    """Reliability by bins; bins without an item are left out.

    ece: sum over bins of share of items x |mean probability - share positive|; None where there
    is no item. counts, mean_probability, share_positive: (bins,). binning: its name, in full.
    """

    ece: float | None
    counts: FloatArray
    mean_probability: FloatArray
    share_positive: FloatArray
    binning: str
    undefined: str | None = None


def calibration(
    probability: ArrayLike,
    truth: ArrayLike,
    *,
    n_bins: int = 10,
    binning: Binning = "equal_width_left_closed",
) -> Calibration:
    """Reliability and expected calibration error; the number depends on the bins, which are named.

    probability, truth: as in `brier_score`. Naeini MP et al. 2015, AAAI, p. 2901. ECE is biased
    upwards and has no simple interval; recalibration below is the test. "equal_width_left_closed":
    [0, 1/B), ..., the last bin closed; "equal_width_right_closed": [0, 1/B], (1/B, 2/B], ...;
    "equal_count": by rank, equal probabilities together.
    """
    if n_bins < 1:
        raise RatingsError("calibration needs at least one bin")
    p, y, keep = _checked(probability, truth)
    p, y = p[keep], y[keep]
    name = f"{n_bins} bins, {binning}"
    if not len(p):
        empty = np.zeros(0)
        return Calibration(None, empty, empty, empty, name, "no item with both")
    # Edges that are the doubles nearest to k / B, so that 0.6 falls on the edge it names.
    edges = np.arange(1, n_bins) / n_bins
    match binning:
        case "equal_width_left_closed":
            place = np.searchsorted(edges, p, side="right")
        case "equal_width_right_closed":
            place = np.searchsorted(edges, p, side="left")
        case "equal_count":
            rank = np.searchsorted(np.sort(p), p, side="left")
            place = rank * n_bins // len(p)
        case _:
            raise RatingsError(f"unknown binning {binning!r}")
    counts = np.bincount(place, minlength=n_bins).astype(float)
    held = counts > 0
    mean = np.bincount(place, weights=p, minlength=n_bins)[held] / counts[held]
    positive = np.bincount(place, weights=y, minlength=n_bins)[held] / counts[held]
    ece = float(counts[held] @ np.abs(mean - positive) / len(p))
    return Calibration(ece, counts[held], mean, positive, name)


@dataclass(frozen=True)
class Recalibration:
    """Logistic recalibration: ideal are slope 1, intercept 0 and calibration in the large 0.

    slope, intercept: of truth on the logit of the probability, together; in_the_large: intercept
    with the slope held at 1.
    """

    slope: Estimate
    intercept: Estimate
    in_the_large: Estimate


def recalibration(
    probability: ArrayLike, truth: ArrayLike, *, cluster: ArrayLike | None = None
) -> Recalibration:
    """Cox's recalibration (Cox DR 1958, Biometrika 45:562; Steyerberg EW et al. 2010).

    Epidemiology 21:128. probability strictly between 0 and 1 (RatingsError otherwise: a model
    that says 0 or 1 and errs can't be recalibrated, and where it never errs needn't be). Standard
    errors by the influences of patients (sandwich).
    """
    p, y, keep = _checked(probability, truth)
    if np.any((p[keep] <= 0) | (p[keep] >= 1)):
        raise RatingsError("recalibration needs probabilities strictly between 0 and 1")
    labels = labels_of(cluster, len(p))
    clusters, patient = np.unique(labels[keep], return_inverse=True)
    sizes: dict[str, Any] = {
        "n_items": int(keep.sum()),
        "n_missing": int((~keep).sum()),
    }
    logit, y = special.logit(p[keep]), y[keep]
    ones = np.ones(len(logit))
    both = _logistic(np.column_stack([ones, logit]), y, np.zeros(len(y)))
    large = _logistic(ones[:, None], y, logit)

    def wrap(fit: tuple[FloatArray, FloatArray] | None, place: int, name: str) -> Estimate:
        if fit is None:
            reason = "truth of one kind only, or parted without fault: no fit"
            return not_estimable(name, reason, n_clusters=len(clusters), **sizes)
        sums = np.bincount(patient, weights=fit[1][:, place], minlength=len(clusters))
        return from_influence(
            float(fit[0][place]),
            np.asarray(sums, dtype=float),
            method=name,
            clusters=clusters,
            scale="plain",
            is_clustered=cluster is not None,
            **sizes,
        )

    return Recalibration(
        wrap(both, 1, "recalibration slope"),
        wrap(both, 0, "recalibration intercept"),
        wrap(large, 0, "calibration in the large"),
    )


def _logistic(
    design: FloatArray, y: FloatArray, offset: FloatArray
) -> tuple[FloatArray, FloatArray] | None:
    """Coefficients and (items, coefficients) influences by Newton's method; None without a fit."""
    if not len(y) or y.min() == y.max():
        return None
    beta = np.zeros(design.shape[1])
    for _ in range(100):
        mean = special.expit(design @ beta + offset)
        information = (design * (mean * (1 - mean))[:, None]).T @ design
        if np.linalg.cond(information) > 1e12:
            return None
        step = np.linalg.solve(information, design.T @ (y - mean))
        # A long step is cut: far from the solution Newton's may overshoot.
        beta = beta + step * min(1.0, 5.0 / max(float(np.max(np.abs(step))), 5.0))
        if np.max(np.abs(beta)) > LIMIT:
            return None
        if np.max(np.abs(step)) < 1e-12:
            residual = y - special.expit(design @ beta + offset)
            return beta, np.linalg.solve(information, (design * residual[:, None]).T).T
    return None


def _checked(probability: ArrayLike, truth: ArrayLike) -> tuple[FloatArray, FloatArray, np.ndarray]:
    p, y = np.asarray(probability, dtype=float), truth_of(truth)
    if p.ndim != 1 or p.shape != y.shape:
        raise RatingsError("probability and truth need one entry for each of the same items")
    missing = np.isnan(p)
    if np.any((p[~missing] < 0) | (p[~missing] > 1)):
        raise RatingsError("probabilities lie in 0..1; leave a missing one as NaN")
    keep = ~missing & (y != MISSING)
    return np.where(missing, 0.5, p), y.astype(float), keep


def probabilities_of(values: ArrayLike) -> FloatArray:
    """(items, K >= 2) probabilities, each row summing to 1 within 1e-6; RatingsError otherwise."""
    table = np.asarray(values, dtype=float)
    if table.ndim != 2 or table.shape[1] < 2:
        raise RatingsError("probabilities have the shape (items, classes)")
    if not np.all((table >= 0) & (table <= 1)) or np.any(np.abs(table.sum(axis=1) - 1) > 1e-6):
        raise RatingsError("the probabilities of each item lie in 0..1 and sum to 1")
    return table
