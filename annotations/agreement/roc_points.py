"""Points of the empirical ROC curve, and the best of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import FloatArray
from annotations.agreement.placements import scores_of, truth_of
from annotations.agreement.tables import MISSING


@dataclass(frozen=True)
class RocCurve:
    """Points from (0, 0) to (1, 1); an item is called positive from the threshold upwards.

    thresholds: the scores, falling; the first point calls nothing and its threshold is None.
    """

    false_positive_rate: FloatArray
    true_positive_rate: FloatArray
    thresholds: tuple[float | None, ...]

    def area(self) -> float:
        """By trapezoids; equals the empirical AUC (Bamber D 1975, J Math Psychol 12:387)."""
        return float(np.trapezoid(self.true_positive_rate, self.false_positive_rate))

    def best(self) -> tuple[float | None, float]:
        """Threshold of the greatest Youden index, and the index; the highest one on a tie.

        Youden WJ 1950, Cancer 3:32. Chosen on the same data, sensitivity and specificity at it
        are too good: choose on other data than those you report.
        """
        index = self.true_positive_rate - self.false_positive_rate
        place = int(np.argmax(index > index.max() - 1e-12))
        return self.thresholds[place], float(index[place])


def roc_curve(scores: ArrayLike, truth: ArrayLike) -> RocCurve:
    """The empirical ROC curve: one point a distinct score.

    scores, truth: as in `auc`. RatingsError without a positive or without a negative item.
    """
    values, missing = scores_of(scores)
    positive = truth_of(truth)
    if values.ndim != 1 or values.shape != positive.shape:
        raise RatingsError("scores and truth need one entry for each of the same items")
    keep = ~missing & (positive != MISSING)
    levels, place = np.unique(-values[keep], return_inverse=True)
    hits = np.bincount(place, weights=positive[keep] == 1, minlength=len(levels))
    alarms = np.bincount(place, weights=positive[keep] == 0, minlength=len(levels))
    if not hits.sum() or not alarms.sum():
        raise RatingsError("a ROC curve needs a positive and a negative item with a score")
    return RocCurve(
        np.concatenate([[0.0], np.cumsum(alarms) / alarms.sum()]),
        np.concatenate([[0.0], np.cumsum(hits) / hits.sum()]),
        (None, *(float(-level) for level in levels)),
    )
