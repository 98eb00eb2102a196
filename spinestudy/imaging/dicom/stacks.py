"""Frames of one series -> stacks, in spatial order, with what is unusual about each."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from spinestudy.imaging.dicom import slabs
from spinestudy.imaging.dicom.frames import StoredFrame
from spinestudy.imaging.dicom.geometry import (
    OBLIQUE_BADGE_DEG,
    Orientation,
    Plane,
    orientation_of,
    plane_of,
)
from spinestudy.imaging.dicom.grouping import group_frames

SHEAR: Final = 1e-3
"""A stack is sheared where its mean step leaves the normal by more than this (sine)."""


@dataclass(frozen=True)
class StackPlan:
    """One stack. Frames run from the patient's right to left, front to back, foot to head.

    `slice_spacing_mm` is the median step along the normal, not SliceThickness; None for one
    slice. `flags` say in words what is unusual, each as "name: details".
    """

    frames: tuple[StoredFrame, ...]
    plane: Plane
    orientation: Orientation | None
    slice_spacing_mm: float | None
    flags: tuple[str, ...] = ()
    dropped: tuple[StoredFrame, ...] = field(default=())

    @property
    def has_geometry(self) -> bool:
        """Whether every frame has its place in the patient."""
        return self.orientation is not None


def split_into_stacks(frames: Sequence[StoredFrame]) -> list[StackPlan]:
    """Split one series. Every frame ends in exactly one stack, as slice or as dropped twin."""
    plans: list[StackPlan] = []
    for group in group_frames(frames):
        orientation = orientation_of(group[0].header.orientation_lps)
        if orientation is None or group[0].header.position_lps is None:
            plans.append(_without_geometry(group))
            continue
        placed = slabs.place(group, orientation)
        plans.extend(_plan(part, orientation) for part in slabs.split(placed))
    return plans


def _without_geometry(group: list[StoredFrame]) -> StackPlan:
    ordered = sorted(
        group,
        key=lambda one: (
            one.header.instance_number or 0,
            one.sop_instance_uid,
            one.header.frame_number,
        ),
    )
    flags = ("no geometry: position or orientation is missing; ordered by number",)
    return StackPlan(tuple(ordered), "unknown", None, None, flags)


def _plan(part: list[slabs.Placed], orientation: Orientation) -> StackPlan:
    kept: list[slabs.Placed] = []
    dropped: list[StoredFrame] = []
    conflicts = 0
    for twins in slabs.by_position(part):
        seen: set[str] = set()
        for one in twins:
            if one.frame.pixels.digest in seen:
                dropped.append(one.frame)
            else:
                seen.add(one.frame.pixels.digest)
                kept.append(one)
        conflicts += len(seen) > 1
    plane, angle_deg = plane_of(orientation)
    return StackPlan(
        frames=tuple(one.frame for one in kept),
        plane=plane,
        orientation=orientation,
        slice_spacing_mm=slabs.typical_step_mm(kept),
        flags=tuple(_flags(kept, len(dropped), conflicts, angle_deg)),
        dropped=tuple(dropped),
    )


def _flags(kept: list[slabs.Placed], dropped: int, conflicts: int, angle_deg: float) -> list[str]:
    flags: list[str] = []
    if dropped:
        flags.append(f"duplicates: {dropped} identical slices were left out")
    if conflicts:
        flags.append(f"conflict: different pixels at {conflicts} positions")
    missing, irregular = _holes(kept)
    if missing:
        flags.append(f"missing: {missing} slices between others")
    if irregular:
        flags.append("irregular: distances between slices differ")
    if _is_sheared(kept):
        flags.append("sheared: slices are shifted against each other")
    if len(kept) == 1:
        flags.append("single image: there is only one slice")
    if angle_deg > OBLIQUE_BADGE_DEG:
        flags.append(f"oblique: {angle_deg:.0f} degrees off the axis")
    return flags


def _holes(kept: list[slabs.Placed]) -> tuple[int, bool]:
    """How many slices are missing, and whether the other steps are irregular."""
    median = slabs.typical_step_mm(kept)
    if median is None:
        return 0, False
    missing, others = 0, []
    for before, one in itertools.pairwise(kept):
        gap = one.depth_mm - before.depth_mm
        hole = slabs.missing_between(before, one, median)
        missing += hole
        if not hole and gap > slabs.SAME_POSITION_MM:
            others.append(gap)
    limit = max(slabs.REGULAR_RELATIVE * median, slabs.REGULAR_MM)
    return missing, bool(others) and max(abs(gap - median) for gap in others) > limit


def _is_sheared(kept: list[slabs.Placed]) -> bool:
    first, last = kept[0], kept[-1]
    depth = last.depth_mm - first.depth_mm
    if depth <= slabs.SAME_POSITION_MM:
        return False
    sideways = float(np.hypot(last.u_mm - first.u_mm, last.v_mm - first.v_mm))
    return sideways / float(np.hypot(depth, sideways)) > SHEAR
