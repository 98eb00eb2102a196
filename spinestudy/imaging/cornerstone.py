"""The bridge to the viewer: rows -> what Cornerstone needs to show a stack.

The index holds strict stacks; `viewer_series` joins the slabs of one axial series to the one
stack that a reader scrolls (see `selectors.reading_stacks`). Frames then carry orientation and
position of their own, and `stack_id` with `stack_position` say where each comes from, so that a
prediction made on a strict stack finds its slice.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

from spinestudy.common.signed_urls import frame_url
from spinestudy.imaging.models import Frame, Stack
from spinestudy.imaging.selectors.reading_stacks import hanging_protocol, is_axial, reading_group

__all__ = ["hanging_protocol", "stack_label", "viewer_series", "viewer_stack"]


def stack_label(stack: Stack) -> str:
    """What a person calls the stack: "Sagittal T2 FS"."""
    parts = [str(stack.get_plane_display()).capitalize()]
    if stack.weighting != "unknown":
        parts.append(stack.weighting)
    if stack.is_fat_suppressed and stack.weighting != "STIR":
        parts.append("FS")
    if stack.is_contrast_enhanced:
        parts.append("with contrast")
    return " ".join(parts)


def viewer_stack(stack: Stack) -> dict[str, Any]:
    """What the viewer shows for this stack: with all slabs of its series where it is axial."""
    return viewer_series(reading_group(stack), shown_as=stack)


def viewer_series(stacks: Sequence[Stack], *, shown_as: Stack | None = None) -> dict[str, Any]:
    """Join stacks to one scroll, in the order given; axial ones run from head to foot.

    `id` is that of `shown_as` (default: the first). The window is one for all slices.
    """
    head = shown_as or stacks[0]
    frames = [frame for stack in stacks for frame in _viewer_frames(stack)]
    return {
        "id": head.pk,
        "stack_ids": [stack.pk for stack in stacks],
        "plane": head.plane,
        "weighting": head.weighting,
        "label": stack_label(head),
        "rows": head.rows,
        "columns": head.columns,
        "row_spacing_mm": head.row_spacing_mm,
        "column_spacing_mm": head.column_spacing_mm,
        "slice_spacing_mm": head.slice_spacing_mm,
        "voi": {
            "center": statistics.median(stack.voi_center for stack in stacks),
            "width": statistics.median(stack.voi_width for stack in stacks),
        },
        "frame_of_reference_uid": head.frame_of_reference_uid,
        "photometric_interpretation": head.photometric_interpretation,
        "frames": frames,
    }


def _viewer_frames(stack: Stack) -> list[dict[str, Any]]:
    """The frames of one stack; axial ones from head to foot (stored from foot to head)."""
    order = "-stack_position" if is_axial(stack) else "stack_position"
    return [_viewer_frame(frame, stack) for frame in stack.frames.order_by(order)]


def _viewer_frame(frame: Frame, stack: Stack) -> dict[str, Any]:
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
