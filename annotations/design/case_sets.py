"""Which cases each reader reads: all, balanced incomplete blocks, or blocks of a split plot."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from annotations.design.draw import digest, shuffled
from annotations.design.plan import Plan


def case_sets(plan: Plan) -> dict[str, list[str]]:
    """Reader -> cases, in the seeded order of the cases that is the same for all readers."""
    cases = shuffled(plan.cases, plan.seed, "cases")
    if plan.design == "split_plot":
        return _split(plan, cases)
    if any(plan.caps.get(reader, len(cases)) < len(cases) for reader in plan.readers):
        return _incomplete_blocks(plan, cases)
    return {reader: list(cases) for reader in plan.readers}


def _split(plan: Plan, cases: list[str]) -> dict[str, list[str]]:
    """Groups of readers and of cases of equal size, give or take one."""
    readers = shuffled(plan.readers, plan.seed, "readers")
    group_of = {reader: place % plan.groups for place, reader in enumerate(readers)}
    sets = {}
    for reader in plan.readers:
        own = cases[group_of[reader] :: plan.groups]
        sets[reader] = own[: plan.caps.get(reader, len(own))]
    return sets


def _incomplete_blocks(plan: Plan, cases: list[str]) -> dict[str, list[str]]:
    """Each reader exactly up to the limit; readers of a case as equal in number as can be.

    Cases are dealt one by one to the readers who have most places left, which can't run into a
    dead end (Gale D 1957, Pacific J Math 7:1073); among equals to those who have shared fewest
    cases so far with the readers chosen, so that all pairs of readers share about as many.
    """
    count, n = len(plan.readers), len(cases)
    common, rest = cases[: plan.common], cases[plan.common :]
    places = np.array([min(plan.caps.get(r, n), n) - len(common) for r in plan.readers])
    total = int(places.sum())
    low, extra = divmod(total, len(rest)) if rest else (0, 0)
    shared: NDArray[np.int64] = np.zeros((count, count), np.int64)
    chosen: dict[str, set[str]] = {reader: set(common) for reader in plan.readers}
    for place, case in enumerate(rest):
        wanted = low + (place < extra)
        luck = np.array([int(digest(plan.seed, "deal", case, r)[:8], 16) for r in plan.readers])
        dealt: list[int] = []
        free = places > 0
        for _ in range(wanted):
            with_dealt = shared[:, dealt].sum(axis=1)
            order = np.lexsort((luck, shared.sum(axis=1), with_dealt, -places))
            best = next(int(reader) for reader in order if free[reader])
            dealt.append(best)
            free[best] = False
        places[dealt] -= 1
        shared[np.ix_(dealt, dealt)] += 1 - np.eye(len(dealt), dtype=np.int64)
        for reader in dealt:
            chosen[plan.readers[reader]].add(case)
    return {reader: [case for case in cases if case in chosen[reader]] for reader in plan.readers}
