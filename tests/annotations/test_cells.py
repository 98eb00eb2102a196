"""The pure rules of the grid."""

from __future__ import annotations

import pytest

from annotations.design.cells import (
    AskedItem,
    all_cells,
    is_asked,
    missing_cells,
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
