"""Lengths, angles, areas and region statistics of drawn marks. Pure numpy; millimetres, LPS.

Plane of a slice: position (centre of the first pixel), row and column directions (unit vectors
along which column and row index grow; DICOM PS3.3 C.7.6.2.1.1), row and column spacing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]

POINT_COUNTS: Final = {
    "length": 2,
    "angle": 3,
    "cobb": 4,
    "ellipse": 2,
    "rectangle": 2,
    "landmark": 1,
    "box": 2,
}


class MeasureError(ValueError):
    """The points can't be measured; the message says why."""


@dataclass(frozen=True)
class SlicePlane:
    """Where the pixels of one slice lie. spacing_mm: (between rows, between columns)."""

    position_lps: Points
    row_direction: Points
    column_direction: Points
    row_spacing_mm: float
    column_spacing_mm: float

    @property
    def normal(self) -> Points:
        """Row direction x column direction."""
        return np.cross(self.row_direction, self.column_direction)

    def within(self, points: Points) -> Points:
        """(n, 2) mm along the row and down the column."""
        offset = points - self.position_lps
        return np.stack([offset @ self.row_direction, offset @ self.column_direction], axis=1)

    def distances(self, points: Points) -> Points:
        """(n,) mm from the plane, with sign."""
        result: Points = (points - self.position_lps) @ self.normal
        return result


def _between(a: Points, b: Points) -> float:
    """Angle between two directions, 0..180 degrees."""
    lengths = float(np.linalg.norm(a) * np.linalg.norm(b))
    if lengths == 0:
        raise MeasureError("Two of the points lie at the same place.")
    return float(np.degrees(np.arccos(np.clip(a @ b / lengths, -1.0, 1.0))))


def geometry(kind: str, points: Points, plane: SlicePlane) -> dict[str, float]:
    """What follows from the points alone.

    length: length_mm. angle: angle_deg at the second point, 0..180. cobb: angle_deg between the
    lines 1-2 and 3-4, 0..90 (lines have no direction). ellipse, rectangle: area_mm2, width_mm,
    height_mm; the two points are opposite corners along the axes of the image. box: width_mm,
    height_mm, depth_mm along row, column and normal of the stack.
    """
    match kind:
        case "length":
            return {"length_mm": float(np.linalg.norm(points[1] - points[0]))}
        case "angle":
            return {"angle_deg": _between(points[0] - points[1], points[2] - points[1])}
        case "cobb":
            angle = _between(points[1] - points[0], points[3] - points[2])
            return {"angle_deg": min(angle, 180.0 - angle)}
        case "ellipse" | "rectangle" | "box":
            width, height = np.abs(np.diff(plane.within(points), axis=0)[0])
            sides = {"width_mm": float(width), "height_mm": float(height)}
            if kind == "box":
                return {**sides, "depth_mm": float(abs(np.diff(plane.distances(points))[0]))}
            share = np.pi / 4 if kind == "ellipse" else 1.0
            return {**sides, "area_mm2": float(width * height * share)}
    return {}


def region(
    kind: str, points: Points, plane: SlicePlane, shape: tuple[int, int]
) -> NDArray[np.bool_]:
    """Pixels (rows, columns) whose centre lies in an ellipse or rectangle, its edge included."""
    rows, columns = shape
    x = np.arange(columns) * plane.column_spacing_mm
    y = np.arange(rows) * plane.row_spacing_mm
    (x0, y0), (x1, y1) = plane.within(points)
    half_width, half_height = abs(x1 - x0) / 2, abs(y1 - y0) / 2
    dx = np.abs(x - (x0 + x1) / 2)[None, :]
    dy = np.abs(y - (y0 + y1) / 2)[:, None]
    inside: NDArray[np.bool_] = np.zeros(shape, np.bool_)
    if kind == "rectangle":
        inside = (dx <= half_width + EDGE_MM) & (dy <= half_height + EDGE_MM)
    elif half_width and half_height:
        inside = (dx / half_width) ** 2 + (dy / half_height) ** 2 <= 1 + EDGE_MM
    return inside


EDGE_MM: Final = 1e-9
"""So that a pixel centre exactly on the edge is inside on every machine."""


def statistics(values: NDArray[np.float64]) -> dict[str, float | int | None]:
    """n, mean, sd (n - 1), min and max of the pixels of a region; None where there are too few."""
    n = int(values.size)
    return {
        "n": n,
        "mean": float(values.mean()) if n else None,
        "sd": float(values.std(ddof=1)) if n > 1 else None,
        "min": float(values.min()) if n else None,
        "max": float(values.max()) if n else None,
    }
