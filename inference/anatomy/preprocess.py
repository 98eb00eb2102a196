"""Stacks -> what the segmenter sees: turned, 1.4 mm in plane, T2 and T1 on one grid."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from inference.anatomy import grid
from inference.anatomy.resampling import on_grid_of
from inference.contract import ExamInput, PipelineInputError, StackInput

WORKING_SPACING_MM: Final = 1.4
PLANE_T2, PLANE_T1 = 0, 1


@dataclass(frozen=True)
class SagittalPair:
    """The sagittal stacks of an exam; `main` carries the grid of the segmentation."""

    main: StackInput
    t2: StackInput | None
    t1: StackInput | None

    @property
    def is_gradable(self) -> bool:
        """Grades were learnt with a T2 stack and are withheld without one."""
        return self.t2 is not None

    @cached_property
    def scaled(self) -> SagittalPair:
        """The same stacks, `normalised`, each once."""
        stacks = (self.main, self.t2, self.t1)
        done = {id(stack): normalised(stack) for stack in stacks if stack is not None}
        t2, t1 = (None if stack is None else done[id(stack)] for stack in (self.t2, self.t1))
        return SagittalPair(done[id(self.main)], t2, t1)


def sagittal_pair(exam: ExamInput) -> SagittalPair:
    """Choose the sagittal stacks; PipelineInputError where there is none to use.

    Among several of one weighting the one with the most slices is taken.
    """
    sagittal = [s for s in exam.stacks if s.plane == "sagittal" and min(s.pixels.shape[1:]) > 1]
    if not sagittal:
        seen = sorted({f"{s.plane} {s.weighting}" for s in exam.stacks}) or ["nothing"]
        raise PipelineInputError(
            "This exam has no sagittal stack that can be used; lumbar grading needs a sagittal "
            f"T2 series (it found: {', '.join(seen)}). Add that series and run it again."
        )
    by_weighting: dict[str, StackInput] = {}
    for stack in sorted(sagittal, key=lambda s: len(s.pixels)):
        by_weighting[stack.weighting] = stack
    t2, t1 = by_weighting.get("T2"), by_weighting.get("T1")
    main = t2 or t1 or max(sagittal, key=lambda s: len(s.pixels))
    return SagittalPair(main=main, t2=t2, t1=t1)


def normalised(stack: StackInput) -> StackInput:
    """Pixels scaled so that the 1st percentile is 0 and the 99.5th is 1, cut at 1.5."""
    low, high = (float(value) for value in np.percentile(stack.pixels, (1.0, 99.5)))
    pixels = (stack.pixels - np.float32(low)) * np.float32(1 / max(high - low, 1e-6))
    return replace(stack, pixels=np.clip(pixels, 0.0, 1.5, out=pixels))


def resized(stack: StackInput, spacing_mm: float = WORKING_SPACING_MM) -> StackInput:
    """The stack at about that spacing in plane (antialiased), slices untouched."""
    rows, columns = stack.pixels.shape[1:]
    new_rows = max(round(rows * stack.row_spacing_mm / spacing_mm), 1)
    new_columns = max(round(columns * stack.column_spacing_mm / spacing_mm), 1)
    pixels = functional.interpolate(
        torch.from_numpy(stack.pixels)[:, None],
        size=(new_rows, new_columns),
        mode="bilinear",
        antialias=True,
    )[:, 0].numpy()
    row_spacing = rows * stack.row_spacing_mm / new_rows
    column_spacing = columns * stack.column_spacing_mm / new_columns
    shift = (
        stack.column_direction_lps * (row_spacing - stack.row_spacing_mm) / 2
        + stack.row_direction_lps * (column_spacing - stack.column_spacing_mm) / 2
    )
    return replace(
        stack,
        pixels=pixels,
        positions_lps=stack.positions_lps + shift,
        row_spacing_mm=row_spacing,
        column_spacing_mm=column_spacing,
    )


def working_stack(scaled: StackInput) -> StackInput:
    """A normalised stack turned and resized."""
    return resized(grid.turned(scaled))


def segmenter_input(pair: SagittalPair) -> tuple[StackInput, NDArray[np.float32]]:
    """The working grid and its two planes (slices, 2, rows, columns): T2, then T1.

    A contrast that is missing is a plane of zeros; a stack of unknown weighting goes
    where T2 goes.
    """
    pair = pair.scaled
    main = working_stack(pair.main)
    planes = np.zeros((len(main.pixels), 2, *main.pixels.shape[1:]), dtype=np.float32)
    if pair.t1 is pair.main:
        planes[:, PLANE_T1] = main.pixels
        return main, planes
    planes[:, PLANE_T2] = main.pixels
    if pair.t1 is not None:
        planes[:, PLANE_T1] = on_grid_of(main, working_stack(pair.t1))
    return main, planes
