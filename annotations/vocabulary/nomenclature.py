"""Names of levels, cranial to caudal, also where there are four or six lumbar bodies."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

LUMBAR_COUNTS: Final = (5, 4, 6)
"""How many lumbar bodies a spine can be said to have; the usual number first."""

TRANSITIONS: Final = {
    "none": "no transitional vertebra",
    "sacralised_l5": "sacralised last lumbar vertebra",
    "lumbarised_s1": "lumbarised S1",
    "unspecified": "transitional, kind not said",
}


def vertebral_levels(lumbar_count: int = 5) -> tuple[str, ...]:
    """L1 to the last lumbar body, then S1; ValueError for a count that isn't known."""
    if lumbar_count not in LUMBAR_COUNTS:
        raise ValueError(f"A spine has 4, 5 or 6 lumbar bodies here, not {lumbar_count}.")
    return (*(f"L{number}" for number in range(1, lumbar_count + 1)), "S1")


def disc_levels(lumbar_count: int = 5) -> tuple[str, ...]:
    """The discs between them: four for four bodies (L4/S1 the last), six for six (L6/S1)."""
    return tuple(f"{above}/{below}" for above, below in pairwise(vertebral_levels(lumbar_count)))


def graded_vertebrae(lumbar_count: int = 5) -> tuple[str, ...]:
    """T11 to S1: fractures are commonest where thoracic and lumbar spine meet."""
    return ("T11", "T12", *vertebral_levels(lumbar_count))


def graded_levels(lumbar_count: int = 5) -> dict[str, tuple[str, ...]]:
    """Kind of site ("disc", "vertebra") -> the levels that a grid has for it."""
    return {"disc": disc_levels(lumbar_count), "vertebra": graded_vertebrae(lumbar_count)}


DISC_LEVELS: Final = disc_levels()
VERTEBRAL_LEVELS: Final = vertebral_levels()

ALL_DISC_LEVELS: Final = (
    "L1/L2",
    "L2/L3",
    "L3/L4",
    "L4/L5",
    "L4/S1",
    "L5/L6",
    "L5/S1",
    "L6/S1",
)
"""Every disc level that any count gives."""

ALL_GRADED_VERTEBRAE: Final = ("T11", "T12", "L1", "L2", "L3", "L4", "L5", "L6", "S1")
ALL_LEVELS: Final = (*ALL_DISC_LEVELS, *ALL_GRADED_VERTEBRAE)
"""Every level of a cell: discs, then vertebrae. Only the name of a disc has a slash."""

LEVELS_OF_KIND: Final = {"disc": ALL_DISC_LEVELS, "vertebra": ALL_GRADED_VERTEBRAE}
"""The same by kind of site."""

MARKED_VERTEBRAE: Final = ("T11", "T12", "L1", "L2", "L3", "L4", "L5", "L6", "S1", "S2")
MARKED_DISCS: Final = ("T11/T12", "T12/L1", *ALL_DISC_LEVELS, "S1/S2")
"""What may be marked on an image: the graded levels and their neighbours."""
