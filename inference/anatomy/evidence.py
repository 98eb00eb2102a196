"""Crops and activation maps -> what a reader may look at: two pictures a grade, with heat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inference.anatomy import grid
from inference.anatomy.crops import (
    DORSAL_SHIFT_MM,
    PIXEL_MM,
    DiscFrame,
    Point,
    axial_plane,
    nearest_axial_slices,
)
from inference.contract import EvidenceOutput, GradeOutput, Plane, StackInput

_WHITE_PERCENTILE: Final = 99.0


@dataclass(frozen=True, eq=False)
class Picture:
    """A crop as a grader sees it, and where it lies; fields as of `EvidenceOutput`."""

    plane: Plane
    stack_id: int
    slice_index: int
    center_lps: Point
    row_direction_lps: Point
    column_direction_lps: Point
    pixel_mm: float
    pixels: NDArray[np.float32]

    @cached_property
    def grey(self) -> NDArray[np.uint8]:
        """Pixels from 0 to the brightest 1 % as 0..255."""
        white = max(float(np.percentile(self.pixels, _WHITE_PERCENTILE)), 1e-3)
        return np.asarray(np.round(np.clip(self.pixels / white, 0, 1) * 255), dtype=np.uint8)


def sagittal_pictures(
    frame: DiscFrame,
    stack: StackInput,
    crops: NDArray[np.float32],
    offsets_mm: Sequence[float],
) -> tuple[Picture, ...]:
    """Places of `sagittal_crops`. crops: (offsets, size, size), of `stack`."""
    pictures = []
    for crop, offset in zip(crops, offsets_mm, strict=True):
        center = frame.center_lps + offset * frame.left + DORSAL_SHIFT_MM * frame.dorsal
        at = int(np.clip(np.round(grid.to_index(stack, center)[0]), 0, len(stack.pixels) - 1))
        place = (stack.stack_id, at, center, frame.dorsal, frame.caudal, PIXEL_MM)
        pictures.append(Picture("sagittal", *place, crop))
    return tuple(pictures)


def axial_pictures(
    frame: DiscFrame,
    axial: tuple[StackInput, ...],
    crops: NDArray[np.float32],
    pixel_mm: float = PIXEL_MM,
) -> tuple[Picture | None, ...]:
    """Places of `axial_crops`, None for an empty one. crops: (slices, size, size)."""
    pictures: list[Picture | None] = [None] * len(crops)
    for k, (stack, index) in enumerate(nearest_axial_slices(frame.center_lps, axial)):
        if crops[k].any():
            foot, dorsal, left = axial_plane(frame.center_lps, stack, index)
            center = foot + DORSAL_SHIFT_MM * dorsal
            place = (stack.stack_id, index, center, left, dorsal, pixel_mm)
            pictures[k] = Picture("axial", *place, crops[k])
    return tuple(pictures)


Seen = tuple[Picture, NDArray[np.float32]]
"""A picture and the map over it: (rows, columns), not below 0, no finer than the picture."""


def evidence_of(grade: GradeOutput, seen: Sequence[Seen]) -> tuple[EvidenceOutput, ...]:
    """Of each plane the picture that speaks most for the grade, hottest where most does.

    seen: maps on one scale. Where nothing speaks for the grade, the heat is 0 everywhere.
    """
    strongest = _strongest(seen).values()
    most = max((float(found.max()) for _, found in strongest), default=0.0)
    scale = 255 / most if most > 0 else 0.0
    return tuple(
        EvidenceOutput(
            item=grade.item,
            disc_level=grade.disc_level,
            side=grade.side,
            plane=picture.plane,
            stack_id=picture.stack_id,
            slice_index=picture.slice_index,
            center_lps=_triple(picture.center_lps),
            row_direction_lps=_triple(picture.row_direction_lps),
            column_direction_lps=_triple(picture.column_direction_lps),
            pixel_mm=picture.pixel_mm,
            pixels=picture.grey,
            heat=np.round(found * scale).astype(np.uint8),
        )
        for picture, found in strongest
    )


def _strongest(seen: Sequence[Seen]) -> dict[Plane, Seen]:
    chosen: dict[Plane, Seen] = {}
    for picture, found in seen:
        before = chosen.get(picture.plane)
        if before is None or found.sum() > before[1].sum():
            chosen[picture.plane] = (picture, found)
    return chosen


def _triple(point: Point) -> tuple[float, float, float]:
    x, y, z = (float(value) for value in point)
    return x, y, z
