"""Schedules: balanced, complete, once each, the same from the same seed on every machine."""

from __future__ import annotations

import dataclasses
import itertools
import os
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.design.allocation import Assignment, allocate, schedule_hash
from annotations.design.arm_orders import williams_square
from annotations.design.plan import DESIGNS, Plan, PlanError
from annotations.design.preview import preview

ROOT = Path(__file__).resolve().parents[3]
ARMS = {"unaided_only": 1, "sequential": 2, "crossover": 2, "fully_crossed": 2, "split_plot": 2}


def a_plan(design: str, readers: int = 4, cases: int = 12, **more: object) -> Plan:
    return Plan(
        design=design,
        seed=7,
        arms=["Unaided", "AI-aided", "Third"][: ARMS[design]],
        readers=[f"R{n}" for n in range(1, readers + 1)],
        cases=[f"C-{n:03d}" for n in range(1, cases + 1)],
        **more,  # type: ignore[arg-type]
    )


@st.composite
def plans(draw: st.DrawFn, *designs: str) -> Plan:
    design = draw(st.sampled_from(designs or tuple(DESIGNS)))
    n_readers = draw(st.integers(2 if design == "split_plot" else 1, 7))
    n_cases = draw(st.integers(2 if design == "split_plot" else 1, 24))
    plan = a_plan(design, n_readers, n_cases, groups=2)
    caps = {}
    if draw(st.booleans()):
        caps = {r: draw(st.integers(1, n_cases)) for r in plan.readers if draw(st.booleans())}
    common = draw(st.integers(0, min([n_cases, *caps.values()])))
    first = draw(st.sampled_from([1, 2]))
    return dataclasses.replace(
        plan, seed=draw(st.integers(0, 2**40)), caps=caps, common=common, first_period=first
    )


@settings(max_examples=150, deadline=None)
@given(plan=plans())
def test_every_reader_reads_every_case_of_theirs_once_in_every_arm(plan: Plan) -> None:
    rows = allocate(plan)
    cells = Counter((row.reader, row.case, row.arm) for row in rows)
    assert set(cells.values()) <= {1}
    by_reader: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        by_reader[row.reader].add(row.case)
    expected = {(r, c, a) for r, own in by_reader.items() for c in own for a in plan.arms}
    assert set(cells) == expected
    if not plan.caps and plan.design != "split_plot":
        assert all(own == set(plan.cases) for own in by_reader.values())


@settings(max_examples=150, deadline=None)
@given(plan=plans())
def test_orders_of_a_period_run_from_one_without_a_gap(plan: Plan) -> None:
    periods: dict[tuple[str, int], list[int]] = defaultdict(list)
    for row in allocate(plan):
        periods[row.reader, row.period].append(row.order)
    assert all(orders == list(range(1, len(orders) + 1)) for orders in periods.values())
    last = plan.first_period + plan.n_periods
    assert {period for _, period in periods} <= set(range(plan.first_period, last))


@settings(max_examples=100, deadline=None)
@given(plan=plans("crossover", "split_plot"))
def test_a_case_is_never_read_twice_in_one_period_of_a_crossover(plan: Plan) -> None:
    seen = Counter((row.reader, row.period, row.case) for row in allocate(plan))
    assert set(seen.values()) == {1}


@settings(max_examples=100, deadline=None)
@given(plan=plans("crossover", "split_plot"))
def test_each_reader_has_each_arm_equally_often_in_each_period(plan: Plan) -> None:
    counts = Counter((row.reader, row.period, row.arm) for row in allocate(plan))
    for reader in plan.readers:
        for period in range(plan.first_period, plan.first_period + 2):
            both = [counts[reader, period, arm] for arm in plan.arms]
            assert max(both) - min(both) <= 1


