"""Draw the whole schedule of a reader study: reader x case x arm x period, in order. Pure.

Everything follows from the plan and its seed by SHA-256 alone, so that anybody can draw it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from annotations.design.arm_orders import arm_orders, williams_square
from annotations.design.case_order import case_order
from annotations.design.case_sets import case_sets
from annotations.design.draw import digest, shuffled
from annotations.design.plan import Plan, PlanError, problems
from annotations.design.repeats import with_repeats


class Assignment(NamedTuple):
    """One reading to be done.

    order: place in this reader's period, from 1. repeat_of: order of the first reading of this
    case in the same period and arm, 0 for a first reading. follows: order of the reading in the
    same period that must be submitted before, 0 for none.
    """

    reader: str
    period: int
    order: int
    case: str
    arm: str
    repeat_of: int = 0
    follows: int = 0


def allocate(plan: Plan) -> list[Assignment]:
    """Every assignment, by reader, period and order; PlanError where the plan can't be drawn."""
    found = problems(plan)
    if found:
        raise PlanError(" ".join(found))
    sets = case_sets(plan)
    turns = {reader: i for i, reader in enumerate(shuffled(plan.readers, plan.seed, "turns"))}
    is_exchanged = plan.design in ("crossover", "split_plot")
    orders = arm_orders(plan, sets) if is_exchanged else {}
    rows: list[Assignment] = []
    for reader in plan.readers:
        rows += rows_of_reader(plan, reader, sets[reader], turns[reader], orders)
    return rows


def rows_of_reader(
    plan: Plan,
    reader: str,
    cases: Sequence[str],
    turn: int,
    orders: Mapping[tuple[str, str], int],
) -> list[Assignment]:
    """Every assignment of one reader over all periods.

    turn: which arm's block opens. orders: (reader, case) -> place in the Williams square, empty
    where the design exchanges no arms. Raises PlanError where repeats don't fit.
    """
    rows: list[Assignment] = []
    for index in range(plan.n_periods):
        blocks = _blocks(plan, reader, cases, index, turn, orders)
        rows += _period(plan, reader, plan.first_period + index, blocks)
    return rows


def _blocks(
    plan: Plan,
    reader: str,
    cases: Sequence[str],
    index: int,
    turn: int,
    orders: Mapping[tuple[str, str], int],
) -> list[tuple[list[str], list[str]]]:
    """(arms, cases) of each block of one period; several arms: one after another on each case."""
    if plan.design == "sequential":
        return [(list(plan.arms), list(cases))]
    if not orders:
        return [([plan.arms[index]], list(cases))]
    square = williams_square(len(plan.arms))
    by_arm: dict[int, list[str]] = {arm: [] for arm in range(len(plan.arms))}
    for case in cases:
        by_arm[square[orders[reader, case]][index]].append(case)
    # Which arm's block opens a period changes from reader to reader and from period to period.
    opening = square[(turn + index) % len(square)]
    return [([plan.arms[arm]], by_arm[arm]) for arm in opening if by_arm[arm]]


def _period(
    plan: Plan, reader: str, period: int, blocks: Sequence[tuple[list[str], list[str]]]
) -> Iterator[Assignment]:
    order = 0
    for arms, cases in blocks:
        listed = case_order(plan.seed, reader, period, cases)
        key = (plan.seed, reader, period, arms[0])
        first: dict[tuple[str, str], int] = {}
        for case, is_repeat in with_repeats(listed, plan.repeat_fraction, plan.repeat_lag, *key):
            before = 0
            for arm in arms:
                order += 1
                repeat_of = first[case, arm] if is_repeat else 0
                first.setdefault((case, arm), order)
                yield Assignment(reader, period, order, case, arm, repeat_of, before)
                before = order


def schedule_hash(rows: Iterable[Assignment]) -> str:
    """SHA-256 over one line an assignment, sorted, so that the hash doesn't hang on their order.

    A line is reader, period, order, case, arm, repeat_of and follows, parted by tabs.
    """
    lines = sorted("\t".join(map(str, row)) for row in rows)
    return digest("\n".join(lines))
