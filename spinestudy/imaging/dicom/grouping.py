"""Group the frames of a series by what can't be in one stack: orientation, grid, contrast."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Final

from spinestudy.imaging.dicom.frames import StoredFrame
from spinestudy.imaging.dicom.geometry import Orientation, orientation_of, same_orientation

# Values of ImageType beyond the first two that change what the grey values mean
# (PS3.3 C.8.3.1.1.1 and vendors' own).
CONTRAST_TOKENS: Final = frozenset(
    # phase, real and imaginary parts
    ["P", "PHASE", "PHASE MAP", "R", "REAL", "I", "IMAGINARY", "VELOCITY"]
    # Dixon
    + ["W", "WATER", "F", "FAT", "IP", "IN_PHASE", "INPHASE"]
    + ["OP", "OUT_PHASE", "OPP_PHASE", "OPPPHASE"]
    # diffusion and maps
    + ["ADC", "EADC", "EXP", "FA", "TRACEW", "TRACE", "DIFFUSION", "DIFFUSION_ANISO"]
    + ["T1MAP", "T2MAP", "T1 MAP", "T2 MAP"]
    # made from other images
    + ["SUBTRACT", "SUB", "LOCALIZER", "MPR", "CSA MPR", "MIP", "MINIP"]
    + ["PROJECTION", "PROJECTION IMAGE", "COMPOSED", "COMP", "MOSAIC"]
)
ECHO_TIME_STEP_MS: Final = 0.5
"""Echo times nearer than this are one: scanners round them per slice."""
SPACING_STEP_MM: Final = 1e-3


def contrast_tokens(image_type: Sequence[str]) -> tuple[str, ...]:
    """The parts of ImageType that tell contrasts apart."""
    return tuple(sorted(CONTRAST_TOKENS.intersection(image_type)))


def group_frames(frames: Sequence[StoredFrame]) -> list[list[StoredFrame]]:
    """Split by everything but the position; the order of groups is that of first frames."""
    orientations = _clustered_orientations(frames)
    echo_times = _clustered([f.header.pulse.echo_time_ms for f in frames], ECHO_TIME_STEP_MS)
    row_spacings = _clustered([f.header.row_spacing_mm for f in frames], SPACING_STEP_MM)
    column_spacings = _clustered([f.header.column_spacing_mm for f in frames], SPACING_STEP_MM)
    groups: dict[Hashable, list[StoredFrame]] = {}
    for index, frame in enumerate(frames):
        header, pixels = frame.header, frame.pixels
        key = (
            orientations[index],
            header.position_lps is not None,
            header.rows,
            header.columns,
            row_spacings[index],
            column_spacings[index],
            echo_times[index],
            header.echo_number,
            contrast_tokens(header.image_type),
            header.pulse.b_value,
            header.temporal_position,
            header.stack_id,
            header.frame_of_reference_uid,
            pixels.photometric_interpretation,
            pixels.samples_per_pixel,
        )
        groups.setdefault(key, []).append(frame)
    return list(groups.values())


def _clustered_orientations(frames: Sequence[StoredFrame]) -> list[int]:
    """The number of each frame's orientation; -1 without one."""
    found: list[Orientation] = []
    numbers: list[int] = []
    cache: dict[tuple[float, ...] | None, int] = {None: -1}
    for frame in frames:
        cosines = frame.header.orientation_lps
        if cosines not in cache:
            orientation = orientation_of(cosines)
            cache[cosines] = -1 if orientation is None else _number_of(orientation, found)
        numbers.append(cache[cosines])
    return numbers


def _number_of(orientation: Orientation, found: list[Orientation]) -> int:
    for number, other in enumerate(found):
        if same_orientation(orientation, other):
            return number
    found.append(orientation)
    return len(found) - 1


def _clustered(values: Sequence[float | None], step: float) -> list[int]:
    """Number the values so that neighbours nearer than the step share a number."""
    known = sorted({value for value in values if value is not None})
    numbers: dict[float | None, int] = {None: -1}
    number = 0
    for index, value in enumerate(known):
        if index and value - known[index - 1] > step:
            number += 1
        numbers[value] = number
    return [numbers[value] for value in values]