@settings(max_examples=60, deadline=None)
@given(readers=st.integers(2, 8), cases=st.integers(2, 20), seed=st.integers(0, 9999))
def test_each_case_is_read_first_in_each_arm_by_half_of_the_readers(
    readers: int, cases: int, seed: int
) -> None:
    plan = dataclasses.replace(a_plan("crossover", readers, cases), seed=seed)
    first = Counter((row.case, row.arm) for row in allocate(plan) if row.period == 1)
    for case in plan.cases:
        assert abs(first[case, "Unaided"] - first[case, "AI-aided"]) <= 1


@settings(max_examples=60, deadline=None)
@given(plan=plans("crossover", "fully_crossed", "unaided_only", "sequential"))
def test_limits_are_used_up_and_cases_have_equally_many_readers(plan: Plan) -> None:
    rows = allocate(plan)
    sets: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        sets[row.reader].add(row.case)
    for reader in plan.readers:
        assert len(sets[reader]) == plan.caps.get(reader, len(plan.cases))
    readers = Counter(case for own in sets.values() for case in own)
    in_all = set.intersection(*sets.values())
    assert len(in_all) >= plan.common
    others = sorted(readers[case] for case in plan.cases)[: len(plan.cases) - plan.common]
    assert not others or max(others) - min(others) <= 1


def test_pairs_of_capped_readers_share_about_equally_many_cases() -> None:
    readers = [f"R{n}" for n in range(1, 11)]
    plan = dataclasses.replace(
        a_plan("unaided_only", 10, 200), caps=dict.fromkeys(readers, 60), common=0
    )
    found = preview(allocate(plan), plan.cases)
    assert found.readers_per_case == (3, 3)
    low, high = found.cases_shared_by_pairs
    # 200 cases x 3 pairs over 45 pairs: 13.3 shared cases a pair on average
    assert low >= 11
    assert high <= 16


def test_a_sequential_reading_follows_the_unaided_one_of_the_same_case_at_once() -> None:
    rows = allocate(a_plan("sequential"))
    for before, after in zip(rows[::2], rows[1::2], strict=True):
        assert (before.arm, after.arm) == ("Unaided", "AI-aided")
        assert (after.case, after.follows, before.follows) == (before.case, before.order, 0)


def test_a_split_plot_gives_groups_of_readers_cases_of_their_own() -> None:
    sets: dict[str, set[str]] = defaultdict(set)
    for row in allocate(a_plan("split_plot", 4, 13, groups=2)):
        sets[row.reader].add(row.case)
    groups = {frozenset(own) for own in sets.values()}
    assert sorted(map(len, groups)) == [6, 7]
    assert not frozenset.intersection(*groups)


