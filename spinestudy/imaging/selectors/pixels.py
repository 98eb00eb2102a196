"""Stored pixels of a stack as an array, with its geometry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spinestudy.common.errors import ConflictError, MissingError
from spinestudy.imaging.dicom.geometry import orientation_of
from spinestudy.imaging.models import Frame, Stack
from spinestudy.imaging.selectors.stored_files import load_frame


@dataclass(frozen=True)
class LoadedStack:
    """One stack in memory.

    pixels: float32 (slices, rows, columns), modality values (after rescale).
    row_direction_lps, column_direction_lps: unit vectors (3,), where the column index and the
        row index grow. positions_lps: (slices, 3) mm, centre of the first pixel.
    slice_spacing_mm: median step along the normal, None for one slice.
    """

    stack_id: int
    plane: str
    weighting: str
    pixels: NDArray[np.float32]
    row_direction_lps: NDArray[np.float64]
    column_direction_lps: NDArray[np.float64]
    positions_lps: NDArray[np.float64]
    row_spacing_mm: float
    column_spacing_mm: float
    slice_spacing_mm: float | None


def frame_array(frame: Frame, rows: int, columns: int) -> NDArray[np.generic]:
    """Stored values of one frame, (rows, columns) or (rows, columns, 3)."""
    kind = ("<i" if frame.is_signed else "<u") + str(frame.bits_allocated // 8)
    shape = (rows, columns) if frame.samples_per_pixel == 1 else (rows, columns, 3)
    try:
        return np.frombuffer(load_frame(frame.pixel_path), kind).reshape(shape)
    except (OSError, ValueError) as error:
        raise MissingError(
            "The stored pixels of this stack are missing or damaged. Import its files again."
        ) from error


def load_stack(stack: Stack) -> LoadedStack:
    """Load a stack; raise ConflictError where it has no geometry, MissingError without pixels.

    Colour becomes the mean of its channels.
    """
    orientation = orientation_of(stack.orientation_lps)
    frames = list(stack.frames.order_by("stack_position"))
    if (
        orientation is None
        or stack.row_spacing_mm is None
        or stack.column_spacing_mm is None
        or any(frame.position_lps is None for frame in frames)
    ):
        raise ConflictError("This stack has no position in the patient, so it can't be measured.")
    pixels = np.empty((len(frames), stack.rows, stack.columns), np.float32)
    for index, frame in enumerate(frames):
        values = frame_array(frame, stack.rows, stack.columns).astype(np.float32)
        if values.ndim == 3:
            values = values.mean(axis=2)
        pixels[index] = values * frame.rescale_slope + frame.rescale_intercept
    return LoadedStack(
        stack_id=stack.pk,
        plane=stack.plane,
        weighting=stack.weighting,
        pixels=pixels,
        row_direction_lps=orientation.row,
        column_direction_lps=orientation.column,
        positions_lps=np.array([frame.position_lps for frame in frames], np.float64),
        row_spacing_mm=stack.row_spacing_mm,
        column_spacing_mm=stack.column_spacing_mm,
        slice_spacing_mm=stack.slice_spacing_mm,
    )
