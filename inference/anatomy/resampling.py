"""One stack's values on another stack's grid.

Sagittal series of one exam mostly share their directions, so a target slice lies between two source
slices and its rows and columns run along theirs: each axis is then looked up by itself. Where the
directions differ every pixel centre is placed by patient coordinates, at some ten times the cost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inference.anatomy import grid
from inference.contract import StackInput

_ALIGNED: Final = 1e-3
"""Pixels, or mm across slices, by which a whole image may leave the other's axes."""


@dataclass(frozen=True)
class _Lookup:
    """Index along one axis (n,): the two neighbours, the upper one's weight, and what is inside."""

    low: NDArray[np.intp]
    high: NDArray[np.intp]
    weight: NDArray[np.float32]
    nearest: NDArray[np.intp]
    is_inside: NDArray[np.bool_]

    @classmethod
    def of(cls, index: NDArray[np.float64], size: int) -> _Lookup:
        inside = np.clip(index, 0, size - 1)
        low = np.floor(inside).astype(np.intp)
        return cls(
            low,
            np.minimum(low + 1, size - 1),
            (inside - low).astype(np.float32),
            np.floor(inside + 0.5).astype(np.intp),
            (index >= -_ALIGNED) & (index <= size - 1 + _ALIGNED),
        )


def on_grid_of(
    target: StackInput,
    source: StackInput,
    values: NDArray[np.generic] | None = None,
    order: int = 1,
) -> NDArray[np.float32]:
    """Values of `source` at the pixel centres of `target`: (slices, rows, columns) of `target`.

    Linear (order 1) or nearest (order 0), 0 outside, as `grid.sample`. `values` (slices, rows,
    columns) replaces the source's pixels.
    """
    data = source.pixels if values is None else values
    found = np.zeros(target.pixels.shape, dtype=np.float32)
    aligned = _are_aligned(target, source)
    for k in range(len(found)):
        if aligned:
            found[k] = _along_axes(target, source, data, k, order)
        else:
            found[k] = grid.sample(source, slice_points_lps(target, k), data, order)
    return found


def slice_points_lps(stack: StackInput, slice_index: int) -> NDArray[np.float64]:
    """LPS mm (rows, columns, 3) of every pixel centre of one slice."""
    rows, columns = (np.arange(size, dtype=np.float64) for size in stack.pixels.shape[1:])
    index = np.stack(np.meshgrid(rows, columns, indexing="ij"), -1)
    return grid.in_slice_to_patient(stack, slice_index, index)


def _are_aligned(target: StackInput, source: StackInput) -> bool:
    """True where rows run along rows and columns along columns, of parallel slices."""
    rows, columns = target.pixels.shape[1:]
    down = target.column_direction_lps * target.row_spacing_mm * rows
    across = target.row_direction_lps * target.column_spacing_mm * columns
    normal = grid.normal_lps(source)
    return bool(
        max(
            abs(normal @ down),
            abs(normal @ across),
            abs(source.row_direction_lps @ down) / source.column_spacing_mm,
            abs(source.column_direction_lps @ across) / source.row_spacing_mm,
        )
        < _ALIGNED
    )


def _along_axes(
    target: StackInput, source: StackInput, data: NDArray[np.generic], k: int, order: int
) -> NDArray[np.float32]:
    slices, rows, columns = data.shape
    at, row, column = grid.to_index(source, target.positions_lps[k])
    if not -0.5 <= at <= slices - 0.5:
        return np.zeros(target.pixels.shape[1:], dtype=np.float32)
    row_step = target.column_direction_lps @ source.column_direction_lps
    row_step *= target.row_spacing_mm / source.row_spacing_mm
    column_step = target.row_direction_lps @ source.row_direction_lps
    column_step *= target.column_spacing_mm / source.column_spacing_mm
    down = _Lookup.of(row + row_step * np.arange(target.pixels.shape[1]), rows)
    across = _Lookup.of(column + column_step * np.arange(target.pixels.shape[2]), columns)
    through = _Lookup.of(np.array([at]), slices)
    if order == 0:
        nearest = np.ix_(down.nearest, across.nearest)
        image = np.asarray(data[through.nearest[0]][nearest], dtype=np.float32)
    else:
        image = _between(data[through.low[0]], data[through.high[0]], through.weight[0])
        image = _between(image[down.low], image[down.high], down.weight[:, None])
        image = _between(image[:, across.low], image[:, across.high], across.weight)
    image[~down.is_inside] = 0.0
    image[:, ~across.is_inside] = 0.0
    return image


def _between(
    low: NDArray[np.generic], high: NDArray[np.generic], weight: NDArray[np.float32] | np.float32
) -> NDArray[np.float32]:
    start = low.astype(np.float32)
    return np.asarray(start + (high.astype(np.float32) - start) * weight, dtype=np.float32)
