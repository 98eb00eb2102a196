"""Sets of neighbouring grades that hold the true one as often as promised."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import Estimate, FloatArray
from annotations.agreement.means import mean_value
from annotations.agreement.proportions import share
from annotations.agreement.reliability import probabilities_of
from annotations.agreement.tables import MISSING, IntArray, codes_of

BoolArray = NDArray[np.bool_]
SLACK = 1e-12


@dataclass(frozen=True)
class Growth:
    """How each item's set grows: order (items, K) of grades; mass before and after each joins."""

    order: IntArray
    before: FloatArray
    after: FloatArray


def contiguous_growth(probabilities: ArrayLike) -> Growth:
    """Start at the most probable grade, then always add the more probable of the two neighbours.

    Lu C, Angelopoulos AN, Pomerantz S 2022, MICCAI, LNCS 13438:545. On a tie, at the start and
    between neighbours, the lower grade.
    """
    table = probabilities_of(probabilities)
    items, size = table.shape
    order = np.zeros((items, size), dtype=np.int64)
    order[:, 0] = np.argmax(table, axis=1)
    low, high = order[:, 0].copy(), order[:, 0].copy()
    rows = np.arange(items)
    for step in range(1, size):
        below = np.where(low > 0, table[rows, np.maximum(low - 1, 0)], -1.0)
        above = np.where(high < size - 1, table[rows, np.minimum(high + 1, size - 1)], -1.0)
        goes_down = below >= above
        low, high = low - goes_down, high + ~goes_down
        order[:, step] = np.where(goes_down, low, high)
    after = np.cumsum(np.take_along_axis(table, order, axis=1), axis=1)
    before = np.concatenate([np.zeros((items, 1)), after[:, :-1]], axis=1)
    return Growth(order, before, after)


@dataclass(frozen=True)
class OrdinalConformal:
    """thresholds: (K,) mass for each grade, inf where too few items were at hand.

    With marginal calibration all are the same. n_calibration: (K,) items each rests on.
    """

    thresholds: FloatArray
    n_calibration: IntArray
    alpha: float
    is_class_conditional: bool

    def sets(self, probabilities: ArrayLike) -> BoolArray:
        """(items, K) True for the grades in the set; always contiguous, never empty.

        Marginal: grow until the mass reaches the threshold. Class-conditional: every grade before
        which the mass isn't beyond its own threshold, and all grades between them.
        """
        growth = contiguous_growth(probabilities)
        if growth.order.shape[1] != len(self.thresholds):
            raise RatingsError("the probabilities have another number of grades")
        reach = self.thresholds[growth.order]
        if self.is_class_conditional:
            joins = growth.before <= reach + SLACK
        else:
            # The second is for grades of probability 0, whose score may equal the threshold.
            joins = (growth.before < reach - SLACK) | (growth.after <= reach + SLACK)
        joins[:, 0] = True
        last = growth.order.shape[1] - 1 - np.argmax(joins[:, ::-1], axis=1)
        taken = np.arange(growth.order.shape[1]) <= last[:, None]
        result = np.zeros(taken.shape, dtype=bool)
        np.put_along_axis(result, growth.order, taken, axis=1)
        return result


def ordinal_conformal(
    probabilities: ArrayLike,
    truth: ArrayLike,
    *,
    alpha: float = 0.1,
    class_conditional: bool = False,
) -> OrdinalConformal:
    """Calibrate sets that hold the true grade with probability >= 1 - alpha.

    Parameters
    ----------
    probabilities
        (items, K) of calibration items that the model wasn't trained on.
    truth
        (items,) codes 0..K-1, -1 missing.
    alpha
        Miss rate, between 0 and 1.
    class_conditional
        A threshold for each grade, so that coverage holds within each (Vovk V 2012, Mach Learn
        92:349); needs at least 1 / alpha - 1 items of a grade, or its sets are whole.

    Notes
    -----
    Score of an item: mass of the growing set when the true grade joins; class-conditional, the mass
    before it joins, which is 0 where the most probable grade is right. With the mass after it, the
    threshold of a grade that is nearly always found lies so near to 1 that every set is whole.
    Threshold: the ceil((n + 1)(1 - alpha))-th smallest score of n, inf where there is none (Lu
    2022; any score keeps the promise, Vovk 2012). The promise
    needs exchangeable items: with several levels a patient it holds on average over patients with
    as many, not given few patients; judge it by `coverage` clustered by patient.
    """
    if not 0 < alpha < 1:
        raise RatingsError("alpha lies between 0 and 1")
    growth = contiguous_growth(probabilities)
    size = growth.order.shape[1]
    codes = codes_of(truth, size)
    if codes.shape != growth.order.shape[:1]:
        raise RatingsError("truth needs one code for each row of probabilities")
    known = codes != MISSING
    mass = growth.before if class_conditional else growth.after
    scores = np.sum(mass * (growth.order == codes[:, None]), axis=1)
    groups = [known & (codes == k) if class_conditional else known for k in range(size)]
    thresholds = np.array([_quantile(scores[group], alpha) for group in groups])
    counts = np.array([int(group.sum()) for group in groups])
    return OrdinalConformal(thresholds, counts, alpha, class_conditional)


def _quantile(scores: FloatArray, alpha: float) -> float:
    # Rounding must not push (n + 1)(1 - alpha) = 8 to 9.
    rank = int(np.ceil((len(scores) + 1) * (1 - alpha) - 1e-9))
    return float(np.sort(scores)[rank - 1]) if 1 <= rank <= len(scores) else float("inf")


@dataclass(frozen=True)
class SetQuality:
    """coverage: share of sets that hold the truth; by_grade: the same within each true grade.

    size: mean number of grades in a set.
    """

    coverage: Estimate
    by_grade: tuple[Estimate, ...]
    size: Estimate


def set_quality(
    sets: ArrayLike, truth: ArrayLike, *, cluster: ArrayLike | None = None
) -> SetQuality:
    """Coverage and size of sets on test items, clustered by patient.

    sets: (items, K) True for grades in the set; truth: (items,) codes, -1 missing.
    """
    held = np.asarray(sets, dtype=bool)
    if held.ndim != 2:
        raise RatingsError("sets have the shape (items, grades)")
    codes = codes_of(truth, held.shape[1])
    known = codes != MISSING
    hit = held[np.arange(len(codes)), np.maximum(codes, 0)]
    return SetQuality(
        share(hit, known, cluster=cluster, method="coverage of conformal sets"),
        tuple(
            share(hit, known & (codes == k), cluster=cluster, method=f"coverage of grade {k}")
            for k in range(held.shape[1])
        ),
        mean_value(
            held.sum(axis=1),
            cluster=cluster,
            where=known,
            method="mean size of conformal sets",
        ),
    )
