"""What a clause says: statements of a target, its sides and its category, not yet of a level."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

UNSPECIFIED: Final = "unspecified"
"""There is something, but how much isn't said."""
NOT_SAID: Final = "not said"
"""Of "no severe stenosis": less than severe, but how much less isn't said, so no label."""
SIDED: Final = ("foramen", "subarticular")
SIDES: Final = ("right", "left")


@dataclass(slots=True)
class Modifier:
    """Words before a noun: how much, on which side."""

    category: str | None = None
    sides: tuple[str, ...] = ()


@dataclass(slots=True)
class Statement:
    """One target as the sentence tells of it.

    category: None while nothing is said. by_side: what is said of one side alone. anchor: where
    it stands, by which its level is found. own_level: the index of a level mark that belongs to it
    whatever stands elsewhere.
    """

    target: str
    anchor: int
    category: str | None = None
    sides: tuple[str, ...] = ()
    by_side: dict[str, str] = field(default_factory=dict)
    is_negated: bool = False
    is_confirmed: bool = False
    is_adjective: bool = False
    is_uncertain: bool = False
    is_said_behind: bool = False
    is_of_others: bool = False
    own_level: int | None = None
    opener: str = ""

    def copied(self, anchor: int, category: str | None, own_level: int | None) -> Statement:
        """The same target elsewhere: "moderate at L3-4" after "severe stenosis at L2-3"."""
        return Statement(
            self.target,
            anchor,
            category,
            self.sides,
            is_confirmed=True,
            is_uncertain=self.is_uncertain,
            own_level=own_level,
        )

    def taken_up(self, anchor: int, sides: tuple[str, ...], opener: str) -> Statement:
        """The same target of the other side, of which nothing is said yet."""
        return Statement(self.target, anchor, sides=sides, is_adjective=True, opener=opener)

    def categories(self) -> dict[str, str]:
        """Side ("" for targets without) -> category; nothing where nothing can be said."""
        whole = self.category
        if whole is None and self.is_negated:
            whole = "none"
        if self.target not in SIDED:
            whole = whole or next(iter(self.by_side.values()), None)
            return {"": whole or UNSPECIFIED}
        if whole is None and self.by_side:
            return {side: self.by_side[side] for side in SIDES if side in self.by_side}
        sides = self.sides or SIDES
        said = {side: whole or UNSPECIFIED for side in SIDES if side in sides}
        return said | self.by_side


def sides_of(value: str) -> tuple[str, ...]:
    """The sides that a word means: right and left for "both"."""
    return SIDES if value == "both" else (value,)
