"""One image plane: where its pixels lie in the model, and the brush that paints on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from spinestudy.imaging.phantom.anatomy import (
    CURVE_START_MM,
    CURVE_STEP_MM,
    Anatomy,
    Placed,
    Span,
)

Grid = NDArray[np.floating[Any]]
Window = tuple[slice, slice]
Signal = tuple[float | Grid, float | Grid]
_SLACK_MM: Final = 2.5
WHOLE: Final[Window] = (slice(None), slice(None))
EDGE_MM: Final = np.float32(0.9)


@dataclass
class Plane:
    """A rows x columns plane in the model frame.

    origin, row_direction, column_direction: float64 (3,), as in ImageOrientationPatient but in
    the model frame; spacings in mm. x is measured from the (scoliotic) midline. detailed:
    whether structures and changes are marked too (see structures.py).
    """

    anatomy: Anatomy
    origin: NDArray[np.float64]
    row_direction: NDArray[np.float64]
    column_direction: NDArray[np.float64]
    shape: tuple[int, int]
    spacing_mm: tuple[float, float]
    labelled: bool = True
    detailed: bool = False
    x: Grid = field(init=False)
    y: Grid = field(init=False)
    z: Grid = field(init=False)
    depth: Grid = field(init=False)
    t1: Grid = field(init=False)
    t2: Grid = field(init=False)
    labels: NDArray[np.uint8] = field(init=False)
    structures: NDArray[np.uint8] = field(init=False)
    changes: NDArray[np.uint8] = field(init=False)
    normal: NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        rows, columns = self.shape
        self.normal = np.cross(self.row_direction, self.column_direction)
        r = (np.arange(rows, dtype=np.float32) * self.spacing_mm[0])[:, None]
        c = (np.arange(columns, dtype=np.float32) * self.spacing_mm[1])[None, :]
        x, y, z = (
            np.float32(self.origin[i])
            + r * np.float32(self.column_direction[i])
            + c * np.float32(self.row_direction[i])
            for i in range(3)
        )
        self._place(x, y, z)

    def _place(self, x: Grid, y: Grid, z: Grid) -> None:
        self.x, self.y, self.z = x - self.anatomy.shift_x(z), y, z
        self.depth = y - look_up(self.anatomy.wall_y, *table_index(z))
        self.t1 = np.zeros(self.shape, np.float32)
        self.t2 = np.zeros(self.shape, np.float32)
        self.labels = np.zeros(self.shape, np.uint8)
        if self.detailed:
            self.structures = np.zeros(self.shape, np.uint8)
            self.changes = np.zeros(self.shape, np.uint8)

    def window(self, center: NDArray[np.float64], radius_mm: float) -> Window | None:
        """Rows and columns within radius_mm of a model point; None where the plane misses it."""
        offset = center - self.origin
        across = self.normal @ offset
        reach = radius_mm**2 - across**2
        if reach <= 0:
            return None
        half = np.sqrt(reach)
        spans = []
        for direction, spacing, size in zip(
            (self.column_direction, self.row_direction), self.spacing_mm, self.shape, strict=True
        ):
            mid = direction @ offset
            start = max(0, int((mid - half) / spacing))
            stop = min(size, int((mid + half) / spacing) + 2)
            if start >= stop:
                return None
            spans.append(slice(start, stop))
        return spans[0], spans[1]

    def within(
        self, window: Window | None, at: Placed, u: Span, v: Span, w_mm: float
    ) -> Window | None:
        """The part of a window that a box in the frame of a body or disc can reach.

        u, v: ends of the box (mm); w_mm: its half width. None where the plane passes it by.
        """
        if window is None:
            return None
        offsets = self.anatomy.corners_of(at, u, v, w_mm) - self.origin
        across = offsets @ self.normal
        if across.min() > _SLACK_MM or across.max() < -_SLACK_MM:
            return None
        spans = []
        for part, direction, spacing in zip(
            window, (self.column_direction, self.row_direction), self.spacing_mm, strict=True
        ):
            along = offsets @ direction
            start = max(part.start, int((along.min() - _SLACK_MM) / spacing))
            stop = min(part.stop, int((along.max() + _SLACK_MM) / spacing) + 2)
            if start >= stop:
                return None
            spans.append(slice(start, stop))
        return spans[0], spans[1]

    def is_beside(self, window: Window, limit_mm: float) -> bool:
        """Whether all of a window surely lies further from the midline than a limit.

        Looks at every fourth pixel: a quick way out before coordinates are computed.
        """
        coarse = np.abs(self.x[window][::4, ::4])
        between = 7.0 * max(self.spacing_mm)
        return bool(coarse.min() > limit_mm + between)

    def region(self, mask: NDArray[np.bool_]) -> Window | None:
        """The smallest window that holds a mask; None where it is empty."""
        rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
        if not len(rows):
            return None
        return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)

    def local(
        self, window: Window, center: NDArray[np.float64], angle: float
    ) -> tuple[Grid, Grid, Grid]:
        """Coordinates (u posterior, v cranial, w left) about a midsagittal point (y, z)."""
        dy = self.y[window] - np.float32(center[0])
        dz = self.z[window] - np.float32(center[1])
        cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
        return cos * dy + sin * dz, cos * dz - sin * dy, self.x[window]

    def paint(self, window: Window, alpha: Grid, signal: Signal) -> None:
        """Blend a tissue over what is there; alpha in 0..1."""
        for image, value in ((self.t1, signal[0]), (self.t2, signal[1])):
            view = image[window]
            added = value - view
            added *= alpha
            view += added

    def mark(
        self, window: Window, inside: NDArray[np.bool_], label: int, structure: int = 0
    ) -> None:
        """Set a label and a structure; 0 takes one away."""
        if self.labelled:
            self.labels[window][inside] = label
            if self.detailed:
                self.structures[window][inside] = structure
                self.changes[window][inside] = 0

    def change(self, window: Window, inside: NDArray[np.bool_], code: int) -> None:
        """Mark a change of what is there."""
        if self.labelled and self.detailed:
            self.changes[window][inside] = code


class Points(Plane):
    """Any points of the model, as a plane of one column: for looking up single places."""

    def __init__(self, anatomy: Anatomy, points: NDArray[np.float64]) -> None:
        super().__init__(
            anatomy,
            np.zeros(3),
            np.array([1.0, 0.0, 0.0]),
            np.array([0.0, 1.0, 0.0]),
            (len(points), 1),
            (1.0, 1.0),
            detailed=True,
        )
        x, y, z = (points[:, i, None].astype(np.float32) for i in range(3))
        self._place(x, y, z)

    def window(self, center: NDArray[np.float64], radius_mm: float) -> Window | None:
        """All points: they lie anywhere."""
        return slice(None), slice(None)

    def within(
        self, window: Window | None, at: Placed, u: Span, v: Span, w_mm: float
    ) -> Window | None:
        """All points: they lie anywhere."""
        return window

    def is_beside(self, window: Window, limit_mm: float) -> bool:
        """Never surely: neighbours in the list needn't be neighbours."""
        return False


