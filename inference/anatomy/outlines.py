"""Label maps -> closed polygons in patient coordinates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import contourpy
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from inference.anatomy import grid
from inference.contract import STRUCTURES, Outline, StackInput

Points = NDArray[np.float64]
Index = NDArray[np.intp]
TOLERANCE_MM: Final = 0.4
_SMOOTHING_MM: Final = 0.5
_MIN_AREA_MM2: Final = 12.0
_MIN_POINTS: Final = 8
_MARGIN: Final = 3
MAX_PIECES: Final = 24
"""Of one structure on one slice, the largest first; no field of view holds more bodies."""


def outlines(labels: NDArray[np.uint8], stack: StackInput) -> tuple[Outline, ...]:
    """Every structure on every slice where it is; labels (slices, rows, columns)."""
    spacing = np.array([stack.row_spacing_mm, stack.column_spacing_mm])
    found: list[tuple[int, str, Points, Points]] = []
    for k, image in enumerate(labels):
        boxes = ndimage.find_objects(image, max_label=max(STRUCTURES))
        for value, structure in STRUCTURES.items():
            box = boxes[value - 1]
            if box is not None:
                corner = np.array([axis.start - _MARGIN for axis in box])
                lines = _lines_mm(image[box] == value, spacing)
                found += [(k, structure, corner, line) for line in lines]
    simple = simplified([line for *_, line in found], TOLERANCE_MM)
    return tuple(
        Outline(
            stack.stack_id,
            k,
            structure,
            grid.in_slice_to_patient(stack, k, line / spacing + corner),
        )
        for (k, structure, corner, _), line in zip(found, simple, strict=True)
        if len(line) >= 3
    )


def _lines_mm(part: NDArray[np.bool_], spacing: Points) -> list[Points]:
    """Closed lines (points, 2) around a mask, rows and columns in mm, first point not repeated.

    They are counted from `_MARGIN` pixels above and left of the mask's corner.
    """
    smooth = ndimage.gaussian_filter(
        np.pad(part.astype(np.float32), _MARGIN), _SMOOTHING_MM / spacing
    )
    found = []
    for line in contourpy.contour_generator(z=smooth).lines(0.5):
        if len(line) <= _MIN_POINTS:
            continue
        closed_mm = np.asarray(line, dtype=np.float64)[:, ::-1] * spacing
        area = _area(closed_mm)
        if area >= _MIN_AREA_MM2:
            found.append((area, closed_mm[:-1]))
    return [points for _, points in sorted(found, key=lambda f: -f[0])[:MAX_PIECES]]


def _area(points: NDArray[np.float64]) -> float:
    """Area of a polygon (points, 2) whose first point comes again at its end, shoelace formula."""
    x, y = points.T
    return float(abs(x[:-1] @ y[1:] - y[:-1] @ x[1:]) / 2)


def simplified(polygons: Sequence[Points], tolerance: float) -> list[Points]:
    """Douglas and Peucker 1973 on closed polygons (points, 2): fewer points, same lines.

    Each is cut at its first point and the one farthest from it. Parts of one depth are looked at
    together, of all polygons: taken one by one they cost ten times as much.
    """
    if not polygons:
        return []
    closed = np.vstack([points for line in polygons for points in (line, line[:1])])
    last = np.cumsum([len(line) + 1 for line in polygons]) - 1
    first = np.concatenate([[0], last[:-1] + 1])
    is_last = np.zeros(len(closed), dtype=bool)
    is_last[last] = True
    is_kept = is_last.copy()
    is_kept[first] = True
    is_kept[first + [_farthest(line) for line in polygons]] = True
    kept = np.flatnonzero(is_kept)
    is_part = ~is_last[kept[:-1]]
    starts, ends = kept[:-1][is_part], kept[1:][is_part]
    while len(starts):
        sizes = ends - starts
        before = np.cumsum(sizes) - sizes
        part = np.repeat(np.arange(len(starts)), sizes)
        inner = np.arange(len(part)) + (starts - before)[part]
        distance = _from_chords(closed, inner, starts, ends, part)
        worst = np.maximum.reduceat(distance, before)
        far_off = np.flatnonzero((distance == worst[part]) & (distance > tolerance))
        far_off = far_off[np.diff(part[far_off], prepend=-1) > 0]
        middles, cut = inner[far_off], part[far_off]
        is_kept[middles] = True
        starts, ends = (
            np.concatenate([starts[cut], middles]),
            np.concatenate([middles, ends[cut]]),
        )
    return [closed[i:j][is_kept[i:j]] for i, j in zip(first, last, strict=True)]


def _farthest(line: Points) -> int:
    return int(np.argmax(np.linalg.norm(line - line[0], axis=1)))


def _from_chords(
    closed: Points, inner: Index, starts: Index, ends: Index, part: Index
) -> NDArray[np.float64]:
    """Distance (points,) of every point from the chord of its part."""
    chord = closed[ends] - closed[starts]
    length = np.maximum(np.linalg.norm(chord, axis=1), 1e-9)
    offset = closed[inner] - closed[starts][part]
    crossed = np.abs(chord[part, 0] * offset[:, 1] - chord[part, 1] * offset[:, 0])
    return np.asarray(crossed / length[part])
