"""Which cells of a grid are asked, given what is answered. Pure.

A cell is item x disc level x side. An item with a condition is asked only where the item it
depends on has at least a given score at the same level, and at the same side if that has sides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

Cell = tuple[str, str, str]
"""(item code, disc level, side)"""


@dataclass(frozen=True)
class AskedItem:
    """An item as the design has it. condition: (code of another item, least score) or None."""

    code: str
    sides: tuple[str, ...] = ("",)
    is_required: bool = True
    condition: tuple[str, int] | None = None


def all_cells(items: Sequence[AskedItem], levels: Sequence[str]) -> Iterator[Cell]:
    """Every cell in the order of the grid: level, item, side."""
    for level in levels:
        for item in items:
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
    levels: Sequence[str],
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


def prediction_set(
    scores: Sequence[int], probabilities: Mapping[int, float], coverage: float
) -> list[int]:
    """The smallest run of neighbouring scores around the most probable that reaches coverage.

    scores: the scale in order; probabilities sum to 1. Ties go to the lower score.
    """
    best = max(range(len(scores)), key=lambda at: (probabilities.get(scores[at], 0.0), -at))
    low = high = best
    total = probabilities.get(scores[best], 0.0)
    while total < coverage and (low > 0 or high < len(scores) - 1):
        below = probabilities.get(scores[low - 1], 0.0) if low > 0 else -1.0
        above = probabilities.get(scores[high + 1], 0.0) if high < len(scores) - 1 else -1.0
        if below >= above:
            low -= 1
            total += below
        else:
            high += 1
            total += above
    return list(scores[low : high + 1])