class Patch:
    """The pixels of a plane where a mask holds, as flat arrays: for a narrow, curved region.

    Painted like a plane; put_back writes the result into it.
    """

    def __init__(self, plane: Plane, mask: NDArray[np.bool_]) -> None:
        self._plane = plane
        self._at = np.flatnonzero(mask)
        self.x, self.y, self.z = (self.take(g) for g in (plane.x, plane.y, plane.z))
        self.t1, self.t2 = self.take(plane.t1), self.take(plane.t2)

    def __len__(self) -> int:
        return len(self._at)

    def take(self, grid: Grid) -> Grid:
        """Values (pixels,) of a grid of the plane."""
        return grid.ravel()[self._at]

    def paint(self, alpha: Grid, signal: Signal) -> None:
        """Blend a tissue over what is there; alpha in 0..1."""
        self.t1 += alpha * (signal[0] - self.t1)
        self.t2 += alpha * (signal[1] - self.t2)

    def mark(self, inside: NDArray[np.bool_], label: int, structure: int = 0) -> None:
        """Set a label and a structure."""
        if self._plane.labelled:
            self._plane.labels.ravel()[self._at[inside]] = label
            if self._plane.detailed:
                self._plane.structures.ravel()[self._at[inside]] = structure
                self._plane.changes.ravel()[self._at[inside]] = 0

    def part(self, mask: NDArray[np.bool_]) -> Patch:
        """The pixels of this patch where a mask holds, with what is painted so far."""
        other = object.__new__(Patch)
        other._plane, other._at = self._plane, self._at[mask]
        other.x, other.y, other.z = self.x[mask], self.y[mask], self.z[mask]
        other.t1, other.t2 = self.t1[mask], self.t2[mask]
        return other

    def put_back(self) -> None:
        """Write the painted signal into the plane."""
        self._plane.t1.ravel()[self._at] = self.t1
        self._plane.t2.ravel()[self._at] = self.t2


def cover(distance: Grid, edge_mm: float | np.float32 = EDGE_MM) -> Grid:
    """Share of a pixel inside a surface, from its signed distance (mm, negative inside)."""
    share: Grid = distance / np.float32(edge_mm)
    np.subtract(np.float32(0.5), share, out=share)
    np.maximum(share, np.float32(0), out=share)
    np.minimum(share, np.float32(1), out=share)
    return share


def smooth_max(a: Grid, b: Grid, k: float) -> Grid:
    """Maximum with its corner rounded over k mm: joins two half spaces."""
    h = np.abs(a - b)
    np.subtract(np.float32(k), h, out=h)
    np.maximum(h, np.float32(0), out=h)
    h *= h
    h *= np.float32(0.25 / k)
    h += np.maximum(a, b)
    return h


def table_index(
    at: Grid, start: float = CURVE_START_MM, step: float = CURVE_STEP_MM, size: int = 721
) -> tuple[NDArray[np.intp], Grid]:
    """Cell and fraction of every value in a uniform table."""
    t = np.clip((at - np.float32(start)) * np.float32(1 / step), 0, size - 1.001)
    i = t.astype(np.intp)
    return i, t - i.astype(np.float32)


def look_up(table: Grid, i: NDArray[np.intp], fraction: Grid) -> Grid:
    """Linear interpolation in a uniform table."""
    low = table.take(i)
    return low + fraction * (table.take(i + 1) - low)
