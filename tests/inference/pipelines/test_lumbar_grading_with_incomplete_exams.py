"""Exams that lack something: predicted as far as it goes, or refused with a reason."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch", reason="the worker's packages are not installed")

from inference.contract import ExamInput, PipelineInputError, PredictionOutput
from inference.pipelines.lumbar_grading.pipeline import LumbarGrading
from inference.training.exams import TrainingExam

pytestmark = pytest.mark.worker


def _run(pipeline: LumbarGrading, exam: ExamInput) -> PredictionOutput:
    return pipeline.run(exam, lambda _done, _step: None)


def _without(exam: ExamInput, plane: str, weighting: str) -> ExamInput:
    kept = [s for s in exam.stacks if (s.plane, s.weighting) != (plane, weighting)]
    return ExamInput(tuple(kept))


def test_an_exam_without_t1_is_graded_and_says_so(
    pipeline: LumbarGrading, phantom: TrainingExam
) -> None:
    output = _run(pipeline, _without(phantom.exam, "sagittal", "T1"))
    assert len(output.grades) == 15
    assert len(output.segmentations) == 1
    assert any("T1" in note for note in output.notes)


def test_an_exam_without_axial_slices_is_graded(
    pipeline: LumbarGrading, phantom: TrainingExam
) -> None:
    output = _run(pipeline, _without(phantom.exam, "axial", "T2"))
    assert len(output.grades) == 15


def test_an_exam_with_t1_alone_has_structures_but_no_grades(
    pipeline: LumbarGrading, phantom: TrainingExam
) -> None:
    output = _run(pipeline, _without(phantom.exam, "sagittal", "T2"))
    assert output.grades == ()
    assert len(output.segmentations) == 1
    assert any("grades are withheld" in note for note in output.notes)


def test_an_exam_without_sagittal_slices_is_refused_with_a_reason(
    pipeline: LumbarGrading, phantom: TrainingExam
) -> None:
    axial = ExamInput(tuple(s for s in phantom.exam.stacks if s.plane == "axial"))
    with pytest.raises(PipelineInputError, match=r"sagittal T2 series.*axial T2"):
        _run(pipeline, axial)
    with pytest.raises(PipelineInputError, match="nothing"):
        _run(pipeline, ExamInput(()))


def test_without_a_sacrum_in_view_no_level_is_named(
    pipeline: LumbarGrading, phantom: TrainingExam
) -> None:
    stack = phantom.exam.first("sagittal", "T2")
    assert stack is not None
    top = replace(stack, pixels=stack.pixels[:, : stack.pixels.shape[1] // 2])
    output = _run(pipeline, ExamInput((top,)))
    assert output.levels == ()
    assert output.grades == ()
    assert any("sacrum" in note for note in output.notes)


def test_an_empty_image_gives_nothing_and_a_note(
    pipeline: LumbarGrading, phantom: TrainingExam
) -> None:
    stack = phantom.exam.first("sagittal", "T2")
    assert stack is not None
    blank = replace(stack, pixels=np.zeros_like(stack.pixels))
    output = _run(pipeline, ExamInput((blank,)))
    assert output.levels == ()
    assert output.notes


def test_slices_stored_in_another_direction_give_the_same_levels(
    pipeline: LumbarGrading, phantom: TrainingExam, prediction: PredictionOutput
) -> None:
    """Rows upward, columns forward, transposed: the patient is the same."""
    turned = []
    for stack in phantom.exam.stacks:
        if stack.plane != "sagittal":
            turned.append(stack)
            continue
        rows, columns = stack.pixels.shape[1:]
        corner = (
            stack.positions_lps
            + stack.column_direction_lps * stack.row_spacing_mm * (rows - 1)
            + stack.row_direction_lps * stack.column_spacing_mm * (columns - 1)
        )
        turned.append(
            replace(
                stack,
                pixels=np.ascontiguousarray(stack.pixels[:, ::-1, ::-1].swapaxes(1, 2)),
                row_direction_lps=-stack.column_direction_lps,
                column_direction_lps=-stack.row_direction_lps,
                positions_lps=corner,
                row_spacing_mm=stack.column_spacing_mm,
                column_spacing_mm=stack.row_spacing_mm,
            )
        )
    output = _run(pipeline, ExamInput(tuple(turned)))
    expected = {f.level: f.center_lps for f in prediction.levels}
    assert {f.level for f in output.levels} == set(expected)
    for found in output.levels:
        assert np.allclose(found.center_lps, expected[found.level], atol=0.6)


def test_a_slab_so_steep_that_it_counts_as_oblique_is_used_like_an_axial_one(
    pipeline: LumbarGrading, phantom: TrainingExam, prediction: PredictionOutput
) -> None:
    renamed = tuple(
        replace(stack, plane="oblique") if stack.plane == "axial" else stack
        for stack in phantom.exam.stacks
    )
    found = pipeline.run(ExamInput(renamed), lambda done, step: None)
    assert [g.probabilities for g in found.grades] == [g.probabilities for g in prediction.grades]
