"""What makes the AI's word on an exam less sure, known before any grade: codes and plain words.

A flag changes no level and no grade. The limits were set on phantoms and looked at on the real
series at hand; the model card tells how often each flag stands where it should, and where not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from inference.anatomy import grid, image_signs
from inference.anatomy.levels import BODY_NAMES, SpineTrace
from inference.anatomy.preprocess import SagittalPair
from inference.anatomy.segmentation import BODY, CANAL
from inference.contract import FlagOutput, StackInput

MIN_SNR: Final = 9.0
MAX_AIR_TO_NOISE: Final = 1.28
MAX_VOID_MM2: Final = 250.0
_ONE_BODY_MM2: Final = 600.0
BRIGHT_FLUID, DARK_FLUID = 1.3, 0.85
"""Fluid over marrow: above the first an image is no T1, below the second it is no T2."""
_WEIGHTINGS: Final = {"T1": "T1", "T2": "T2", "STIR": "T2"}


@dataclass(frozen=True)
class Seen:
    """What flags are read from. labels (slices, rows, columns) lie on the grid of `working`."""

    pair: SagittalPair
    working: StackInput
    labels: NDArray[np.uint8]
    trace: SpineTrace


def quality_flags(seen: Seen, metadata: Mapping[str, Any]) -> tuple[FlagOutput, ...]:
    """Every flag of an exam. metadata: the pipeline's own, which says what it has learnt."""
    return (
        *_spine_flags(seen.trace),
        *_spacing_flags(seen.pair, metadata.get("learnt_up_to_mm", {})),
        *_image_flags(seen),
    )


def _spine_flags(trace: SpineTrace) -> Iterator[FlagOutput]:
    bodies = sum(one.kind == "body" and one.level in BODY_NAMES for one in trace.levels)
    if not trace.levels:
        yield FlagOutput("levels_not_named", f"{trace.notes[0]} Name the levels yourself.")
    elif bodies < len(BODY_NAMES):
        yield FlagOutput(
            "few_bodies",
            f"Only {bodies} lumbar bodies were found above the sacrum; check the levels.",
        )
    if trace.inferred:
        yield FlagOutput(
            "bodies_inferred",
            f"{_count(trace.inferred, 'vertebral body was', 'vertebral bodies were')} not seen and "
            "placed by the neighbours; check the levels.",
        )
    if trace.dropped:
        yield FlagOutput(
            "off_curve",
            f"{_count(trace.dropped, 'body', 'bodies')} lay off the curve of the spine and "
            "counted for nothing; the levels may be off.",
        )


def _count(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"


def _spacing_flags(pair: SagittalPair, limits: Mapping[str, float]) -> Iterator[FlagOutput]:
    stack = pair.main
    gaps = np.diff(grid.slice_distances_mm(stack))
    found = {
        "pixel": ("pixels", max(stack.row_spacing_mm, stack.column_spacing_mm)),
        "slice_distance": ("slices", float(np.median(gaps)) if len(gaps) else np.inf),
    }
    for key, (words, size_mm) in found.items():
        if size_mm > limits.get(key, np.inf):
            apart = (
                "is one slice alone" if np.isinf(size_mm) else f"has {words} {size_mm:.1f} mm apart"
            )
            yield FlagOutput(
                f"coarse_{words}",
                f"The sagittal series {apart}; the model knows up to {limits[key]:g} mm.",
            )


def _image_flags(seen: Seen) -> Iterator[FlagOutput]:
    pair = seen.pair
    body, canal = (
        image_signs.core_points(seen.labels, value, seen.working) for value in (BODY, CANAL)
    )
    pixel_mm2 = seen.working.row_spacing_mm * seen.working.column_spacing_mm
    if (seen.labels == BODY).sum((1, 2)).max() * pixel_mm2 < _ONE_BODY_MM2:
        yield FlagOutput(
            "no_spine",
            "Not one whole vertebral body is seen on a sagittal image: body part or plane may be "
            "another than the file says.",
        )
        return
    for stack in (pair.t2, pair.t1):
        if stack is not None:
            yield from _contrast_flags(stack, image_signs.fluid_to_marrow(stack, canal, body))
    noise = image_signs.noise_at(pair.main, body)
    air = image_signs.air_signal(pair.main)
    is_restless = bool(noise and air and air / noise > MAX_AIR_TO_NOISE)
    if noise:
        snr = float(np.median(grid.sample(pair.main, body))) / noise
        if snr < MIN_SNR:
            yield FlagOutput(
                "low_signal", f"The images are noisy: signal to noise {snr:.0f} in the bodies."
            )
    if is_restless:
        yield FlagOutput("motion", "Ghosts lie over the images: the patient may have moved.")
    void = image_signs.largest_void_mm2(seen.trace.levels, seen.labels, seen.working)
    if void > MAX_VOID_MM2 and not is_restless:
        yield FlagOutput(
            "signal_void", "Signal is missing behind the bodies, as beside metal; see the images."
        )


def _contrast_flags(stack: StackInput, ratio: float | None) -> Iterator[FlagOutput]:
    """Fluid is brighter than marrow on T2 and STIR, darker on T1."""
    said = _WEIGHTINGS.get(stack.weighting)
    if ratio is None or said is None:
        return
    if (said == "T2" and ratio < DARK_FLUID) or (said == "T1" and ratio > BRIGHT_FLUID):
        looks = "dark" if said == "T2" else "bright"
        yield FlagOutput(
            "other_contrast",
            f"The sagittal {stack.weighting} series may be none: fluid in the canal is {looks}.",
        )
