"""Grades and labels -> boxes around what is probably abnormal.

Nothing is detected beyond what the grades say: a box stands where the calibrated probability of
the upper grades passes `THRESHOLD`, and its extent is that of the labelled structure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from inference.anatomy import grid
from inference.anatomy.crops import DiscFrame
from inference.anatomy.segmentation import CANAL, DISC
from inference.contract import DetectionOutput, GradeOutput, StackInput

THRESHOLD: Final = 0.5
_REACH_MM: Final = np.array([34.0, 30.0, 10.0])
"""How far from its centre a disc may reach: to the side, in depth, in height."""
_CANAL_REACH_MM: Final = np.array([20.0, 40.0])
_LEAST_HALF_HEIGHT_MM: Final = 4.0
_LEAST_VOXELS: Final = 8
_TOUCHING: Final = np.ones((3, 3, 3))


@dataclass(frozen=True)
class Rule:
    """What counts as a finding: `item` at the score `at_least` or above, seen in `label`."""

    item: str
    at_least: int
    label: int


RULES: Final = (Rule("pfirrmann", 4, DISC), Rule("central_canal_stenosis", 2, CANAL))


@dataclass(frozen=True)
class Extent:
    """Lowest and highest corner (3,) along left, dorsal and caudal of a disc; mm, 0: its centre."""

    low: NDArray[np.float64]
    high: NDArray[np.float64]


def detections(
    grades: Sequence[GradeOutput],
    frames: Mapping[str, DiscFrame],
    labels: NDArray[np.uint8],
    stack: StackInput,
) -> tuple[tuple[DetectionOutput, ...], tuple[str, ...]]:
    """Boxes, and notes on findings that got none. labels (slices, rows, columns) of `stack`."""
    found: list[DetectionOutput] = []
    without: list[str] = []
    for rule in RULES:
        for grade in grades:
            score = sum(p for k, p in grade.probabilities.items() if k >= rule.at_least)
            if grade.item != rule.item or score < THRESHOLD:
                continue
            frame = frames[grade.disc_level]
            disc = disc_extent(labels, stack, frame)
            extent = disc if rule.label == DISC else canal_extent(labels, stack, frame, disc)
            if extent is None:
                without.append(f"{rule.item} at {grade.disc_level}")
            else:
                found.append(_boxed(rule, grade, min(score, 1.0), frame, extent, stack))
    notes = (f"No box, since nothing is labelled there: {', '.join(without)}.",) if without else ()
    return tuple(found), notes


def disc_extent(labels: NDArray[np.uint8], stack: StackInput, frame: DiscFrame) -> Extent | None:
    """Extent of the largest piece of disc about the centre of a disc; None without one."""
    index, places = _places(labels == DISC, stack, frame)
    near = (np.abs(places) <= _REACH_MM).all(1)
    return _extent_of_largest(index[near], places[near], stack, frame)


def canal_extent(
    labels: NDArray[np.uint8], stack: StackInput, frame: DiscFrame, disc: Extent | None
) -> Extent | None:
    """Extent of the canal dorsal of a disc, as high as the disc; None without one."""
    low, high = (-_LEAST_HALF_HEIGHT_MM, _LEAST_HALF_HEIGHT_MM)
    if disc is not None:
        low, high = min(low, disc.low[2]), max(high, disc.high[2])
    index, places = _places(labels == CANAL, stack, frame)
    near = (np.abs(places[:, :2]) <= _CANAL_REACH_MM).all(1)
    near &= (places[:, 1] > 0) & (places[:, 2] >= low) & (places[:, 2] <= high)
    return _extent_of_largest(index[near], places[near], stack, frame)


def _axes(frame: DiscFrame) -> NDArray[np.float64]:
    return np.stack([frame.left, frame.dorsal, frame.caudal])


def _places(
    mask: NDArray[np.bool_], stack: StackInput, frame: DiscFrame
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Index (n, 3) of the voxels, and where they lie along the axes of the disc (n, 3) mm."""
    index = np.argwhere(mask)
    points = grid.to_patient(stack, index.astype(np.float64))
    return index, np.asarray((points - frame.center_lps) @ _axes(frame).T)


def _extent_of_largest(
    index: NDArray[np.intp],
    places: NDArray[np.float64],
    stack: StackInput,
    frame: DiscFrame,
) -> Extent | None:
    if len(index) < _LEAST_VOXELS:
        return None
    index = index - index.min(0)
    mask = np.zeros(index.max(0) + 1, dtype=bool)
    mask[tuple(index.T)] = True
    pieces, _ = ndimage.label(mask, _TOUCHING)
    names = pieces[tuple(index.T)]
    inside = places[names == np.bincount(names).argmax()]
    half = _half_voxel_mm(stack, frame)
    return Extent(inside.min(0) - half, inside.max(0) + half)


def _half_voxel_mm(stack: StackInput, frame: DiscFrame) -> NDArray[np.float64]:
    """Half of a voxel's extent (3,) along the axes of the disc."""
    distances = grid.slice_distances_mm(stack)
    single = 2 * grid.SINGLE_SLICE_HALF_THICKNESS_MM
    step = float(np.median(np.diff(distances))) if len(distances) > 1 else single
    edges = np.stack(
        [
            grid.normal_lps(stack) * step,
            stack.column_direction_lps * stack.row_spacing_mm,
            stack.row_direction_lps * stack.column_spacing_mm,
        ]
    )
    return np.asarray(np.abs(_axes(frame) @ edges.T).sum(1) / 2)


def _boxed(
    rule: Rule,
    grade: GradeOutput,
    score: float,
    frame: DiscFrame,
    extent: Extent,
    stack: StackInput,
) -> DetectionOutput:
    axes = _axes(frame)
    center = frame.center_lps + (extent.low + extent.high) / 2 @ axes
    x, y, z = (float(value) for value in center)
    width, depth, height = (float(value) for value in extent.high - extent.low)
    return DetectionOutput(
        stack_id=stack.stack_id,
        item=rule.item,
        at_least=rule.at_least,
        center_lps=(x, y, z),
        axes_lps=tuple((float(a), float(b), float(c)) for a, b, c in axes),
        size_mm=(width, depth, height),
        score=score,
        is_calibrated=True,
        disc_level=grade.disc_level,
        side=grade.side,
    )
