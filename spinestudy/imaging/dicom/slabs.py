"""Split parallel frames by position: stations, repeats, overlapping and separate slabs."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spinestudy.imaging.dicom.frames import StoredFrame
from spinestudy.imaging.dicom.geometry import Orientation

SAME_POSITION_MM: Final = 0.01
"""Slices nearer than this lie at one position."""
SAME_ORIGIN_MM: Final = 0.5
"""In-plane origins that chain within this belong to one station."""
GAP_RATIO: Final = 1.5
"""A step above this multiple of the median step begins a new slab."""
MAX_MISSING: Final = 3
"""Up to so many slices in a row may be missing inside one slab."""
REGULAR_RELATIVE: Final = 0.01
REGULAR_MM: Final = 0.05
"""Steps are regular within 1 % or 0.05 mm, whichever is more."""


@dataclass(frozen=True)
class Placed:
    """A frame with its place: `depth_mm` along the normal, `u_mm` and `v_mm` in the plane."""

    frame: StoredFrame
    depth_mm: float
    u_mm: float
    v_mm: float


def place(frames: Sequence[StoredFrame], orientation: Orientation) -> list[Placed]:
    """Order frames along the normal; never by number, slice location or file name."""
    placed = []
    for frame in frames:
        position = np.array(frame.header.position_lps, float)
        placed.append(
            Placed(
                frame,
                float(position @ orientation.normal),
                float(position @ orientation.row),
                float(position @ orientation.column),
            )
        )
    return sorted(placed, key=lambda one: (one.depth_mm, _acquired(one)))


def split(placed: Sequence[Placed]) -> list[list[Placed]]:
    """Stations first, then repeated acquisitions, then slabs."""
    parts: list[list[Placed]] = []
    for station in _stations(list(placed)):
        for repeat in _repeats(station):
            for block in _overlapping(repeat):
                parts.extend(_split_at_gaps(block))
    return parts


def steps_mm(placed: Sequence[Placed]) -> NDArray[np.float64]:
    """Distances along the normal between neighbours at different positions."""
    steps = np.diff([one.depth_mm for one in placed])
    return np.asarray(steps[steps > SAME_POSITION_MM], dtype=np.float64)


def typical_step_mm(placed: Sequence[Placed]) -> float | None:
    """The median step, the lower one of two: a gap must not count as typical."""
    steps = np.sort(steps_mm(placed))
    return float(steps[(len(steps) - 1) // 2]) if len(steps) else None


def is_regular(placed: Sequence[Placed]) -> bool:
    """Whether all steps agree with their median."""
    steps, median = steps_mm(placed), typical_step_mm(placed)
    if median is None:
        return True
    worst = float(np.max(np.abs(steps - median)))
    return worst <= max(REGULAR_RELATIVE * median, REGULAR_MM)


def missing_between(a: Placed, b: Placed, median_mm: float) -> int:
    """How many slices are missing between two: 0 where the gap isn't a hole in one slab.

    A hole is a whole multiple of the median step whose slice numbers are missing as well;
    a new slab goes on counting.
    """
    times = round((b.depth_mm - a.depth_mm) / median_mm)
    if not 2 <= times <= MAX_MISSING + 1:
        return 0
    if abs(b.depth_mm - a.depth_mm - times * median_mm) > 0.1 * median_mm:
        return 0
    numbers = a.frame.header.instance_number, b.frame.header.instance_number
    if numbers[0] is None or numbers[1] is None or abs(numbers[1] - numbers[0]) != times:
        return 0
    return times - 1


def _acquired(one: Placed) -> tuple[int, int, int]:
    header = one.frame.header
    return (
        header.acquisition_number or 0,
        header.instance_number or 0,
        header.frame_number,
    )


def _stations(placed: list[Placed]) -> list[list[Placed]]:
    """Split by in-plane origin: stations of a long spine, or slabs shifted sideways."""
    clusters = _chained(placed, SAME_ORIGIN_MM)
    if len(clusters) == 1 or all(len(cluster) >= 2 for cluster in clusters):
        return clusters
    header = placed[0].frame.header
    view_mm = min(
        header.rows * (header.row_spacing_mm or 1.0),
        header.columns * (header.column_spacing_mm or 1.0),
    )
    return _chained(placed, 0.25 * view_mm)  # a sheared stack drifts, a station jumps


def _chained(placed: list[Placed], limit_mm: float) -> list[list[Placed]]:
    """Single-linkage clusters of in-plane origins."""
    points = np.array([(one.u_mm, one.v_mm) for one in placed])
    label = np.full(len(placed), -1)
    clusters: list[list[Placed]] = []
    for start in range(len(placed)):
        if label[start] >= 0:
            continue
        label[start] = len(clusters)
        waiting = [start]
        while waiting:
            distances = np.linalg.norm(points - points[waiting.pop()], axis=1)
            near = np.flatnonzero((distances <= limit_mm) & (label < 0))
            label[near] = len(clusters)
            waiting.extend(int(index) for index in near)
        clusters.append([placed[i] for i in np.flatnonzero(label == len(clusters))])
    return clusters


def by_position(placed: Sequence[Placed]) -> list[list[Placed]]:
    """Gather frames that lie at one position."""
    groups: list[list[Placed]] = []
    for one in placed:
        if groups and one.depth_mm - groups[-1][0].depth_mm <= SAME_POSITION_MM:
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def _repeats(placed: list[Placed]) -> list[list[Placed]]:
    """Where every position was acquired equally often with different pixels: one stack each."""
    groups = by_position(placed)
    times = len(groups[0])
    if times == 1 or any(len(group) != times for group in groups):
        return [placed]
    if any(len({one.frame.pixels.digest for one in group}) < times for group in groups):
        return [placed]
    ordered = [sorted(group, key=_acquired) for group in groups]
    return [[group[rank] for group in ordered] for rank in range(times)]


def _overlapping(placed: list[Placed]) -> list[list[Placed]]:
    """Take slabs apart whose slices interleave, where each by itself is regular."""
    if len(placed) < 4 or is_regular(placed):
        return [placed]
    for key in (_acquisition_key, _run_keys(placed)):
        groups: dict[int, list[Placed]] = {}
        for one in placed:
            groups.setdefault(key(one), []).append(one)
        blocks = list(groups.values())
        interleave = any(
            a[0].depth_mm < b[-1].depth_mm and b[0].depth_mm < a[-1].depth_mm
            for i, a in enumerate(blocks)
            for b in blocks[:i]
        )
        if interleave and all(len(b) >= 2 and is_regular(b) for b in blocks):
            return blocks
    return [placed]


def _acquisition_key(one: Placed) -> int:
    return one.frame.header.acquisition_number or 0


def _run_keys(placed: Sequence[Placed]) -> Callable[[Placed], int]:
    """Number the runs in which instance numbers follow positions step by step."""
    ordered = sorted(placed, key=lambda one: _acquired(one)[1:])
    run, keys = 0, {id(ordered[0]): 0}
    step: float | None = None
    for before, one in itertools.pairwise(ordered):
        move = one.depth_mm - before.depth_mm
        if step is not None and abs(move - step) > max(REGULAR_RELATIVE * abs(step), REGULAR_MM):
            run, step = run + 1, None
        else:
            step = move
        keys[id(one)] = run
    return lambda one: keys[id(one)]


def _split_at_gaps(placed: list[Placed]) -> list[list[Placed]]:
    median = typical_step_mm(placed)
    if median is None:
        return [placed]
    parts = [[placed[0]]]
    for before, one in itertools.pairwise(placed):
        gap = one.depth_mm - before.depth_mm
        if gap > GAP_RATIO * median and not missing_between(before, one, median):
            parts.append([])
        parts[-1].append(one)
    return parts
