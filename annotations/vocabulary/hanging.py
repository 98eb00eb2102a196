"""Hanging protocols as data: which kinds of series hang where.

A role is "plane_weighting"; with the prefix `prior_` it is taken from the patient's exam before
this one. A protocol is copied into the reader study when that is created, so that a later change
here never moves the images of a reader study under way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

PRIOR: Final = "prior_"
ROLE_TITLES: Final = {
    "sagittal_t1": "Sagittal T1",
    "sagittal_t2": "Sagittal T2",
    "sagittal_stir": "Sagittal STIR",
    "axial_t2": "Axial T2",
    "axial_t1": "Axial T1",
    "coronal": "Coronal",
}


@dataclass(frozen=True)
class Slot:
    """One viewport: its role and its place in the layout, counted from 0."""

    role: str
    row: int
    column: int
    row_span: int = 1
    column_span: int = 1
    is_optional: bool = False


@dataclass(frozen=True)
class Layout:
    """Slots on a grid. A layout is left out where an exam has none of its optional series."""

    name: str
    rows: int
    columns: int
    slots: tuple[Slot, ...]


@dataclass(frozen=True)
class HangingProtocol:
    """Layouts in the order of their keys; the first is shown."""

    name: str
    title: str
    layouts: tuple[Layout, ...]

    def as_data(self) -> dict[str, Any]:
        """As a reader study keeps it."""
        return asdict(self)


def row_of(name: str, *roles: str, optional: Sequence[str] = ()) -> Layout:
    """One row of equal columns."""
    slots = tuple(
        Slot(role, 0, column, is_optional=role in optional) for column, role in enumerate(roles)
    )
    return Layout(name, 1, len(roles), slots)


_THREE = row_of("T1 | T2 | axial", "sagittal_t1", "sagittal_t2", "axial_t2")
_WITH_STIR = row_of(
    "T1 | T2 | STIR | axial",
    "sagittal_t1",
    "sagittal_t2",
    "sagittal_stir",
    "axial_t2",
    optional=("sagittal_stir",),
)
_TWO = row_of("Sagittal T2 | axial T2", "sagittal_t2", "axial_t2")
_SAGITTAL = row_of("Sagittal T1 | T2", "sagittal_t1", "sagittal_t2")
_AXIAL_LARGE = Layout(
    "Axial large",
    2,
    3,
    (
        Slot("sagittal_t1", 0, 0),
        Slot("sagittal_t2", 1, 0),
        Slot("axial_t2", 0, 1, row_span=2, column_span=2),
    ),
)
_WITH_AXIAL_T1 = Layout(
    "T1 over T2",
    2,
    2,
    (
        Slot("sagittal_t1", 0, 0),
        Slot("axial_t1", 0, 1, is_optional=True),
        Slot("sagittal_t2", 1, 0),
        Slot("axial_t2", 1, 1),
    ),
)
_CORONAL = row_of(
    "With coronal",
    "coronal",
    "sagittal_t1",
    "sagittal_t2",
    "axial_t2",
    optional=("coronal",),
)
_PRIOR = Layout(
    "Prior beside current",
    2,
    3,
    (
        Slot("sagittal_t1", 0, 0),
        Slot("sagittal_t2", 0, 1),
        Slot("axial_t2", 0, 2),
        Slot("prior_sagittal_t1", 1, 0, is_optional=True),
        Slot("prior_sagittal_t2", 1, 1, is_optional=True),
        Slot("prior_axial_t2", 1, 2, is_optional=True),
    ),
)

LUMBAR: Final = HangingProtocol(
    "lumbar",
    "Lumbar: sagittal T1, sagittal T2, axial T2; STIR where there is one",
    (_THREE, _WITH_STIR, _TWO, _SAGITTAL, _AXIAL_LARGE, _WITH_AXIAL_T1, _CORONAL),
)
LUMBAR_WITH_PRIOR: Final = HangingProtocol(
    "lumbar_with_prior",
    "Lumbar, with the exam before beside the current one",
    (_THREE, _PRIOR, _WITH_STIR, _TWO, _SAGITTAL, _AXIAL_LARGE),
)
HANGING_PROTOCOLS: Final = {one.name: one for one in (LUMBAR, LUMBAR_WITH_PRIOR)}
