"""Label maps -> closed polygons in patient coordinates."""

from __future__ import annotations

from typing import Final

import contourpy
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from inference.anatomy import grid
from inference.contract import STRUCTURES, Outline, StackInput

TOLERANCE_MM: Final = 0.4
_SMOOTHING_MM: Final = 0.5
_MIN_AREA_MM2: Final = 12.0
_MIN_POINTS: Final = 8
MAX_PIECES: Final = 24
"""Of one structure on one slice, the largest first; no field of view holds more bodies."""


def outlines(labels: NDArray[np.uint8], stack: StackInput) -> tuple[Outline, ...]:
    """Every structure on every slice where it is; labels (slices, rows, columns)."""
    found: list[Outline] = []
    for k, image in enumerate(labels):
        for value, structure in STRUCTURES.items():
            mask = image == value
            if mask.any():
                found += [
                    Outline(stack.stack_id, k, structure, _to_patient(stack, k, polygon))
                    for polygon in _polygons(mask, stack)
                ]
    return tuple(found)


def _polygons(mask: NDArray[np.bool_], stack: StackInput) -> list[NDArray[np.float64]]:
    """Polygons (points, 2) of row and column index, first point not repeated."""
    spacing = np.array([stack.row_spacing_mm, stack.column_spacing_mm])
    rows, columns = np.nonzero(mask)
    low = np.array([rows.min(), columns.min()])
    part = np.pad(mask[low[0] : rows.max() + 1, low[1] : columns.max() + 1].astype(np.float32), 3)
    smooth = ndimage.gaussian_filter(part, _SMOOTHING_MM / spacing)
    found = []
    for line in contourpy.contour_generator(z=smooth).lines(0.5):
        points_mm = np.asarray(line, dtype=np.float64)[:-1, ::-1] * spacing
        area = _area(points_mm) if len(points_mm) >= _MIN_POINTS else 0.0
        if area >= _MIN_AREA_MM2:
            found.append((area, points_mm))
    largest = sorted(found, key=lambda f: -f[0])[:MAX_PIECES]
    simple = [simplified(points_mm, TOLERANCE_MM) for _, points_mm in largest]
    return [points_mm / spacing - 3 + low for points_mm in simple if len(points_mm) >= 3]


def _area(points: NDArray[np.float64]) -> float:
    """Area of a closed polygon (points, 2), shoelace formula."""
    x, y = points.T
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2)


def simplified(points: NDArray[np.float64], tolerance: float) -> NDArray[np.float64]:
    """Douglas and Peucker 1973 on a closed polygon (points, 2): fewer points, same line.

    The polygon is cut at its first point and the one farthest from it.
    """
    far = int(np.argmax(np.linalg.norm(points - points[0], axis=1)))
    closed = np.vstack([points, points[:1]])
    keep = np.zeros(len(closed), dtype=bool)
    keep[[0, far, -1]] = True
    waiting = [(0, far), (far, len(closed) - 1)]
    while waiting:
        start, end = waiting.pop()
        if end - start < 2:
            continue
        chord = closed[end] - closed[start]
        offset = closed[start + 1 : end] - closed[start]
        length = max(float(np.linalg.norm(chord)), 1e-9)
        distance = np.abs(chord[0] * offset[:, 1] - chord[1] * offset[:, 0]) / length
        worst = int(np.argmax(distance))
        if distance[worst] > tolerance:
            middle = start + 1 + worst
            keep[middle] = True
            waiting += [(start, middle), (middle, end)]
    return closed[:-1][keep[:-1]]


def _to_patient(
    stack: StackInput, slice_index: int, polygon: NDArray[np.float64]
) -> NDArray[np.float64]:
    index = np.column_stack([np.full(len(polygon), float(slice_index)), polygon])
    return grid.to_patient(stack, index)
