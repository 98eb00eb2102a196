"""Who outranks whom: the pieces of every area under a curve, by patient.

An empirical AUC is a mean over pairs (positive item, negative item) of 1 where the positive
scores higher, 1/2 on a tie (Bamber D 1975, J Math Psychol 12:387). Averaged over negatives it
gives the placement V10 of each positive, over positives V01 of each negative (DeLong ER et al.
1988, Biometrics 44:837); summed by patient they carry variances, covariances
(Obuchowski NA 1997, Biometrics 53:567) and the leave-one-patient-out values.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import FloatArray
from annotations.agreement.tables import MISSING, IntArray


@dataclass(frozen=True)
class Placements:
    """Sums by patient of a weighted AUC; all arrays are (P,).

    auc: the value. weight: total weight of the positives M, summed in each patient; count: number
    of negatives. v10: weighted sum of V10 over the patient's positives; v01: sum of V01 over its
    negatives. within: pair score among the patient's own positives and negatives.
    n_positive: positives of the patient.
    """

    auc: float
    weight: FloatArray
    count: FloatArray
    v10: FloatArray
    v01: FloatArray
    within: FloatArray
    n_positive: IntArray

    @property
    def positive_part(self) -> FloatArray:
        """(P,) (v10 - weight AUC) / M."""
        part: FloatArray = (self.v10 - self.weight * self.auc) / self.weight.sum()
        return part

    @property
    def negative_part(self) -> FloatArray:
        """(P,) (v01 - count AUC) / N."""
        part: FloatArray = (self.v01 - self.count * self.auc) / self.count.sum()
        return part

    @property
    def influence(self) -> FloatArray:
        """(P,) how much the AUC moves with the weight of each patient; sums to 0."""
        return self.positive_part + self.negative_part

    def leave_one_out(self) -> FloatArray:
        """(P,) AUC without each patient; NaN where no positive or no negative is left.

        Exact, not an approximation: pairs lost are those of the patient's positives with all
        negatives and of its negatives with all positives, those within it counted once.
        """
        weight, count = self.weight.sum(), self.count.sum()
        pairs = self.auc * weight * count - self.v10 * count - self.v01 * weight + self.within
        left = (weight - self.weight) * (count - self.count)
        gone = (self.weight >= weight * (1 - 1e-12)) | (self.count >= count)
        return np.where(gone, np.nan, pairs / np.where(gone, 1.0, left))


def placements(
    scores: FloatArray,
    positive: IntArray,
    patient: IntArray,
    n_patients: int,
    weights: FloatArray | None = None,
) -> Placements | None:
    """Sums by patient; None without a positive or without a negative.

    scores: (items,) numbers, -inf allowed (ties with -inf count 1/2); positive: (items,) 1 or 0;
    patient: (items,) 0..n_patients-1; weights: (items,) of the positives, equal by default.
    """
    is_positive = positive == 1
    x, y = scores[is_positive], scores[~is_positive]
    owner_x, owner_y = patient[is_positive], patient[~is_positive]
    w = np.ones(len(x)) if weights is None else weights[is_positive]
    if not len(x) or not len(y) or w.sum() <= 0:
        return None
    v10 = _share_below(y, np.ones(len(y)), x)
    v01 = 1 - _share_below(x, w, y)

    def sums(owner: IntArray, values: FloatArray) -> FloatArray:
        total = np.bincount(owner, weights=values, minlength=n_patients)
        return np.asarray(total, dtype=float)

    return Placements(
        auc=float(np.sum(w * v10) / w.sum()),
        weight=sums(owner_x, w),
        count=sums(owner_y, np.ones(len(y))),
        v10=sums(owner_x, w * v10),
        v01=sums(owner_y, v01),
        within=_within(x, w, owner_x, y, owner_y, n_patients),
        n_positive=np.bincount(owner_x, minlength=n_patients),
    )


def _share_below(among: FloatArray, weights: FloatArray, at: FloatArray) -> FloatArray:
    """Weighted share of `among` below each of `at`, ties half."""
    order = np.argsort(among, kind="stable")
    cumulated = np.concatenate([[0.0], np.cumsum(weights[order])])
    low = cumulated[np.searchsorted(among[order], at, side="left")]
    high = cumulated[np.searchsorted(among[order], at, side="right")]
    share: FloatArray = (low + high) / 2 / cumulated[-1]
    return share


def _within(
    x: FloatArray,
    w: FloatArray,
    owner_x: IntArray,
    y: FloatArray,
    owner_y: IntArray,
    n_patients: int,
) -> FloatArray:
    """(P,) weighted pair scores of positives and negatives of one patient."""
    order = np.argsort(owner_x, kind="stable")
    x, w, owner_x = x[order], w[order], owner_x[order]
    first = np.searchsorted(owner_x, owner_y, side="left")
    counts = np.searchsorted(owner_x, owner_y, side="right") - first
    # Each negative beside each positive of its patient.
    negative = np.repeat(np.arange(len(y)), counts)
    place = np.arange(len(negative)) - np.repeat(np.cumsum(counts) - counts, counts)
    positive = first[negative] + place
    score = (x[positive] > y[negative]) + 0.5 * (x[positive] == y[negative])
    total = np.bincount(owner_y[negative], weights=w[positive] * score, minlength=n_patients)
    return np.asarray(total, dtype=float)


def scores_of(values: ArrayLike) -> tuple[FloatArray, np.ndarray]:
    """Scores as floats, and where they are missing.

    Missing is NaN in floating-point scores. Whole numbers of which none lies below -1 are grades:
    there -1 is missing, as everywhere in this package; whole numbers that go below -1 can't be
    grades and all count as scores. RatingsError for what isn't a number, and for infinite scores.
    """
    given = np.asarray(values)
    if given.dtype == bool or np.issubdtype(given.dtype, np.integer):
        scores = given.astype(float)
        is_grade = given.size > 0 and given.min() >= MISSING
        missing = (scores == MISSING) if is_grade else np.zeros(given.shape, dtype=bool)
    else:
        try:
            scores = given.astype(float)
        except (TypeError, ValueError):
            raise RatingsError("scores must be numbers") from None
        missing = np.isnan(scores)
    if np.any(np.isinf(scores)):
        raise RatingsError("scores must be finite; leave a missing one as NaN")
    return scores, missing


def truth_of(values: ArrayLike) -> IntArray:
    """Truth as 1 positive, 0 negative, -1 missing; RatingsError for anything else."""
    given = np.asarray(values)
    if given.dtype == bool:
        return given.astype(np.int64)
    try:
        as_float = given.astype(float)
    except (TypeError, ValueError):
        raise RatingsError("truth is 1 positive, 0 negative, -1 missing") from None
    if not np.all(np.isin(as_float, (MISSING, 0, 1))):
        raise RatingsError("truth is 1 positive, 0 negative, -1 missing")
    return as_float.astype(np.int64)
