"""Precision and recall of scored marks, pooled over exams."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import Estimate, FloatArray
from annotations.agreement.sums import divide, estimate_of_sums, sum_by_cluster

ApDefinition = Literal["step", "interpolated", "coco_101"]


@dataclass(frozen=True)
class PrecisionRecall:
    """One point a distinct score, from the highest down; marks count from the threshold up."""

    thresholds: FloatArray
    precision: FloatArray
    recall: FloatArray
    n_lesions: int

    def average_precision(self, *, definition: ApDefinition = "step") -> float:
        """Area under the precision-recall curve, 0..1; three definitions that differ.

        "step": sum of (R_n - R_(n-1)) P_n, without interpolation. "interpolated": the same with
        the highest precision at that recall or beyond (PASCAL VOC since 2010: Everingham M et
        al. 2015, Int J Comput Vis 111:98). "coco_101": the mean of that precision at recall 0,
        0.01, ..., 1 (Lin TY et al. 2014, ECCV, p. 740, and its evaluation program).
        """
        if not len(self.recall):
            return 0.0
        envelope = np.maximum.accumulate(self.precision[::-1])[::-1]
        match definition:
            case "step":
                return float(np.diff(self.recall, prepend=0.0) @ self.precision)
            case "interpolated":
                return float(np.diff(self.recall, prepend=0.0) @ envelope)
            case "coco_101":
                grid = np.arange(101) / 100
                place = np.searchsorted(self.recall, grid - 1e-12, side="left")
                padded = np.append(envelope, 0.0)
                return float(padded[place].mean())
        raise RatingsError(f"unknown definition {definition!r}: step, interpolated or coco_101")

    def best_f1(self) -> tuple[float | None, float]:
        """Threshold of the greatest F1, and F1; chosen on the same data it is too good."""
        if not len(self.recall):
            return None, 0.0
        total = self.precision + self.recall
        f1 = np.divide(
            2 * self.precision * self.recall, total, out=np.zeros_like(total), where=total > 0
        )
        place = int(np.argmax(f1))
        return float(self.thresholds[place]), float(f1[place])


def precision_recall(scores: ArrayLike, is_hit: ArrayLike, *, n_lesions: int) -> PrecisionRecall:
    """The precision-recall curve of all marks.

    Parameters
    ----------
    scores
        (marks,) finite scores; marks of equal score count together.
    is_hit
        (marks,) True where the mark found a lesion, one mark a lesion.
    n_lesions
        All lesions, found or not; at least 1. With n_lesions the number of positive items and
        is_hit their truth, it is the curve of a classifier.
    """
    values, hits = _marks(scores, is_hit)
    if n_lesions < 1 or hits.sum() > n_lesions:
        raise RatingsError("n_lesions counts all lesions: at least 1, and no fewer than were hit")
    levels, place = np.unique(-values, return_inverse=True)
    found = np.cumsum(np.bincount(place, weights=hits, minlength=len(levels)))
    marked = np.cumsum(np.bincount(place, minlength=len(levels)))
    return PrecisionRecall(-levels, found / np.maximum(marked, 1), found / n_lesions, n_lesions)


def f1_at_threshold(
    scores: ArrayLike,
    is_hit: ArrayLike,
    mark_case: ArrayLike,
    lesions_of_case: ArrayLike,
    case: ArrayLike,
    *,
    threshold: float,
) -> Estimate:
    """F1 of the marks scored >= a threshold fixed beforehand, clustered by case (patient).

    scores, is_hit, mark_case: (marks,) as in `precision_recall`, and the case of each mark.
    lesions_of_case, case: (cases,) number of lesions and label of every case, also those without
    a mark. F1 = 2 TP / (2 TP + FP + FN) = 2 TP / (marks + lesions).
    """
    values, hits = _marks(scores, is_hit)
    labels, lesions = np.asarray(case), np.asarray(lesions_of_case, dtype=float)
    owners = np.asarray(mark_case)
    if owners.shape != values.shape or labels.shape != lesions.shape:
        raise RatingsError("each mark needs a case, and each case a number of lesions")
    if not np.isin(owners, labels).all():
        raise RatingsError("a mark belongs to a case that isn't listed")
    counted = values >= threshold
    rows = np.concatenate(
        [
            np.column_stack([hits, np.ones(len(hits)), np.zeros(len(hits))])[counted],
            np.column_stack([np.zeros((len(lesions), 2)), lesions]),
        ]
    )
    data = sum_by_cluster(rows, np.concatenate([owners[counted], labels]))

    def statistic(totals: NDArray[Any]) -> NDArray[Any]:
        return divide(2 * totals[..., 0], totals[..., 1] + totals[..., 2])

    return estimate_of_sums(
        statistic,
        data,
        method=f"F1 of marks scored {threshold:g} or more, clustered by case",
        undefined="no lesion and no mark",
        lowest=0.0,
    )


def _marks(scores: ArrayLike, is_hit: ArrayLike) -> tuple[FloatArray, FloatArray]:
    values = np.asarray(scores, dtype=float)
    hits = np.asarray(is_hit, dtype=float)
    if values.ndim != 1 or values.shape != hits.shape:
        raise RatingsError("scores and is_hit need one entry for each mark")
    if not np.isfinite(values).all() or not np.isin(hits, (0, 1)).all():
        raise RatingsError("scores are finite, and a mark is a hit or not")
    return values, hits
