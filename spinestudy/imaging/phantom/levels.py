"""Names of levels, and how many lumbar bodies a spine has.

The model always stacks the same bodies, called by their seats (T8 to L5, S1 to S4). A spine of
four or six lumbar bodies has the same seats under other names, counted from below.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

DISC_LEVELS: Final = ("L1/L2", "L2/L3", "L3/L4", "L4/L5", "L5/S1")
LUMBAR_COUNTS: Final = (4, 5, 6)
TRANSITIONS: Final = ("none", "sacralised_l5", "lumbarised_s1")
_SEATS_UP: Final = ("L5", "L4", "L3", "L2", "L1", "T12", "T11", "T10", "T9", "T8")
_SACRAL: Final = ("S1", "S2", "S3", "S4")


def names_of_seats(lumbar_count: int) -> dict[str, str]:
    """Seat -> name of the body on it, caudal to cranial, then the sacrum."""
    lumbar = [f"L{n}" for n in range(lumbar_count, 0, -1)]
    names = [*lumbar, "T12", "T11", "T10", "T9", "T8", "T7"][: len(_SEATS_UP)]
    return {**dict(zip(_SEATS_UP, names, strict=True)), **{s: s for s in _SACRAL}}


def disc_name(seat_level: str, names: dict[str, str]) -> str:
    """Name of the disc between two seats, "L4/L5" -> "L3/L4" where there are four bodies."""
    above, below = seat_level.split("/")
    return f"{names[above]}/{names[below]}"


def lumbar_discs(lumbar_count: int) -> tuple[str, ...]:
    """The graded discs, cranial to caudal: four for four bodies, six for six."""
    bodies = [*(f"L{n}" for n in range(1, lumbar_count + 1)), "S1"]
    return tuple(f"{above}/{below}" for above, below in pairwise(bodies))


def graded_bodies(lumbar_count: int) -> tuple[str, ...]:
    """The graded vertebrae, cranial to caudal: T11 to S1."""
    return ("T11", "T12", *(f"L{n}" for n in range(1, lumbar_count + 1)), "S1")


def disc_seats(lumbar_count: int) -> dict[str, str]:
    """Seat of a disc -> its name, for every graded disc."""
    names = names_of_seats(lumbar_count)
    seats = [f"{above}/{below}" for below, above in pairwise(("S1", *_SEATS_UP))]
    graded = lumbar_discs(lumbar_count)
    shown = {seat: disc_name(seat, names) for seat in reversed(seats)}
    return {seat: name for seat, name in shown.items() if name in graded}
