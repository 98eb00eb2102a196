"""Index <-> patient coordinates of a stack, and sampling at patient points.

Index is (slice, row, column); patient coordinates are LPS mm (DICOM PS3.3 C.7.6.2.1.1).
Slices may be unevenly spaced: the slice index is interpolated along the normal.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from inference.contract import StackInput

Points = NDArray[np.float64]
_Value = TypeVar("_Value", bound=np.generic)
SINGLE_SLICE_HALF_THICKNESS_MM: Final = 2.5


def normal_lps(stack: StackInput) -> Points:
    """Unit normal (3,) that points the way the slices are ordered."""
    normal = np.cross(stack.row_direction_lps, stack.column_direction_lps)
    travel = stack.positions_lps[-1] - stack.positions_lps[0]
    return np.asarray(-normal if travel @ normal < 0 else normal, dtype=np.float64)


def slice_distances_mm(stack: StackInput) -> Points:
    """Distance (slices,) of every slice along `normal_lps`, growing."""
    return np.asarray(stack.positions_lps @ normal_lps(stack), dtype=np.float64)


def to_patient(stack: StackInput, index: Points) -> Points:
    """Index (..., 3) -> LPS mm (..., 3). Slice indices between slices are interpolated."""
    count = np.arange(len(stack.positions_lps), dtype=np.float64)
    origin = np.stack(
        [np.interp(index[..., 0], count, stack.positions_lps[:, axis]) for axis in range(3)], -1
    )
    along_rows = index[..., 1:2] * stack.row_spacing_mm * stack.column_direction_lps
    along_columns = index[..., 2:3] * stack.column_spacing_mm * stack.row_direction_lps
    return np.asarray(origin + along_rows + along_columns)


def in_slice_to_patient(stack: StackInput, slice_index: int, index: Points) -> Points:
    """(row, column) of one slice (..., 2) -> LPS mm (..., 3)."""
    along_rows = index[..., :1] * stack.row_spacing_mm * stack.column_direction_lps
    along_columns = index[..., 1:] * stack.column_spacing_mm * stack.row_direction_lps
    return np.asarray(stack.positions_lps[slice_index] + along_rows + along_columns)


def to_index(stack: StackInput, points_lps: Points) -> Points:
    """LPS mm (..., 3) -> index (..., 3); the slice index runs on beyond either end."""
    distances = slice_distances_mm(stack)
    along = points_lps @ normal_lps(stack)
    count = np.arange(len(distances), dtype=np.float64)
    inside = np.clip(along, distances[0], distances[-1])
    nearest = np.interp(inside, distances, count)
    if len(distances) > 1:
        step = float(np.median(np.diff(distances)))
    else:
        step = 2 * SINGLE_SLICE_HALF_THICKNESS_MM
    slice_index = nearest + (along - inside) / max(step, 1e-3)
    origin = np.stack(
        [np.interp(nearest, count, stack.positions_lps[:, axis]) for axis in range(3)], -1
    )
    offset = points_lps - origin
    row = offset @ stack.column_direction_lps / stack.row_spacing_mm
    column = offset @ stack.row_direction_lps / stack.column_spacing_mm
    return np.stack([slice_index, row, column], -1)


def sample(
    stack: StackInput, points_lps: Points, values: NDArray[np.generic] | None = None, order: int = 1
) -> NDArray[np.float32]:
    """Values at patient points (..., 3): linear (order 1) or nearest (order 0).

    Beyond half a slice outside the stack, and outside its image, the value is 0.
    `values` (slices, rows, columns) replaces the pixels.
    """
    data = stack.pixels if values is None else values
    index = to_index(stack, points_lps)
    slices = data.shape[0]
    outside = (index[..., 0] < -0.5) | (index[..., 0] > slices - 0.5)
    index[..., 0] = np.clip(index[..., 0], 0, slices - 1)
    found = ndimage.map_coordinates(
        data.astype(np.float32, copy=False), np.moveaxis(index, -1, 0), order=order, cval=0.0
    )
    found[outside] = 0.0
    return np.asarray(found, dtype=np.float32)


@dataclass(frozen=True)
class InPlaneView:
    """How a sagittal slice is turned so that rows run caudally and columns dorsally.

    Only transposes and flips: nothing is interpolated and all can be undone.
    """

    is_transposed: bool
    flips_rows: bool
    flips_columns: bool

    @classmethod
    def of(cls, stack: StackInput) -> InPlaneView:
        """The view that turns this stack."""
        along_column, along_row = stack.row_direction_lps, stack.column_direction_lps
        is_transposed = abs(along_column[2]) > abs(along_row[2])
        if is_transposed:
            along_column, along_row = along_row, along_column
        return cls(bool(is_transposed), bool(along_row[2] > 0), bool(along_column[1] < 0))

    def turn(self, values: NDArray[_Value]) -> NDArray[_Value]:
        """(slices, rows, columns) as stored -> as viewed."""
        turned = values.swapaxes(1, 2) if self.is_transposed else values
        if self.flips_rows:
            turned = turned[:, ::-1]
        if self.flips_columns:
            turned = turned[:, :, ::-1]
        return np.ascontiguousarray(turned)

    def undo(self, values: NDArray[_Value]) -> NDArray[_Value]:
        """(slices, rows, columns) as viewed -> as stored."""
        if self.flips_columns:
            values = values[:, :, ::-1]
        if self.flips_rows:
            values = values[:, ::-1]
        return np.ascontiguousarray(values.swapaxes(1, 2) if self.is_transposed else values)


def turned(stack: StackInput) -> StackInput:
    """The same stack with rows running caudally and columns dorsally."""
    view = InPlaneView.of(stack)
    along_column = stack.row_direction_lps * stack.column_spacing_mm
    along_row = stack.column_direction_lps * stack.row_spacing_mm
    if view.is_transposed:
        along_column, along_row = along_row, along_column
    pixels = view.turn(stack.pixels)
    origin = stack.positions_lps
    if view.flips_rows:
        origin, along_row = origin + along_row * (pixels.shape[1] - 1), -along_row
    if view.flips_columns:
        origin, along_column = origin + along_column * (pixels.shape[2] - 1), -along_column
    row_spacing, column_spacing = np.linalg.norm(along_row), np.linalg.norm(along_column)
    return replace(
        stack,
        pixels=pixels,
        positions_lps=origin,
        row_direction_lps=along_column / column_spacing,
        column_direction_lps=along_row / row_spacing,
        row_spacing_mm=float(row_spacing),
        column_spacing_mm=float(column_spacing),
    )
