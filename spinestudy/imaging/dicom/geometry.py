"""Planes in the patient's LPS frame (PS3.3 C.7.6.2.1.1): normals, orientation, angles.

Lengths in mm, directions as unit vectors. Tolerances are named with their reason.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Plane = Literal["sagittal", "axial", "coronal", "oblique", "unknown"]

PARALLEL_RAD: Final = 1e-3
"""Directions nearer than this are one orientation: headers carry noise up to 2e-5."""
OBLIQUE_COSINE: Final = 0.8
"""Below this largest |cosine| (about 37 degrees) a plane belongs to no axis; gdcm's rule."""
OBLIQUE_BADGE_DEG: Final = 20.0
"""Above this angle to its axis a plane is still named after it, but flagged."""

_AXIS_PLANES: Final[tuple[Plane, ...]] = ("sagittal", "coronal", "axial")


@dataclass(frozen=True)
class Orientation:
    """Orthonormal in-plane directions and the normal, which points left, back or up.

    `row` is where the column index grows, `column` where the row index grows.
    """

    row: NDArray[np.float64]
    column: NDArray[np.float64]
    normal: NDArray[np.float64]

    @property
    def six(self) -> tuple[float, ...]:
        """As ImageOrientationPatient is written."""
        return (*map(float, self.row), *map(float, self.column))


def orientation_of(cosines: Sequence[float] | None) -> Orientation | None:
    """Normalise six cosines by Gram-Schmidt; None where they span no plane.

    The normal is row x column, turned so that a stack is counted from the patient's right to
    left, front to back, or foot to head.
    """
    if cosines is None or len(cosines) != 6 or not all(math.isfinite(c) for c in cosines):
        return None
    row, column = np.array(cosines[:3], float), np.array(cosines[3:], float)
    lengths = np.linalg.norm(row), np.linalg.norm(column)
    if min(lengths) < 0.5 or max(lengths) > 2.0:
        return None
    row /= lengths[0]
    column = column / lengths[1] - row * float(row @ column) / lengths[1]
    rest = float(np.linalg.norm(column))
    if rest < 0.5:  # nearly parallel: more than 60 degrees off square
        return None
    column /= rest
    normal = np.cross(row, column)
    axis = int(np.argmax(np.abs(normal)))
    return Orientation(row, column, normal if normal[axis] > 0 else -normal)


def angle_rad(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """The angle between two unit vectors, exact near zero."""
    return float(2 * np.arcsin(min(1.0, float(np.linalg.norm(a - b)) / 2)))


def same_orientation(a: Orientation, b: Orientation) -> bool:
    """Whether both in-plane directions agree within PARALLEL_RAD."""
    return angle_rad(a.row, b.row) <= PARALLEL_RAD and angle_rad(a.column, b.column) <= PARALLEL_RAD


def plane_of(orientation: Orientation | None) -> tuple[Plane, float]:
    """The anatomical plane, and the angle in degrees between the normal and its axis."""
    if orientation is None:
        return "unknown", 0.0
    axis = int(np.argmax(np.abs(orientation.normal)))
    cosine = float(abs(orientation.normal[axis]))
    angle_deg = math.degrees(math.acos(min(1.0, cosine)))
    return (_AXIS_PLANES[axis] if cosine >= OBLIQUE_COSINE else "oblique"), angle_deg
