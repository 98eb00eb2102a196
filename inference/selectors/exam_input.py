"""Rows and files -> what a pipeline takes."""

from __future__ import annotations

from typing import cast

from inference.contract import ExamInput, Plane, StackInput
from spinestudy.imaging.models import ImagingStudy, Stack
from spinestudy.imaging.selectors.pixels import load_stack


def exam_input(imaging_study: ImagingStudy) -> ExamInput:
    """Load every stack of the exam that is fit for reading and has a geometry."""
    stacks = Stack.objects.filter(
        series__imaging_study=imaging_study, is_reference_for_reading=True
    ).exclude(plane=Stack.Plane.UNKNOWN)
    stacks = stacks.select_related("series")
    usable = [stack for stack in stacks if stack.row_spacing_mm]
    uids = {stack.pk: stack.series.series_instance_uid for stack in usable}
    loaded = [load_stack(stack) for stack in usable]
    return ExamInput(
        stacks=tuple(
            StackInput(
                stack_id=one.stack_id,
                plane=cast("Plane", one.plane),
                weighting=one.weighting,
                pixels=one.pixels,
                row_direction_lps=one.row_direction_lps,
                column_direction_lps=one.column_direction_lps,
                positions_lps=one.positions_lps,
                row_spacing_mm=one.row_spacing_mm,
                column_spacing_mm=one.column_spacing_mm,
                series_instance_uid=uids[one.stack_id],
            )
            for one in loaded
        )
    )
