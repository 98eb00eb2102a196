"""Whether a stack is fit for reading, and the one window that all its slices share."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Sequence
from typing import Final

from spinestudy.imaging.dicom.frames import StoredFrame
from spinestudy.imaging.dicom.role_text import says_localizer
from spinestudy.imaging.dicom.stacks import StackPlan

REFORMATTED: Final = frozenset(
    {"MPR", "CSA MPR", "PROJECTION IMAGE", "MIP", "MINIP", "PROJECTION", "SUBTRACT", "SUB"}
)
LOCALIZER_MAX_SLICES: Final = 5
CROSSED_COSINE: Final = 0.34
"""Normals more than 70 degrees apart are planes of a localizer; disc-angled slabs of one
series stay within 65 degrees of each other."""
MIN_OVERLAP: Final = 0.25
MAX_WIDTH_RATIO: Final = 10.0


def reading_flags(plan: StackPlan, all_plans: Sequence[StackPlan]) -> tuple[tuple[str, ...], bool]:
    """What speaks against reading the stack, in words, and whether it is fit nevertheless.

    A derived image with a full geometry stays fit (a rewritten export is DERIVED too); maps,
    reformats, localizers, mosaics and stacks without geometry are not.
    """
    header = plan.frames[0].header
    image_type = set(header.image_type)
    flags: list[str] = []
    is_fit = plan.has_geometry and header.row_spacing_mm is not None
    if plan.has_geometry and header.row_spacing_mm is None:
        flags.append("no pixel spacing: lengths can't be measured")
    if _is_localizer(plan, all_plans):
        flags.append("localizer: made to plan the other series")
        is_fit = False
    if "DERIVED" in image_type:
        flags.append("derived: not the original acquisition")
        is_fit = is_fit and not image_type & REFORMATTED
    if image_type & {"ADC", "EADC", "FA", "PHASE", "P", "PHASE MAP"}:
        flags.append("map: values are not a usual contrast")
        is_fit = False
    if "MOSAIC" in image_type:
        flags.append("mosaic: many slices tiled into one image")
        is_fit = False
    if image_type & {"COMPOSED", "COMP"}:
        flags.append("composed: joined from several stations")
    if any(flag.startswith("conflict") for flag in plan.flags):
        is_fit = False
    return tuple(flags), is_fit


def _is_localizer(plan: StackPlan, all_plans: Sequence[StackPlan]) -> bool:
    header = plan.frames[0].header
    if "LOCALIZER" in header.image_type or says_localizer(header.description):
        return True
    normals = [other.orientation.normal for other in all_plans if other.orientation is not None]
    crossed = any(abs(float(a @ b)) < CROSSED_COSINE for a, b in itertools.combinations(normals, 2))
    small = all(len(other.frames) <= LOCALIZER_MAX_SLICES for other in all_plans)
    return crossed and small


def fixed_voi(frames: Sequence[StoredFrame]) -> tuple[float, float]:
    """Center and width, in modality values, for all slices of a stack.

    The median of the headers' windows where plausible, else the 1st to 99th percentile: a
    window that changes from slice to slice would let the grey of a disc change with it.
    """
    lows = [f.pixels.low * f.header.rescale_slope + f.header.rescale_intercept for f in frames]
    highs = [f.pixels.high * f.header.rescale_slope + f.header.rescale_intercept for f in frames]
    low, high = statistics.median(lows), statistics.median(highs)
    windows = [
        (f.header.window_center, f.header.window_width)
        for f in frames
        if f.header.window_center is not None and (f.header.window_width or 0) >= 1
    ]
    if len(windows) == len(frames):
        center = statistics.median(c for c, _ in windows if c is not None)
        width = statistics.median(w for _, w in windows if w is not None)
        shared = min(center + width / 2, high) - max(center - width / 2, low)
        values = max(high - low, 1.0)
        if shared >= MIN_OVERLAP * values and width <= MAX_WIDTH_RATIO * values:
            return float(center), float(width)
    if high - low < 1:
        low = min(f.pixels.pixel_min * f.header.rescale_slope for f in frames)
        high = max(f.pixels.pixel_max * f.header.rescale_slope for f in frames)
    return float((low + high) / 2), float(max(high - low, 1.0))
