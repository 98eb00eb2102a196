"""The pure rules of the grid."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.design.cells import (
    AskedItem,
    all_cells,
    is_asked,
    missing_cells,
    prediction_set,
)
from annotations.vocabulary import (
    ALL_DISC_LEVELS,
    LEVELS_OF_KIND,
    LUMBAR_COUNTS,
    disc_levels,
    graded_levels,
    vertebral_levels,
)

SIDED = AskedItem("foramen", ("right", "left"))
CHILD = AskedItem("root", ("right", "left"), condition=("foramen", 2))
WHOLE = AskedItem("note", is_required=False, condition=("foramen", 1))
ITEMS = {one.code: one for one in (SIDED, CHILD, WHOLE)}


def test_a_condition_on_an_item_with_sides_is_met_side_by_side() -> None:
    scores = {("foramen", "L4/L5", "right"): 3, ("foramen", "L4/L5", "left"): 0}
    assert is_asked(("root", "L4/L5", "right"), ITEMS, scores)
    assert not is_asked(("root", "L4/L5", "left"), ITEMS, scores)
    assert is_asked(("note", "L4/L5", ""), ITEMS, scores)
    assert not is_asked(("root", "L3/L4", "right"), ITEMS, scores)


def test_optional_and_unasked_cells_are_never_missing() -> None:
    scores = {("foramen", "L4/L5", "right"): 3, ("foramen", "L4/L5", "left"): 0}
    missing = missing_cells(list(ITEMS.values()), {"disc": ["L4/L5"]}, scores, frozenset())
    assert missing == [("root", "L4/L5", "right")]


@pytest.mark.parametrize("count", LUMBAR_COUNTS)
def test_every_count_has_a_disc_below_each_lumbar_body(count: int) -> None:
    levels = disc_levels(count)
    assert len(levels) == count == len(vertebral_levels(count)) - 1
    assert levels[-1].endswith("/S1")
    assert set(levels) <= set(ALL_DISC_LEVELS)


def test_a_count_that_is_unknown_is_refused() -> None:
    with pytest.raises(ValueError, match="4, 5 or 6"):
        disc_levels(7)


@given(st.lists(st.floats(0.001, 1), min_size=2, max_size=5), st.floats(0.3, 0.99))
def test_a_prediction_set_is_a_run_that_holds_the_proposal_and_reaches_the_coverage(
    weights: list[float], coverage: float
) -> None:
    total = sum(weights)
    shares = {score: weight / total for score, weight in enumerate(weights)}
    found = prediction_set(list(shares), shares, coverage)
    assert found == list(range(found[0], found[-1] + 1))
    assert max(shares, key=lambda k: shares[k]) in found
    assert sum(shares[score] for score in found) >= coverage - 1e-9
    if len(found) > 1:
        ends = (found[1:], found[:-1])
        best = max(shares, key=lambda k: shares[k])
        assert all(
            sum(shares[s] for s in shorter) < coverage or best not in shorter for shorter in ends
        )


FRACTURE = AskedItem("fracture", site_kind="vertebra")
FLUID = AskedItem("fluid", condition=("fracture", 1), site_kind="vertebra")
BOTH_KINDS = [FLUID, SIDED, FRACTURE]


@pytest.mark.parametrize("count", LUMBAR_COUNTS)
def test_each_item_has_cells_at_levels_of_its_kind_only(count: int) -> None:
    levels = graded_levels(count)
    cells = list(all_cells(BOTH_KINDS, levels))
    assert len(cells) == 2 * count + 2 * (count + 3)
    assert {level for code, level, _ in cells if code == "foramen"} == set(disc_levels(count))
    vertebrae = ("T11", "T12", *vertebral_levels(count))
    assert tuple(level for code, level, _ in cells if code == "fracture") == vertebrae
    assert set(vertebrae) <= set(LEVELS_OF_KIND["vertebra"])
    kinds = ["/" in level for _, level, _ in cells]
    assert kinds == sorted(kinds, reverse=True)  # discs first


def test_a_feature_is_asked_at_the_broken_vertebra_alone() -> None:
    scores = {("fracture", "T12", ""): 1, ("fracture", "L1", ""): 0}
    missing = missing_cells(BOTH_KINDS, {"vertebra": ["T12", "L1", "L2"]}, scores, frozenset())
    assert missing == [("fluid", "T12", ""), ("fracture", "L2", "")]


def test_only_discs_have_a_slash() -> None:
    for kind, levels in LEVELS_OF_KIND.items():
        assert {("/" in level) for level in levels} == {kind == "disc"}
