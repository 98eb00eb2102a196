"""The bridge to the viewer: rows -> what Cornerstone needs to show a stack.

Pure of queries: `selectors.viewer` finds the rows and their order. Frames of several stacks may
be joined to one scroll (the slabs of an axial series); each then carries orientation and
position of its own, and `stack_id` with `stack_position` say where it comes from, so that a
prediction made on a strict stack finds its slice.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

from spinestudy.common.signed_urls import frame_url


def stack_label(stack: Any) -> str:
    """What a person calls the stack: "Sagittal T2 FS"."""
    parts = [str(stack.plane).capitalize()]
    if stack.weighting != "unknown":
        parts.append(stack.weighting)
    if stack.is_fat_suppressed and stack.weighting != "STIR":
        parts.append("FS")
    if stack.is_contrast_enhanced:
        parts.append("with contrast")
    return " ".join(parts)


def viewer_series(
    stacks: Sequence[Any], frames: Sequence[Sequence[Any]], *, shown_as: Any
) -> dict[str, Any]:
    """Describe stacks (rows of Stack) as one scroll, with the frames of each in the order given.

    `id`, label and grid are those of `shown_as`. The window is one for all slices: the median.
    """
    return {
        "id": shown_as.pk,
        "stack_ids": [stack.pk for stack in stacks],
        "plane": shown_as.plane,
        "weighting": shown_as.weighting,
        "label": stack_label(shown_as),
        "rows": shown_as.rows,
        "columns": shown_as.columns,
        "row_spacing_mm": shown_as.row_spacing_mm,
        "column_spacing_mm": shown_as.column_spacing_mm,
        "slice_spacing_mm": shown_as.slice_spacing_mm,
        "voi": {
            "center": statistics.median(stack.voi_center for stack in stacks),
            "width": statistics.median(stack.voi_width for stack in stacks),
        },
        "frame_of_reference_uid": shown_as.frame_of_reference_uid,
        "photometric_interpretation": shown_as.photometric_interpretation,
        "frames": [
            _viewer_frame(frame, stack)
            for stack, its_frames in zip(stacks, frames, strict=True)
            for frame in its_frames
        ],
    }


def _viewer_frame(frame: Any, stack: Any) -> dict[str, Any]:
    return {
        "url": frame_url(frame.pixel_path),
        "stack_id": stack.pk,
        "stack_position": frame.stack_position,
        "rows": stack.rows,
        "columns": stack.columns,
        "row_spacing_mm": stack.row_spacing_mm,
        "column_spacing_mm": stack.column_spacing_mm,
        "position_lps": frame.position_lps,
        "orientation_lps": frame.orientation_lps,
        "rescale_slope": frame.rescale_slope,
        "rescale_intercept": frame.rescale_intercept,
        "bits_allocated": frame.bits_allocated,
        "is_signed": frame.is_signed,
        "samples_per_pixel": frame.samples_per_pixel,
        "pixel_min": frame.pixel_min,
        "pixel_max": frame.pixel_max,
    }
