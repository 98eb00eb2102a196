"""What the grader sees of one disc: crops by patient coordinates, no registration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inference.anatomy import grid
from inference.anatomy.preprocess import normalised
from inference.contract import ExamInput, LevelLocation, StackInput

Point = NDArray[np.float64]
DISC_LEVELS: Final = ("L1/L2", "L2/L3", "L3/L4", "L4/L5", "L5/S1")
CROP_SIZE: Final = 64
PIXEL_MM: Final = 1.0
SAGITTAL_OFFSETS_MM: Final = (-9.0, -4.5, 0.0, 4.5, 9.0)
AXIAL_SLICES: Final = 3
AXIAL_REACH_MM: Final = 6.0
DORSAL_SHIFT_MM: Final = 10.0
"""Crops sit dorsal of the disc centre, so that the canal is well inside."""


@dataclass(frozen=True)
class DiscFrame:
    """A disc's centre and axes in LPS mm: left, dorsal (in the disc plane), caudal."""

    center_lps: Point
    left: Point
    dorsal: Point
    caudal: Point

    @classmethod
    def between(cls, center: Point, above: Point, below: Point) -> DiscFrame:
        """From the disc's centre and the centres of the bodies above and below it."""
        caudal = (below - above) / np.linalg.norm(below - above)
        left = np.array([1.0, 0.0, 0.0]) - caudal[0] * caudal
        left /= np.linalg.norm(left)
        return cls(np.asarray(center, dtype=np.float64), left, np.cross(left, caudal), caudal)


@dataclass(frozen=True)
class DiscCrops:
    """sagittal: (5, 2, size, size), T2 then T1. axial: (3, size, size), nearest first.

    has: (4,) 1 where T1 / each axial slice is there. All float32.
    """

    sagittal: NDArray[np.float32]
    axial: NDArray[np.float32]
    has: NDArray[np.float32]


def disc_frames(levels: tuple[LevelLocation, ...]) -> dict[str, DiscFrame]:
    """Disc level -> its frame, cranial to caudal."""
    return frames_between({found.level: np.array(found.center_lps) for found in levels})


def frames_between(centers: Mapping[str, Point]) -> dict[str, DiscFrame]:
    """Disc level -> its frame, where the disc and both bodies have a centre (3,) in LPS mm."""
    frames = {}
    for level in DISC_LEVELS:
        above, below = level.split("/")
        if {level, above, below} <= centers.keys():
            frames[level] = DiscFrame.between(centers[level], centers[above], centers[below])
    return frames


def normalised_axial(exam: ExamInput) -> tuple[StackInput, ...]:
    """The axial T2 stacks, scaled; slabs so steep that they count as oblique too."""
    return tuple(
        normalised(s)
        for s in exam.stacks
        if _is_mostly_axial(s) and s.weighting == "T2" and min(s.pixels.shape[1:]) > 1
    )


def _is_mostly_axial(stack: StackInput) -> bool:
    normal = np.cross(stack.row_direction_lps, stack.column_direction_lps)
    return stack.plane in ("axial", "oblique") and int(np.argmax(np.abs(normal))) == 2


def disc_crops(
    frame: DiscFrame,
    t2: StackInput,
    t1: StackInput | None,
    axial: tuple[StackInput, ...],
    size: int = CROP_SIZE,
) -> DiscCrops:
    """Crops of one disc from normalised stacks."""
    sagittal = sagittal_crops(frame, t2, t1, size, SAGITTAL_OFFSETS_MM)
    top, is_there = axial_crops(frame, axial, size)
    has = np.concatenate([[np.float32(t1 is not None)], is_there])
    return DiscCrops(sagittal, top, has.astype(np.float32))


def sagittal_crops(
    frame: DiscFrame,
    t2: StackInput,
    t1: StackInput | None,
    size: int,
    offsets_mm: Sequence[float],
) -> NDArray[np.float32]:
    """(offsets, 2, size, size), T2 then T1 (0 without one), so far to the left of the centre."""
    crops = np.zeros((len(offsets_mm), 2, size, size), dtype=np.float32)
    points = sagittal_points(frame, size, offsets_mm)
    crops[:, 0] = _evened(grid.sample(t2, points))
    if t1 is not None:
        crops[:, 1] = _evened(grid.sample(t1, points))
    return crops


def axial_crops(
    frame: DiscFrame, axial: tuple[StackInput, ...], size: int, pixel_mm: float = PIXEL_MM
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(3, size, size), nearest slice first, and (3,) 1 where there is one."""
    crops = np.zeros((AXIAL_SLICES, size, size), dtype=np.float32)
    has = np.zeros(AXIAL_SLICES, dtype=np.float32)
    for k, (stack, index) in enumerate(nearest_axial_slices(frame.center_lps, axial)):
        crop = _axial_crop(frame.center_lps, stack, index, _steps(size, pixel_mm))
        if (crop > 0).mean() > 0.5:
            crops[k], has[k] = _evened(crop), 1
    return crops, has


def _evened(crop: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scaled to a mean of 0.4, so that the coil's fall-off along the spine has no say."""
    return np.asarray(np.clip(crop * (0.4 / max(float(crop.mean()), 1e-3)), 0.0, 2.0))


def _steps(size: int, pixel_mm: float = PIXEL_MM) -> Point:
    return np.asarray((np.arange(size) - (size - 1) / 2) * pixel_mm, dtype=np.float64)


def sagittal_points(frame: DiscFrame, size: int, offsets_mm: Sequence[float]) -> Point:
    """(offsets, size, size, 3): rows run caudally, columns dorsally."""
    steps = _steps(size)
    aside = np.array(offsets_mm)[:, None, None, None] * frame.left
    down = steps[None, :, None, None] * frame.caudal
    back = (steps + DORSAL_SHIFT_MM)[None, None, :, None] * frame.dorsal
    return np.asarray(frame.center_lps + aside + down + back)


def nearest_axial_slices(
    center: Point, axial: tuple[StackInput, ...]
) -> list[tuple[StackInput, int]]:
    """The axial slices whose planes pass within reach of the disc centre, nearest first."""
    found = []
    for stack in axial:
        distances = np.abs((stack.positions_lps - center) @ grid.normal_lps(stack))
        found += [
            (float(distance), order, stack, int(index))
            for order, (index, distance) in enumerate(enumerate(distances))
            if distance <= AXIAL_REACH_MM
        ]
    nearest = sorted(found, key=lambda f: (f[0], f[2].stack_id, f[1]))[:AXIAL_SLICES]
    return [(stack, index) for _, _, stack, index in nearest]


def _axial_crop(center: Point, stack: StackInput, index: int, steps: Point) -> NDArray[np.float32]:
    """(size, size) in the slice's own plane: rows run dorsally, columns to the left."""
    foot, dorsal, left = axial_plane(center, stack, index)
    points = foot + (steps + DORSAL_SHIFT_MM)[:, None, None] * dorsal + steps[None, :, None] * left
    return grid.sample(stack, points)


def axial_plane(center: Point, stack: StackInput, index: int) -> tuple[Point, Point, Point]:
    """Foot of the disc centre on a slice, LPS mm, and the unit vectors dorsal and left in it."""
    normal = grid.normal_lps(stack)
    left = np.array([1.0, 0.0, 0.0]) - normal[0] * normal
    left /= np.linalg.norm(left)
    dorsal = np.cross(normal, left)
    dorsal *= np.sign(dorsal[1]) or 1.0
    return center + normal * ((stack.positions_lps[index] - center) @ normal), dorsal, left
