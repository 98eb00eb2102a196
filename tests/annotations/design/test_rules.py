"""Washout dates and rules of adjudication."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.design.adjudication_rule import AdjudicationRule, disagrees
from annotations.design.stratified_draw import stratified_draw
from annotations.design.washout import not_before

MOMENT = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)


@given(
    days=st.integers(0, 400),
    moments=st.lists(
        st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
        min_size=1,
        max_size=5,
    ),
)
def test_the_washout_runs_from_the_last_submission(days: int, moments: list[datetime]) -> None:
    found = not_before(moments, days)
    assert found is not None
    assert all(found - moment >= timedelta(days=days) for moment in moments)
    assert any(found - moment == timedelta(days=days) for moment in moments)


def test_nothing_is_known_before_the_earlier_readings_are_submitted() -> None:
    assert not_before([], 28) is None
    assert not_before([MOMENT, None], 28) is None


ANY = AdjudicationRule()
TWO_APART = AdjudicationRule("at_least", steps=2)
PAIR = AdjudicationRule("reader_pair", readers=("R1", "R3"), steps=1)


PAIRS = AdjudicationRule("reader_pair", readers=("R1", "R3", "R2", "R4"), steps=2)


@pytest.mark.parametrize(
    ("rule", "grades", "expected"),
    [
        (ANY, {"R1": 1, "R2": 1, "R3": 1}, False),
        (ANY, {"R1": 1, "R2": 2}, True),
        (ANY, {"R1": 1}, False),
        (ANY, {"R1": 1, "R2": None}, True),
        (ANY, {"R1": None, "R2": None}, False),
        (TWO_APART, {"R1": 1, "R2": 2, "R3": 1}, False),
        (TWO_APART, {"R1": 0, "R2": 1, "R3": 2}, True),
        (TWO_APART, {"R1": 1, "R2": None}, True),
        (PAIR, {"R1": 1, "R2": 3, "R3": 1}, False),
        (PAIR, {"R1": 1, "R2": 1, "R3": 2}, True),
        (PAIR, {"R1": 1, "R2": 3}, False),
        (PAIRS, {"R1": 0, "R2": 2, "R3": 1}, False),
        (PAIRS, {"R1": 0, "R2": 2, "R4": 0}, True),
        (PAIRS, {"R1": 0, "R3": 2}, True),
        (PAIRS, {"R2": 0, "R4": None}, True),
    ],
)
def test_rules_tell_differences(
    rule: AdjudicationRule, grades: dict[str, int | None], expected: bool
) -> None:
    assert disagrees(rule, "modic", grades) is expected


def test_a_rule_can_be_kept_to_some_items() -> None:
    rule = AdjudicationRule(items=("pfirrmann",))
    assert not disagrees(rule, "modic", {"R1": 0, "R2": 3})
    assert disagrees(rule, "pfirrmann", {"R1": 1, "R2": 3})


@pytest.mark.parametrize(
    "rule",
    [
        AdjudicationRule("x"),
        AdjudicationRule(steps=0),
        AdjudicationRule("reader_pair"),
        AdjudicationRule("reader_pair", readers=("R1", "R2", "R3")),
        AdjudicationRule("reader_pair", readers=("R1", "R1")),
    ],
)
def test_a_rule_that_makes_no_sense_says_so(rule: AdjudicationRule) -> None:
    assert rule.problems()


@given(
    sizes=st.lists(st.integers(1, 30), min_size=1, max_size=5),
    share=st.floats(0.01, 1),
    seed=st.integers(0, 999),
)
def test_a_draw_takes_of_each_stratum_its_share(sizes: list[int], share: float, seed: int) -> None:
    strata = {f"{s}-{n}": f"s{s}" for s, size in enumerate(sizes) for n in range(size)}
    count = max(1, int(share * len(strata)))
    drawn = stratified_draw(strata, count, seed)
    assert len(drawn) == len(set(drawn)) == count
    assert drawn == stratified_draw(dict(reversed(strata.items())), count, seed)
    for s, size in enumerate(sizes):
        exact = count * size / len(strata)
        assert abs(sum(strata[key] == f"s{s}" for key in drawn) - exact) < 1


def test_more_than_there_are_cannot_be_drawn() -> None:
    with pytest.raises(ValueError, match="can't be drawn"):
        stratified_draw({"a": "x"}, 2, 1)
