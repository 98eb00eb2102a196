"""Codes of what a voxel belongs to, for masks: structures, and changes on top of them."""

from __future__ import annotations

from typing import Final

BODY_SEATS: Final = (
    "T8",
    "T9",
    "T10",
    "T11",
    "T12",
    "L1",
    "L2",
    "L3",
    "L4",
    "L5",
    "S1",
    "S2",
    "S3",
    "S4",
)
_FIRST_BODY: Final = 1
_FIRST_DISC: Final = 21
CANAL: Final = 40

# Changes, painted over structures.
MODIC_1: Final = 1
MODIC_2: Final = 2
MODIC_3: Final = 3
OEDEMA: Final = 4
TUMOUR: Final = 5
CLEFT: Final = 6
HERNIATION: Final = 7
MASS: Final = 8


def body_code(seat: str) -> int:
    """Structure code of a body; sacral bodies have their own."""
    return _FIRST_BODY + BODY_SEATS.index(seat)


def disc_code(seat_level: str) -> int:
    """Structure code of the disc below a body."""
    return _FIRST_DISC + BODY_SEATS.index(seat_level.split("/")[0])
