"""The part that every pipeline of the lumbar spine begins with: structures, levels, outlines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from inference.anatomy import instances, segmentation
from inference.anatomy.levels import SpineTrace, trace_spine
from inference.anatomy.measures import disc_measures
from inference.anatomy.outlines import outlines
from inference.anatomy.preprocess import SagittalPair, sagittal_pair, segmenter_input
from inference.anatomy.quality import Seen, quality_flags
from inference.anatomy.transition import junction_signs, transitional_flags
from inference.contract import (
    ExamInput,
    FlagOutput,
    LevelLocation,
    MeasureOutput,
    Outline,
    SegmentationOutput,
    StackInput,
    StageClock,
)


@dataclass(frozen=True)
class Spine:
    """What was found before anything is graded.

    working: the grid of the segmentation. probabilities (slices, classes, rows, columns) and labels
    (slices, rows, columns) lie on it. stacks: the sagittal stacks, the main one first, each with
    its labels on its own grid (slices, rows, columns). instances: of these stacks, numbers of
    contract.INSTANCES on the same grids.
    """

    pair: SagittalPair
    working: StackInput
    probabilities: NDArray[np.float32]
    labels: NDArray[np.uint8]
    trace: SpineTrace
    stacks: tuple[tuple[StackInput, NDArray[np.uint8]], ...]
    outlines: tuple[Outline, ...]
    instances: tuple[NDArray[np.uint8], ...]

    @property
    def levels(self) -> tuple[LevelLocation, ...]:
        """The named levels."""
        return self.trace.levels

    @property
    def notes(self) -> tuple[str, ...]:
        """What went wrong on the way, in words."""
        return self.trace.notes

    @property
    def segmentations(self) -> tuple[SegmentationOutput, ...]:
        """The labels, as a pipeline gives them."""
        return tuple(
            SegmentationOutput(stack.stack_id, found, numbers)
            for (stack, found), numbers in zip(self.stacks, self.instances, strict=True)
        )


def find_spine(segmenter: nn.Module, exam: ExamInput, clock: StageClock) -> Spine:
    """Segment and name the levels; PipelineInputError where the exam has no sagittal stack."""
    clock("preprocess", 0.0, "choosing the sagittal series")
    pair = sagittal_pair(exam)
    working, planes = segmenter_input(pair)
    clock("segment", 0.1, f"segmenting {len(planes)} sagittal slices")
    probabilities = segmentation.class_probabilities(segmenter, planes)
    clock("levels", 0.45, "finding the levels")
    labels = segmentation.working_labels(probabilities, working)
    trace = trace_spine(labels, probabilities.numpy(), working)
    clock("outlines", 0.55, "writing labels and outlines on the series' own grids")
    native = segmentation.native_labels(probabilities, working, pair.main)
    found = instances.find_instances(labels, trace, working)
    numbers = [instances.on_native_grid(found, native, pair.main)]
    stacks = [(pair.main, native)]
    if pair.t1 is not None and pair.t1 is not pair.main:
        both = instances.parts(native, numbers[0])
        moved = segmentation.transferred(both, pair.main, pair.t1)
        stacks.append((pair.t1, instances.labels_of(moved)))
        numbers.append(instances.instances_of(moved))
    lines = tuple(line for stack, found in stacks for line in outlines(found, stack))
    return Spine(
        pair,
        working,
        probabilities.numpy(),
        labels,
        trace,
        tuple(stacks),
        lines,
        tuple(numbers),
    )


def measures_of(spine: Spine) -> tuple[MeasureOutput, ...]:
    """Every measure at every named disc."""
    return disc_measures(spine.probabilities, spine.working, spine.levels, spine.pair.t2)


def flags_of(
    spine: Spine, metadata: Mapping[str, Any], measures: Sequence[MeasureOutput]
) -> tuple[FlagOutput, ...]:
    """What makes a pipeline's word on this exam less sure. metadata: the pipeline's own."""
    seen = Seen(spine.pair, spine.working, spine.labels, spine.trace)
    signs = junction_signs(spine.probabilities, spine.working, spine.levels, measures)
    return (*quality_flags(seen, metadata), *transitional_flags(signs))
