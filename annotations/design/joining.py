"""A reader who joins a schedule that is drawn, and cases that pass to another reader. Pure.

What others read stays as it is. Everything follows from the plan, its seed and the schedule in
force by SHA-256 alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from annotations.design.allocation import Assignment, rows_of_reader
from annotations.design.arm_orders import williams_square
from annotations.design.case_order import case_order
from annotations.design.draw import digest, shuffled
from annotations.design.plan import Plan, PlanError

EXCHANGED = ("crossover", "split_plot")


def joining_rows(
    plan: Plan, reader: str, limit: int | None, in_force: Iterable[Assignment]
) -> list[Assignment]:
    """The assignments of a new reader.

    plan: with all readers, the new one among them. Cases that fewest readers read come first, and
    so do orders of arms that a case has had least often, so that balance is kept as well as one
    reader can. Raises PlanError where nothing is left to read, or repeats don't fit.
    """
    rows = [row for row in in_force if row.period >= plan.first_period]
    cases = _cases(plan, reader, limit, rows)
    if not cases:
        raise PlanError("There is no case that this reader could read.")
    orders = _orders(plan, reader, cases, rows) if plan.design in EXCHANGED else {}
    turn = len({row.reader for row in rows} - {reader})
    return rows_of_reader(plan, reader, cases, turn, orders)


def _cases(plan: Plan, reader: str, limit: int | None, rows: Sequence[Assignment]) -> list[str]:
    """In the seeded order of the cases that is the same for all readers."""
    cases = shuffled(plan.cases, plan.seed, "cases")
    allowed = cases
    if plan.design == "split_plot":
        allowed = cases[_group(plan, cases, rows) :: plan.groups]
    if limit is None or limit >= len(allowed):
        return allowed
    read = Counter(case for case, _ in {(row.case, row.reader) for row in rows})
    common = set(cases[: plan.common]) & set(allowed)
    ranked = sorted(
        allowed,
        key=lambda case: (case not in common, read[case], digest(plan.seed, "join", reader, case)),
    )
    chosen = set(ranked[:limit])
    return [case for case in allowed if case in chosen]


def group_of(plan: Plan, cases: Collection[str]) -> set[int]:
    """Groups of a split plot that these cases belong to."""
    order = shuffled(plan.cases, plan.seed, "cases")
    return {order.index(case) % plan.groups for case in cases}


def _group(plan: Plan, cases: Sequence[str], rows: Sequence[Assignment]) -> int:
    """The group of a split plot with fewest readers, the first of equals."""
    place = {case: at % plan.groups for at, case in enumerate(cases)}
    members = Counter(group for group, _ in {(place[row.case], row.reader) for row in rows})
    return min(range(plan.groups), key=lambda group: (members[group], group))


def _orders(
    plan: Plan, reader: str, cases: Sequence[str], rows: Sequence[Assignment]
) -> dict[tuple[str, str], int]:
    """As arm_orders does it, counting what the other readers of a case have."""
    square = williams_square(len(plan.arms))
    had = _orders_had(plan, rows)
    mine: Counter[int] = Counter()
    found = {}
    for case in cases:
        best = min(
            range(len(square)),
            key=lambda order: (
                mine[order],
                had[case, order],
                digest(plan.seed, "order", reader, case, order),
            ),
        )
        found[reader, case] = best
        mine[best] += 1
    return found


def _orders_had(plan: Plan, rows: Sequence[Assignment]) -> Counter[tuple[str, int]]:
    """(case, place in the square) -> readers who have that order of arms."""
    places = {order: at for at, order in enumerate(williams_square(len(plan.arms)))}
    arms: dict[tuple[str, str], dict[int, int]] = {}
    for row in rows:
        if not row.repeat_of:
            arms.setdefault((row.reader, row.case), {})[row.period] = plan.arms.index(row.arm)
    counted: Counter[tuple[str, int]] = Counter()
    for (_, case), by_period in arms.items():
        order = tuple(by_period[period] for period in sorted(by_period))
        if order in places:
            counted[case, places[order]] += 1
    return counted


def passing_rows(
    seed: int,
    giver: Iterable[Assignment],
    reader: str,
    last: Mapping[int, int],
    cases: Collection[str],
) -> list[Assignment]:
    """What the taker gets when cases pass from the giver: each in the periods and arms it had.

    They come after the taker's own cases of a period, arm by arm as the giver had the arms, in the
    seeded order of the taker. Hidden repeats don't pass. giver: all that the giver has or had;
    reader: the taker's code; last: period -> last place that the taker has or had there.
    """
    moving = sorted(
        (row for row in giver if row.case in cases and not row.repeat_of),
        key=lambda row: (row.period, row.order),
    )
    found: list[Assignment] = []
    for period in sorted({row.period for row in moving}):
        order = last.get(period, 0)
        for block in _blocks_of(row for row in moving if row.period == period):
            for case in case_order(seed, reader, period, {row.case for row in block}):
                before = 0
                for row in (one for one in block if one.case == case):
                    order += 1
                    follows = before if row.follows else 0
                    found.append(Assignment(reader, period, order, case, row.arm, 0, follows))
                    before = order
    return found


def _blocks_of(rows: Iterable[Assignment]) -> list[list[Assignment]]:
    """Assignments of one period, by the arm in which each case begins there."""
    first: dict[str, str] = {}
    blocks: dict[str, list[Assignment]] = {}
    for row in rows:
        blocks.setdefault(first.setdefault(row.case, row.arm), []).append(row)
    return list(blocks.values())
