"""Signs of the images themselves, as numbers: contrast, signal to noise, ghosts, voids.

All are read where the segmenter has found bodies and canal, on the pixels as they came.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from inference.anatomy import grid
from inference.anatomy.segmentation import BODY
from inference.contract import LevelLocation, StackInput

Labels = NDArray[np.uint8]
Points = NDArray[np.float64]
_POINTS: Final = 2000
_LEAST_POINTS: Final = 60
_FLUID_PERCENTILE: Final = 75.0
_AIR_SLICES: Final = 3
_AIR_PERCENTILE: Final = 4.0
_AIR_PIXELS: Final = 7
_LEAST_FILLED: Final = 0.2
_VOID_SHARE: Final = 0.12
_BEHIND_MM, _UP_DOWN_MM, _ASIDE_MM = 50.0, 16.0, 34.0
_IN_SLICE: Final = np.array([[[0] * 3] * 3, [[0, 1, 0], [1, 1, 1], [0, 1, 0]], [[0] * 3] * 3])


def core_points(labels: Labels, value: int, stack: StackInput) -> Points:
    """Points (n, 3) well inside a structure, LPS mm, about 2000 at most, the same every time."""
    box = ndimage.find_objects(labels, max_label=value)[value - 1]
    if box is None:
        return np.zeros((0, 3))
    inside = ndimage.binary_erosion(labels[box] == value, np.ones((1, 3, 3)))
    index = np.argwhere(inside) + [axis.start for axis in box]
    index = index[:: max(len(index) // _POINTS, 1)]
    return grid.to_patient(stack, index.astype(np.float64))


def fluid_to_marrow(image: StackInput, canal: Points, body: Points) -> float | None:
    """Signal of the sac over that of the bodies in `image`; None where too little is labelled.

    The fluid is the upper quartile of the sac, so that roots and cord have no say.
    """
    if min(len(canal), len(body)) < _LEAST_POINTS:
        return None
    marrow = float(np.median(grid.sample(image, body)))
    fluid = float(np.percentile(grid.sample(image, canal), _FLUID_PERCENTILE))
    return fluid / marrow if marrow > 0 else None


def noise_at(image: StackInput, points: Points) -> float | None:
    """Standard deviation of the noise at points, from differences of four neighbouring pixels.

    Median of the absolute values over 0.6745 (Donoho and Johnstone 1994, Biometrika 81:425): edges
    and slow changes have little say. None with too few points in the image, or without noise.
    """
    index = np.round(grid.to_index(image, points)).astype(int)
    index = index[((index >= (0, 1, 1)) & (index < image.pixels.shape)).all(1)]
    if len(index) < _LEAST_POINTS:
        return None
    k, r, c = index.T
    p = image.pixels
    crossed = (p[k, r, c] - p[k, r - 1, c] - p[k, r, c - 1] + p[k, r - 1, c - 1]) / 2
    return float(np.median(np.abs(crossed))) / 0.6745 or None


def air_signal(image: StackInput) -> float | None:
    """Signal of the darkest parts of the middle slices; None where little but zeros is stored.

    Air holds noise alone, whose mean magnitude is 1.25 of its standard deviation (Gudbjartsson
    and Patz 1995, Magn Reson Med 34:910); the ghosts of a patient who moves lie over it.
    """
    middle = len(image.pixels) // 2
    low = max(middle - 2 * (_AIR_SLICES // 2), 0)
    slices = image.pixels[low : middle + _AIR_SLICES : 2]
    window = (0, _AIR_PIXELS, _AIR_PIXELS)
    filled = ndimage.minimum_filter(slices, window) > 0
    if filled.mean() < _LEAST_FILLED:
        return None
    return float(np.percentile(ndimage.uniform_filter(slices, window)[filled], _AIR_PERCENTILE))


def largest_void_mm2(levels: Sequence[LevelLocation], labels: Labels, stack: StackInput) -> float:
    """Area on one slice of the largest hole in the signal behind and beside the bodies.

    stack: rows caudal, columns dorsal. A hole has less than 12 % of the signal of the bodies.
    """
    bodies = [np.array(found.center_lps) for found in levels if found.kind == "body"]
    marrow = stack.pixels[labels == BODY]
    if not bodies or not len(marrow):
        return 0.0
    limit = _VOID_SHARE * float(np.median(marrow))
    distances = grid.slice_distances_mm(stack)
    near = np.zeros(labels.shape, dtype=bool)
    for center in bodies:
        _, row, column = grid.to_index(stack, center)
        up, back = _UP_DOWN_MM / stack.row_spacing_mm, _BEHIND_MM / stack.column_spacing_mm
        aside = np.abs(distances - center @ grid.normal_lps(stack)) <= _ASIDE_MM
        rows = slice(max(int(row - up), 0), max(int(row + up), 0))
        near[aside, rows, max(int(column), 0) : max(int(column + back), 0)] = True
    dark = near & (ndimage.uniform_filter(stack.pixels, (0, 3, 3)) < limit)
    numbered, count = ndimage.label(dark, _IN_SLICE)
    largest = np.bincount(numbered.ravel(), minlength=count + 1)[1:].max(initial=0)
    return float(largest) * stack.row_spacing_mm * stack.column_spacing_mm
