"""A reader study's plan: who reads which cases in which arms, before anything is drawn. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

DESIGNS: Final = {
    "unaided_only": "Unaided only: every case is read once, without AI",
    "sequential": "Sequential: each case without AI, answers locked, then with AI at once",
    "crossover": "Crossover: half of the cases with AI first, half without, then exchanged",
    "fully_crossed": "Fully crossed: all cases in one arm, then all in the next",
    "split_plot": "Split plot: groups of readers, each with cases of its own, arms exchanged",
}
"""Code -> what it means, in words for a coordinator."""


class PlanError(ValueError):
    """The plan can't be carried out; the message says what to change."""


@dataclass(frozen=True)
class Plan:
    """What a schedule is drawn from.

    seed: any whole number from 0. arms: labels, in the order of the protocol (unaided first in
    a sequential design). readers, cases: codes and blinded numbers. caps: reader -> most cases;
    readers without one read all. common: that many cases are read by every reader, also capped
    ones. groups: of a split plot. repeat_fraction: share of each block that is read a second
    time, hidden; repeat_lag: at least that many cases lie between. first_period: number of the
    first period (2 where a training period goes before).
    """

    design: str
    seed: int
    arms: Sequence[str]
    readers: Sequence[str]
    cases: Sequence[str]
    caps: Mapping[str, int] = field(default_factory=dict)
    common: int = 0
    groups: int = 2
    repeat_fraction: float = 0.0
    repeat_lag: int = 10
    first_period: int = 1

    @property
    def n_periods(self) -> int:
        """Periods that the design has."""
        return 1 if self.design in ("unaided_only", "sequential") else len(self.arms)

    @property
    def blocks_per_period(self) -> int:
        """Blocks of one arm that a reader reads in a period; sequential pairs count as one."""
        return len(self.arms) if self.design in ("crossover", "split_plot") else 1

    @property
    def most_repeats(self) -> int:
        """No reader has more repeated cases than this in the whole reader study."""
        if not self.repeat_fraction:
            return 0
        in_a_period = math.ceil(self.repeat_fraction * len(self.cases)) + self.blocks_per_period
        return self.n_periods * in_a_period


def _arm_problems(plan: Plan) -> list[str]:
    count = len(plan.arms)
    if len(set(plan.arms)) != count:
        return ["Give each arm a name of its own."]
    if plan.design == "unaided_only" and count != 1:
        return ["A reader study that is unaided only has one arm."]
    if plan.design == "sequential" and count != 2:
        return ["A sequential design has two arms: unaided, then aided."]
    if plan.design in ("crossover", "split_plot") and count < 2:
        return ["This design compares at least two arms."]
    return [] if count else ["Choose at least one arm."]


def problems(plan: Plan) -> list[str]:
    """What makes the plan impossible, in plain words; empty where it can be drawn."""
    found = [] if plan.design in DESIGNS else [f"There is no design called {plan.design!r}."]
    found += _arm_problems(plan)
    n_cases, n_readers = len(plan.cases), len(plan.readers)
    if not n_cases:
        found.append("Choose at least one exam.")
    if not n_readers:
        found.append("Choose at least one reader.")
    if len(set(plan.cases)) != n_cases or len(set(plan.readers)) != n_readers:
        found.append("A case or a reader stands in the plan twice.")
    if plan.seed < 0:
        found.append("The seed is a whole number from 0.")
    if plan.common > n_cases:
        found.append(f"{plan.common} common cases are more than the {n_cases} cases there are.")
    for reader, cap in plan.caps.items():
        if reader not in plan.readers:
            found.append(f"{reader} has a limit but isn't a reader of this plan.")
        elif cap < max(1, plan.common):
            found.append(
                f"{reader} may read {cap} cases; the {max(1, plan.common)} that all readers read "
                "don't fit. Raise the limit or choose fewer common cases."
            )
    if plan.design == "split_plot" and not 2 <= plan.groups <= min(n_cases, n_readers):
        found.append(
            "A split plot needs at least two groups, and at least one reader and one case in each."
        )
    if not 0 <= plan.repeat_fraction <= 0.5:
        found.append("At most half of the cases can be repeated.")
    if plan.repeat_lag < 1:
        found.append("At least one case lies between a case and its repeat.")
    return found
