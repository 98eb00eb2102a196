"""Marks on lesions and elsewhere, rated: FROC, AFROC and wAFROC."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annotations.agreement.areas import FEW, PERFECT, auc_covariance
from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import ROUNDING, Estimate, FloatArray, LabelArray, not_estimable
from annotations.agreement.mrmc_figures import Figures
from annotations.agreement.placements import Placements, placements
from annotations.agreement.proportions import share
from annotations.agreement.wald import wald_estimate


@dataclass(frozen=True)
class FrocRead:
    """What one reader marked in one arm.

    lesion_rating: (lesions,) rating of the mark that found each lesion (the highest), -inf or NaN
    where none did. false_case, false_rating: (false marks,) case and rating of marks elsewhere.
    """

    lesion_rating: ArrayLike
    false_case: ArrayLike
    false_rating: ArrayLike


@dataclass(frozen=True)
class FrocCurve:
    """Points from the highest threshold down: false marks an exam, share of lesions found."""

    thresholds: FloatArray
    false_marks_per_case: FloatArray
    lesion_fraction: FloatArray

    def sensitivity_at(self, false_marks_per_case: float) -> float:
        """Largest share of lesions found at no more than that many false marks an exam."""
        within = self.false_marks_per_case <= false_marks_per_case + 1e-12
        return float(self.lesion_fraction[within].max()) if within.any() else 0.0


def froc_curve(read: FrocRead, *, n_cases: int) -> FrocCurve:
    """The FROC curve (Bunch PC et al. 1978, J Appl Photogr Eng 4:166) of one reader.

    n_cases: all exams, with lesions and without; false marks on both kinds count.
    """
    lesions, alarms = _lesion_ratings(read), np.asarray(read.false_rating, dtype=float)
    if n_cases < 1 or not len(lesions):
        raise RatingsError("a FROC curve needs an exam and a lesion")
    if not np.isfinite(alarms).all():
        raise RatingsError("false marks have finite ratings")
    thresholds = np.unique(np.concatenate([lesions[np.isfinite(lesions)], alarms]))[::-1]
    found = np.sum(lesions[None, :] >= thresholds[:, None], axis=1)
    wrong = np.sum(alarms[None, :] >= thresholds[:, None], axis=1)
    return FrocCurve(thresholds, wrong / n_cases, found / len(lesions))


def lesion_sensitivity(
    read: FrocRead, lesion_case: ArrayLike, *, threshold: float = -np.inf
) -> Estimate:
    """Share of lesions with a mark rated >= a threshold fixed beforehand, clustered by case."""
    rating = _lesion_ratings(read)
    hit = np.isfinite(rating) & (rating >= threshold)
    return share(hit, np.ones(len(hit)), cluster=lesion_case, method="lesions found")


def wafroc(
    *,
    lesion_rating: ArrayLike,
    lesion_case: ArrayLike,
    false_rating: ArrayLike,
    false_case: ArrayLike,
    normal_cases: ArrayLike,
    lesion_weight: ArrayLike | None = None,
) -> Estimate:
    """Area under the weighted AFROC curve of one reader.

    Parameters
    ----------
    lesion_rating
        (lesions,) rating of the mark that found each lesion, -inf or NaN where none did.
    lesion_case
        (lesions,) case of each lesion.
    false_rating, false_case
        (false marks,) rating and case of marks that found no lesion. On normal cases the highest
        counts; those on cases with a lesion do not count in this figure.
    normal_cases
        (normals,) all cases without a lesion, marked or not.
    lesion_weight
        (lesions,) clinical weight of each, summing to 1 in each case; None: equal in each case.

    Returns
    -------
    Estimate
        Mean over pairs (normal case, case with lesions) of the weighted share of lesions rated
        above the highest false mark, ties one half, unmarked = -inf (Chakraborty DP, Zhai X 2016,
        Med Phys 43:2548; Chakraborty DP, Observer performance methods, 2017, ch. 14). Standard
        error from the placements of cases, as DeLong's of an AUC.

    Raises
    ------
    RatingsError
        A case that is both normal and has a lesion, a mark on an unknown case, weights that
        don't sum to 1.
    """
    read = FrocRead(lesion_rating, false_case, false_rating)
    layout = _layout(lesion_case, normal_cases, lesion_weight, "case")
    return _estimate(read, layout, "wAFROC area")


def afroc(
    *,
    lesion_rating: ArrayLike,
    lesion_case: ArrayLike,
    false_rating: ArrayLike,
    false_case: ArrayLike,
    normal_cases: ArrayLike,
) -> Estimate:
    """Area under the AFROC curve: every lesion weighs the same, however many its case has.

    Arguments as in `wafroc`; false marks on normal cases alone count (AFROC1 counts all).
    Chakraborty DP, Winter LHL 1990, Radiology 174:873; Chakraborty DP, Berbaum KS 2004, Med Phys
    31:2313.
    """
    read = FrocRead(lesion_rating, false_case, false_rating)
    return _estimate(read, _layout(lesion_case, normal_cases, None, "lesion"), "AFROC area")


def froc_figures(
    reads: Sequence[Sequence[FrocRead]],
    *,
    lesion_case: ArrayLike,
    normal_cases: ArrayLike,
    lesion_weight: ArrayLike | None = None,
) -> Figures:
    """Weighted AFROC areas of every reader in every arm, with the values without each case.

    reads[arm][reader]. Pass `theta` and `jackknife=figures.without` to `obuchowski_rockette`.
    """
    layout = _layout(lesion_case, normal_cases, lesion_weight, "case")
    if not reads or len({len(row) for row in reads}) != 1:
        raise RatingsError("reads are one row an arm, each with the same readers")
    areas = [[_area(read, layout) for read in row] for row in reads]
    if any(one is None for row in areas for one in row):
        raise RatingsError("wAFROC needs a case with a lesion and a normal case")
    found = [[one for one in row if one is not None] for row in areas]
    return Figures(
        theta=np.array([[one.auc for one in row] for row in found]),
        without=np.array([[one.leave_one_out() for one in row] for row in found]),
        influence=np.array([[one.influence for one in row] for row in found]),
        present=np.ones((len(found), len(found[0]), len(layout.cases)), dtype=bool),
        n_items=len(layout.cases),
        n_missing=0,
        areas=tuple(tuple(row) for row in found),
    )


@dataclass(frozen=True)
class _Layout:
    """Cases, sorted; case of each lesion and of each normal as its place; weights of lesions."""

    cases: LabelArray
    lesion: NDArray[np.int64]
    normal: NDArray[np.int64]
    weight: FloatArray


def _layout(
    lesion_case: ArrayLike, normal_cases: ArrayLike, weight: ArrayLike | None, unit: str
) -> _Layout:
    lesions, normals = np.asarray(lesion_case), np.asarray(normal_cases)
    if lesions.ndim != 1 or normals.ndim != 1:
        raise RatingsError("lesion_case and normal_cases are one row of labels each")
    if np.intersect1d(lesions, normals).size:
        raise RatingsError("a case is normal and has a lesion")
    if len(np.unique(normals)) < len(normals):
        raise RatingsError("a normal case is listed twice")
    cases, place = np.unique(np.concatenate([lesions, normals]), return_inverse=True)
    owner = place[: len(lesions)]
    counts = np.bincount(owner, minlength=len(cases))
    equal = np.ones(len(lesions)) if unit == "lesion" else 1 / np.maximum(counts[owner], 1)
    weights = equal if weight is None else np.asarray(weight, dtype=float)
    if weights.shape != lesions.shape or not np.all(np.isfinite(weights) & (weights >= 0)):
        raise RatingsError("each lesion needs a weight, none below 0")
    sums = np.bincount(owner, weights=weights, minlength=len(cases))
    if unit == "case" and np.any(np.abs(sums[counts > 0] - 1) > 1e-6):
        raise RatingsError("the weights of the lesions of a case sum to 1")
    return _Layout(cases, owner, place[len(lesions) :], weights)


def _lesion_ratings(read: FrocRead) -> FloatArray:
    rating = np.asarray(read.lesion_rating, dtype=float)
    if rating.ndim != 1 or np.any(np.isposinf(rating)):
        raise RatingsError("lesion ratings are one row of numbers; unmarked is -inf")
    return np.where(np.isnan(rating), -np.inf, rating)


def _area(read: FrocRead, layout: _Layout) -> Placements | None:
    rating, alarms = _lesion_ratings(read), np.asarray(read.false_rating, dtype=float)
    owner = np.asarray(read.false_case)
    if rating.shape != layout.lesion.shape:
        raise RatingsError("each lesion needs a rating, -inf where unmarked")
    if alarms.ndim != 1 or alarms.shape != owner.shape or not np.isfinite(alarms).all():
        raise RatingsError("each false mark needs a case and a finite rating")
    if owner.size and not np.isin(owner, layout.cases).all():
        raise RatingsError("a false mark lies on a case that isn't listed")
    highest = np.full(len(layout.cases), -np.inf)
    if owner.size:
        np.maximum.at(highest, np.searchsorted(layout.cases, owner), alarms)
    return placements(
        np.concatenate([rating, highest[layout.normal]]),
        np.repeat([1, 0], [len(rating), len(layout.normal)]),
        np.concatenate([layout.lesion, layout.normal]),
        len(layout.cases),
        np.concatenate([layout.weight, np.ones(len(layout.normal))]),
    )


def _estimate(read: FrocRead, layout: _Layout, name: str) -> Estimate:
    area = _area(read, layout)
    size = len(layout.cases)
    if area is None:
        reason = "no case with a lesion" if not len(layout.lesion) else "no normal case"
        return not_estimable(name, reason, n_items=size, n_clusters=size)
    cov = auc_covariance([area])
    reason, se = FEW, None
    if cov is not None and (area.auc >= 1 - ROUNDING or area.auc <= ROUNDING):
        reason = PERFECT
    elif cov is not None:
        reason, se = "cases do not differ: no interval", float(np.sqrt(cov[0, 0]))
    return wald_estimate(
        area.auc,
        se,
        method=f"{name}, placements of cases",
        n_items=len(layout.lesion),
        n_clusters=size,
        df=float(size - 1),
        scale="bounded",
        bounds=(0.0, 1.0),
        reason=reason,
        influence=area.influence,
        clusters=layout.cases,
    )
