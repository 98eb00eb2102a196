"""Which cells of a grid are asked, given what is answered. Pure.

A cell is item x level x side; items of discs have disc levels, items of vertebrae have vertebral
ones. An item with a condition is asked only where the item it depends on has at least a given
score at the same level, and at the same side if that has sides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

Cell = tuple[str, str, str]
"""(item code, level, side)"""
Levels = Mapping[str, Sequence[str]]
"""Kind of site ("disc", "vertebra") -> its levels, as `vocabulary.graded_levels` gives them."""


@dataclass(frozen=True)
class AskedItem:
    """An item as the design has it. condition: (code of another item, least score) or None.

    site_kind: "disc" or "vertebra"; an item and the one it depends on have the same.
    """

    code: str
    sides: tuple[str, ...] = ("",)
    is_required: bool = True
    condition: tuple[str, int] | None = None
    site_kind: str = "disc"


def all_cells(items: Sequence[AskedItem], levels: Levels) -> Iterator[Cell]:
    """Every cell in the order of the grid: discs before vertebrae, then level, item, side."""
    for kind, names in levels.items():
        own = [item for item in items if item.site_kind == kind]
        for level in names:
            for item in own:
                for side in item.sides:
                    yield item.code, level, side


def is_asked(cell: Cell, items: Mapping[str, AskedItem], scores: Mapping[Cell, int | None]) -> bool:
    """Whether the cell's condition is met by the scores given so far.

    A condition on an item that has no sides holds for both sides; one on an item with sides is
    looked up at the cell's own side, or, where the cell has none, met by either.
    """
    code, level, side = cell
    condition = items[code].condition
    if condition is None:
        return True
    parent, least = condition
    sides = items[parent].sides
    looked_up = (side,) if side in sides else sides
    found = [scores.get((parent, level, one)) for one in looked_up]
    return any(score is not None and score >= least for score in found)


def missing_cells(
    items: Sequence[AskedItem],
    levels: Levels,
    scores: Mapping[Cell, int | None],
    not_gradable: frozenset[Cell],
) -> list[Cell]:
    """Required cells that are asked and neither graded nor called not gradable."""
    by_code = {item.code: item for item in items}
    return [
        cell
        for cell in all_cells(items, levels)
        if by_code[cell[0]].is_required
        and scores.get(cell) is None
        and cell not in not_gradable
        and is_asked(cell, by_code, scores)
    ]