@settings(max_examples=80, deadline=None)
@given(
    design=st.sampled_from(tuple(DESIGNS)),
    cases=st.integers(40, 60),
    fraction=st.sampled_from([0.05, 0.1, 0.2]),
    lag=st.integers(1, 8),
    seed=st.integers(0, 9999),
)
def test_repeats_are_as_many_as_asked_and_far_enough_away(
    design: str, cases: int, fraction: float, lag: int, seed: int
) -> None:
    plan = dataclasses.replace(
        a_plan(design, 2, cases, groups=2), repeat_fraction=fraction, repeat_lag=lag, seed=seed
    )
    rows = allocate(plan)
    place = {(row.reader, row.period, row.order): row for row in rows}
    step = len(plan.arms) if design == "sequential" else 1
    for row in rows:
        if row.repeat_of:
            first = place[row.reader, row.period, row.repeat_of]
            assert (first.case, first.arm, first.repeat_of) == (row.case, row.arm, 0)
            assert row.order - first.order > lag * step
    counts = Counter((row.reader, row.period, row.arm, bool(row.repeat_of)) for row in rows)
    for (reader, period, arm, is_repeat), count in counts.items():
        if not is_repeat:
            wanted = -(-count * fraction // 1)
            assert counts[reader, period, arm, True] == pytest.approx(wanted, abs=0.5)
    for reader in plan.readers:
        repeated = {(r.period, r.case, r.arm) for r in rows if r.reader == reader and r.repeat_of}
        assert len(repeated) / step <= plan.most_repeats


def test_a_block_too_short_for_its_repeats_is_refused_in_words() -> None:
    with pytest.raises(PlanError, match="only 2 can be repeated with 10 cases between, not 3"):
        allocate(a_plan("unaided_only", 1, 12, repeat_fraction=0.25))


@settings(max_examples=60, deadline=None)
@given(plan=plans())
def test_the_same_seed_gives_the_same_schedule_and_another_seed_another(plan: Plan) -> None:
    rows = allocate(plan)
    assert schedule_hash(allocate(plan)) == schedule_hash(reversed(rows))
    other = allocate(dataclasses.replace(plan, seed=plan.seed + 1))
    if len(plan.cases) > 8 and not plan.caps and plan.design != "split_plot":
        assert schedule_hash(other) != schedule_hash(rows)


def test_the_hash_does_not_hang_on_the_process_that_makes_it() -> None:
    code = (
        "from tests.annotations.design.test_allocation import a_plan\n"
        "from annotations.design.allocation import allocate, schedule_hash\n"
        "print(schedule_hash(allocate(a_plan('crossover', 5, 30, caps={'R1': 10, 'R3': 20}))))"
    )
    hashes = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    here = schedule_hash(allocate(a_plan("crossover", 5, 30, caps={"R1": 10, "R3": 20})))
    assert hashes == {here}


def test_any_change_of_an_assignment_changes_the_hash() -> None:
    rows = allocate(a_plan("sequential", 2, 3))
    before = schedule_hash(rows)
    for field, value in [("order", 99), ("arm", "X"), ("case", "C-999"), ("follows", 5)]:
        changed = [rows[0]._replace(**{field: value}), *rows[1:]]  # type: ignore[arg-type]
        assert schedule_hash(changed) != before


@pytest.mark.parametrize("n_arms", [2, 3, 4, 5, 6])
def test_a_williams_square_is_balanced_for_places_and_for_what_goes_before(n_arms: int) -> None:
    square = williams_square(n_arms)
    places = Counter((place, arm) for order in square for place, arm in enumerate(order))
    before = Counter(pair for order in square for pair in itertools.pairwise(order))
    assert all(sorted(order) == list(range(n_arms)) for order in square)
    assert set(places.values()) == {len(square) // n_arms}
    assert set(before.values()) == {len(square) // n_arms}
    assert len(before) == n_arms * (n_arms - 1)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"arms": ["Unaided"]}, "compares at least two arms"),
        ({"cases": []}, "at least one exam"),
        ({"readers": []}, "at least one reader"),
        ({"caps": {"R1": 2}, "common": 5}, "don't fit"),
        ({"common": 99}, "more than the 12 cases"),
        ({"caps": {"R9": 2}}, "isn't a reader"),
        ({"repeat_fraction": 0.9}, "At most half"),
        ({"design": "magic"}, "no design called"),
    ],
)
def test_an_impossible_plan_says_what_to_change(change: dict[str, object], words: str) -> None:
    with pytest.raises(PlanError, match=words):
        allocate(dataclasses.replace(a_plan("crossover"), **change))  # type: ignore[arg-type]


def test_the_preview_counts_the_schedule() -> None:
    plan = a_plan("crossover", 2, 20, repeat_fraction=0.1, repeat_lag=2)
    found = preview(allocate(plan), plan.cases)
    assert [(row.cases, row.repeats) for row in found.rows] == [(10, 1)] * 8
    assert sum(row.opens for row in found.rows) == 4
    assert (found.readings, found.readers_per_case, found.cases_shared_by_pairs) == (
        88,
        (2, 2),
        (20, 20),
    )


def test_an_assignment_is_plain_data() -> None:
    assert Assignment("R1", 1, 1, "C-001", "Unaided") == ("R1", 1, 1, "C-001", "Unaided", 0, 0)
