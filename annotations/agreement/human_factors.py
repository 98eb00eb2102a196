"""What AI does to readers: time, confidence, answers switched, reliance on right and wrong AI."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import Estimate, not_estimable
from annotations.agreement.means import mean_value
from annotations.agreement.proportions import ShareInterval, share
from annotations.agreement.tables import MISSING, IntArray, codes_of

BoolArray = NDArray[np.bool_]
FIXED: Final = "readers fixed"


@dataclass(frozen=True)
class TimeRatio:
    """ratio: geometric mean of aided over unaided times; n_idle: pairs left out as idle.

    n_idle counts pairs with a time above the cut-off; `ratio.n_missing` counts them too.
    """

    ratio: Estimate
    n_idle: int
    idle_s: float | None


def time_ratio(
    unaided_s: ArrayLike,
    aided_s: ArrayLike,
    *,
    cluster: ArrayLike,
    idle_s: float | None = None,
) -> TimeRatio:
    """Geometric mean ratio of paired reading times, aided / unaided; below 1 AI saves time.

    Parameters
    ----------
    unaided_s, aided_s
        (readings,) seconds above 0 of the same reader and exam in two arms; NaN missing.
    cluster
        (readings,) patient of each.
    idle_s
        The protocol's cut-off: pairs with a longer time are left out and counted.

    Returns
    -------
    TimeRatio
        exp of the mean difference of logarithms, log-scale interval with patients as units. These
        readers only: for readers like these take `obuchowski_rockette` with figure "log_time",
        whose difference d is a ratio exp(d).
    """
    before, after = np.asarray(unaided_s, dtype=float), np.asarray(aided_s, dtype=float)
    if before.ndim != 1 or before.shape != after.shape:
        raise RatingsError("both arms need one time for each of the same readings")
    present = ~(np.isnan(before) | np.isnan(after))
    pairs = np.stack([before, after])[:, present]
    if np.any(pairs <= 0) or np.isinf(pairs).any():
        raise RatingsError("times are finite and above 0 s; leave a missing one as NaN")
    if idle_s is not None and not idle_s > 0:
        raise RatingsError("the idle cut-off is a time above 0 s")
    idle = np.zeros(len(before), dtype=bool)
    if idle_s is not None:
        idle[present] = np.any(pairs > idle_s, axis=0)
    keep = present & ~idle
    logs = np.where(keep, np.log(np.where(keep, after, 1.0) / np.where(keep, before, 1.0)), np.nan)
    found = mean_value(
        logs,
        cluster=cluster,
        method=f"geometric mean time ratio, {FIXED}",
        no_item="no reading with both times",
    )
    if found.value is None:
        return TimeRatio(found, int(idle.sum()), idle_s)
    value = float(np.exp(found.value))
    ratio = replace(
        found,
        value=value,
        se=None if found.se is None else value * found.se,
        low=None if found.low is None else float(np.exp(found.low)),
        high=None if found.high is None else float(np.exp(found.high)),
        influence=None if found.influence is None else value * found.influence,
    )
    return TimeRatio(ratio, int(idle.sum()), idle_s)


def mean_change(
    first: ArrayLike,
    second: ArrayLike,
    *,
    cluster: ArrayLike,
    where: ArrayLike | None = None,
    method: str = "mean change",
) -> Estimate:
    """Mean of second - first over paired readings, such as confidence aided minus unaided.

    first, second: (readings,), NaN missing. where: (readings,) True for those that count, such as
    the right answers. Ratio estimator over patients, t interval on the plain scale.
    """
    before, after = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if before.ndim != 1 or before.shape != after.shape:
        raise RatingsError("both need one number for each of the same readings")
    return mean_value(
        after - before,
        cluster=cluster,
        where=where,
        method=f"{method}, {FIXED}",
        no_item="no reading with both numbers",
    )


@dataclass(frozen=True)
class Switches:
    """How answers changed after AI, as shares with clustered intervals.

    right_to_wrong: of the items right before; wrong_to_right: of those wrong before; net: share
    of all items set right minus share set wrong; table: items (2, 2), rows right before (0 no, 1
    yes), columns right after.
    """

    right_to_wrong: Estimate
    wrong_to_right: Estimate
    net: Estimate
    table: IntArray


def switches(
    unaided: ArrayLike,
    aided: ArrayLike,
    reference: ArrayLike,
    *,
    cluster: ArrayLike,
    n_categories: int,
    interval: ShareInterval = "auto",
) -> Switches:
    """Answers that AI turned from right to wrong and from wrong to right.

    unaided, aided, reference: (items,) codes 0..n_categories-1, -1 missing; items of several
    readers may stand one after the other with the same patients. Goddard K et al. 2012, J Am Med
    Inform Assoc 19:121, on automation bias.
    """
    before, after, right = (codes_of(part, n_categories) for part in (unaided, aided, reference))
    keep = _known(before, after, right)
    was, now = before == right, after == right
    table = np.zeros((2, 2), dtype=np.int64)
    np.add.at(table, (was[keep].astype(int), now[keep].astype(int)), 1)
    return Switches(
        share(
            ~now, keep & was, cluster=cluster, method="right to wrong after AI", interval=interval
        ),
        share(
            now, keep & ~was, cluster=cluster, method="wrong to right after AI", interval=interval
        ),
        mean_change(
            np.where(keep, was, np.nan),
            np.where(keep, now, np.nan),
            cluster=cluster,
            method="share right after AI minus before",
        ),
        table,
    )


@dataclass(frozen=True)
class Reliance:
    """Trust in AI where it was wrong and distrust where it was right.

    over_reliance: of items where AI was wrong, share where the aided answer is AI's. misled: of
    items where AI was wrong and the reader right before, share where the aided answer is AI's
    (automation bias). under_reliance: of items where AI was right, share where the aided answer
    is wrong. unheeded: of items where AI was right and the reader wrong before, share that stayed
    wrong.
    """

    over_reliance: Estimate
    misled: Estimate
    under_reliance: Estimate
    unheeded: Estimate


def reliance(
    unaided: ArrayLike,
    aided: ArrayLike,
    ai: ArrayLike,
    reference: ArrayLike,
    *,
    cluster: ArrayLike,
    n_categories: int,
    interval: ShareInterval = "auto",
) -> Reliance:
    """Over- and under-reliance on AI, with clustered intervals; see `Reliance`.

    unaided, aided, ai, reference: (items,) codes 0..n_categories-1, -1 missing. Parasuraman R,
    Riley V 1997, Hum Factors 39:230 (misuse and disuse).
    """
    before, after, said, right = (
        codes_of(part, n_categories) for part in (unaided, aided, ai, reference)
    )
    keep = _known(before, after, said, right)
    ai_wrong, was_right = said != right, before == right

    def one(hits: BoolArray, counted: BoolArray, name: str) -> Estimate:
        found = share(hits, keep & counted, cluster=cluster, method=name, interval=interval)
        if found.value is None:
            return not_estimable(name, "no such item", n_missing=found.n_missing)
        return found

    return Reliance(
        one(after == said, ai_wrong, "over-reliance: aided answer is that of wrong AI"),
        one(after == said, ai_wrong & was_right, "misled: right before, then wrong AI's answer"),
        one(after != right, ~ai_wrong, "under-reliance: aided answer wrong though AI was right"),
        one(after != right, ~ai_wrong & ~was_right, "unheeded: stayed wrong though AI was right"),
    )


def _known(*codes: IntArray) -> BoolArray:
    if len({one.shape for one in codes}) != 1 or codes[0].ndim != 1:
        raise RatingsError("all answers need one code for each of the same items")
    return np.asarray(np.all([one != MISSING for one in codes], axis=0), dtype=bool)
