"""The part that every pipeline of the lumbar spine begins with: structures, levels, outlines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import nn

from inference.anatomy import segmentation
from inference.anatomy.levels import find_levels
from inference.anatomy.outlines import outlines
from inference.anatomy.preprocess import SagittalPair, sagittal_pair, segmenter_input
from inference.contract import (
    ExamInput,
    LevelLocation,
    Outline,
    SegmentationOutput,
    StackInput,
    StageClock,
)


@dataclass(frozen=True)
class Spine:
    """What was found before anything is graded.

    stacks: the sagittal stacks, the main one first, each with its labels (slices, rows, columns).
    """

    pair: SagittalPair
    levels: tuple[LevelLocation, ...]
    stacks: tuple[tuple[StackInput, NDArray[np.uint8]], ...]
    outlines: tuple[Outline, ...]
    notes: tuple[str, ...]

    @property
    def segmentations(self) -> tuple[SegmentationOutput, ...]:
        """The labels, as a pipeline gives them."""
        return tuple(SegmentationOutput(stack.stack_id, found) for stack, found in self.stacks)


def find_spine(segmenter: nn.Module, exam: ExamInput, clock: StageClock) -> Spine:
    """Segment and name the levels; PipelineInputError where the exam has no sagittal stack."""
    clock("preprocess", 0.0, "choosing the sagittal series")
    pair = sagittal_pair(exam)
    working, planes = segmenter_input(pair)
    clock("segment", 0.1, f"segmenting {len(planes)} sagittal slices")
    probabilities = segmentation.class_probabilities(segmenter, planes)
    clock("levels", 0.45, "finding the levels")
    labels = segmentation.working_labels(probabilities, working)
    levels, notes = find_levels(labels, probabilities.numpy(), working)
    clock("outlines", 0.55, "writing labels and outlines on the series' own grids")
    native = segmentation.native_labels(probabilities, working, pair.main)
    stacks = [(pair.main, native)]
    if pair.t1 is not None and pair.t1 is not pair.main:
        stacks.append((pair.t1, segmentation.transferred(native, pair.main, pair.t1)))
    lines = tuple(line for stack, found in stacks for line in outlines(found, stack))
    return Spine(pair, levels, tuple(stacks), lines, notes)
