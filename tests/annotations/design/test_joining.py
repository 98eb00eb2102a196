"""A reader who joins keeps the balance; cases that pass keep their periods and arms."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from annotations.design.allocation import Assignment, allocate
from annotations.design.joining import group_of, joining_rows, passing_rows
from annotations.design.plan import Plan, PlanError

CASES = [f"C-{number:03d}" for number in range(1, 25)]


def a_plan(design: str, **more: object) -> Plan:
    one_arm = design == "unaided_only"
    arms = ["Unaided"] if one_arm else ["Unaided", "AI-aided"]
    return Plan(design, 11, arms, ["R1", "R2", "R3"], CASES, **more)  # type: ignore[arg-type]


def joined(plan: Plan, limit: int | None = None) -> tuple[list[Assignment], list[Assignment]]:
    before = allocate(plan)
    wider = replace(plan, readers=[*plan.readers, "R4"])
    return before, joining_rows(wider, "R4", limit, before)


@pytest.mark.parametrize(
    "design", ["unaided_only", "sequential", "crossover", "fully_crossed", "split_plot"]
)
def test_the_new_reader_reads_each_case_once_in_an_arm(design: str) -> None:
    plan = a_plan(design, repeat_fraction=0.1, repeat_lag=3)
    _, rows = joined(plan)
    assert {row.reader for row in rows} == {"R4"}
    first = Counter((row.case, row.arm) for row in rows if not row.repeat_of)
    assert set(first.values()) == {1}
    arms_of: dict[str, set[str]] = {}
    for case, arm in first:
        arms_of.setdefault(case, set()).add(arm)
    assert all(arms == set(plan.arms) for arms in arms_of.values())
    assert len(arms_of) == (12 if design == "split_plot" else 24)
    assert any(row.repeat_of for row in rows)
    places = [(row.period, row.order) for row in rows]
    assert len(places) == len(set(places))


def test_joining_is_drawn_the_same_again() -> None:
    assert joined(a_plan("crossover")) == joined(a_plan("crossover"))


def test_in_a_crossover_the_orders_of_arms_stay_balanced_for_reader_and_case() -> None:
    before, rows = joined(a_plan("crossover"))
    opening = Counter(row.arm for row in rows if row.period == 1)
    assert opening == {"Unaided": 12, "AI-aided": 12}
    # of four readers of a case no more than three have the same order
    first = Counter((row.case, row.arm) for row in [*before, *rows] if row.period == 1)
    assert max(first.values()) <= 3
    spread = [abs(first[case, "Unaided"] - first[case, "AI-aided"]) for case in CASES]
    before_first = Counter((row.case, row.arm) for row in before if row.period == 1)
    before_spread = [
        abs(before_first[case, "Unaided"] - before_first[case, "AI-aided"]) for case in CASES
    ]
    assert sum(spread) < sum(before_spread)


def test_a_limit_takes_the_common_cases_and_then_those_that_fewest_read() -> None:
    plan = a_plan("unaided_only", caps={"R1": 10, "R2": 10, "R3": 10}, common=2)
    before, rows = joined(plan, limit=8)
    read = Counter(row.case for row in before)
    common = {case for case in CASES if read[case] == 3}
    mine = {row.case for row in rows}
    assert len(mine) == 8
    assert common <= mine
    others = sorted(read[case] for case in set(CASES) - common)
    assert sum(read[case] for case in mine - common) == sum(others[: 8 - len(common)])


def test_in_a_split_plot_the_smaller_group_gets_the_new_reader() -> None:
    plan = a_plan("split_plot")
    before, rows = joined(plan)
    sizes = Counter(
        min(group_of(plan, {row.case for row in before if row.reader == reader}))
        for reader in plan.readers
    )
    assert group_of(plan, {row.case for row in rows}) == {min(sizes, key=lambda g: sizes[g])}


def test_nothing_to_read_is_said() -> None:
    plan = replace(a_plan("unaided_only"), cases=[])
    with pytest.raises(PlanError, match="no case"):
        joining_rows(plan, "R4", None, [])


@pytest.mark.parametrize("design", ["sequential", "crossover", "fully_crossed"])
def test_passed_cases_keep_period_and_arm_and_come_last(design: str) -> None:
    rows = allocate(a_plan(design, repeat_fraction=0.1, repeat_lag=3))
    giver = [row for row in rows if row.reader == "R1"]
    last = {1: 40, 2: 50}
    passed = passing_rows(11, giver, "R2", last, CASES[:5])
    had = {(row.period, row.arm, row.case) for row in giver if row.case in CASES[:5]}
    assert {(row.period, row.arm, row.case) for row in passed} == had
    assert not any(row.repeat_of for row in passed)
    for period in {row.period for row in passed}:
        orders = [row.order for row in passed if row.period == period]
        assert orders == list(range(last[period] + 1, last[period] + 1 + len(orders)))
    by_place = {(row.period, row.order): row for row in passed}
    for row in passed:
        if row.follows:
            before = by_place[row.period, row.follows]
            assert (before.case, before.arm) == (row.case, "Unaided")
    assert any(row.follows for row in passed) == (design == "sequential")
