"""Boxes follow from grades and labels: where the labels are, as large, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch", reason="the worker's packages are not installed")

from inference.anatomy import grid
from inference.anatomy.crops import DiscFrame
from inference.contract import GradeOutput, PredictionOutput, StackInput
from inference.pipelines.lumbar_grading.detections import RULES, THRESHOLD, detections
from inference.training.exams import TrainingExam

pytestmark = pytest.mark.worker
LEAN = np.deg2rad(20)
HALF_MM = np.array([20.0, 15.0, 4.0])


def _stack() -> StackInput:
    """Sagittal, 15 slices 4 mm apart, pixels of 0.8 x 0.5 mm."""
    slices = 15
    return StackInput(
        stack_id=7,
        plane="sagittal",
        weighting="T2",
        pixels=np.zeros((slices, 100, 160), dtype=np.float32),
        row_direction_lps=np.array([0.0, 1.0, 0.0]),
        column_direction_lps=np.array([0.0, 0.0, -1.0]),
        positions_lps=np.array([[4.0 * k - 28.0, -40.0, 40.0] for k in range(slices)]),
        row_spacing_mm=0.8,
        column_spacing_mm=0.5,
    )


def _leaning_frame() -> DiscFrame:
    caudal = np.array([0.0, np.sin(LEAN), -np.cos(LEAN)])
    return DiscFrame.between(np.zeros(3), -17 * caudal, 17 * caudal)


def _labels(stack: StackInput, frame: DiscFrame) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """A leaning disc of known size, the canal behind it, and another disc 30 mm below."""
    index = np.indices(stack.pixels.shape).reshape(3, -1).T.astype(np.float64)
    away = grid.to_patient(stack, index) - frame.center_lps
    places = away @ np.stack([frame.left, frame.dorsal, frame.caudal]).T
    labels = np.zeros(len(index), dtype=np.uint8)
    labels[(np.abs(places) <= HALF_MM).all(1)] = 3
    labels[(np.abs(places - [0, 0, 30]) <= HALF_MM).all(1)] = 3
    labels[(np.abs(places[:, 0]) <= 9) & (np.abs(places[:, 1] - 24) <= 6)] = 4
    return labels.reshape(stack.pixels.shape)


def _grade(item: str, *shares: float) -> GradeOutput:
    lowest = 1 if item == "pfirrmann" else 0
    return GradeOutput(item, "L4/L5", {lowest + k: p for k, p in enumerate(shares)})


def test_a_box_leans_with_its_disc_and_is_as_large_as_its_labels() -> None:
    stack, frame = _stack(), _leaning_frame()
    grades = [_grade("pfirrmann", 0.0, 0.1, 0.2, 0.3, 0.4)]
    (box,), notes = detections(grades, {"L4/L5": frame}, _labels(stack, frame), stack)
    assert notes == ()
    assert (box.item, box.at_least, box.disc_level) == ("pfirrmann", 4, "L4/L5")
    assert box.score == pytest.approx(0.7)
    axes = np.array(box.axes_lps)
    assert np.allclose(axes @ axes.T, np.eye(3), atol=1e-9)
    assert abs(axes[2] @ [0, np.sin(LEAN), -np.cos(LEAN)]) == pytest.approx(1)
    # to the edge of the voxels: at most one voxel's extent more than the labelled shape
    step = np.abs(axes @ np.diag([4.0, 0.5, 0.8])).sum(1)
    assert np.all(np.array(box.size_mm) >= 2 * HALF_MM - step)
    assert np.all(np.array(box.size_mm) <= 2 * HALF_MM + step)
    assert np.linalg.norm(box.center_lps) < 2.5


def test_a_stenosis_has_its_box_around_the_canal_behind_the_disc() -> None:
    stack, frame = _stack(), _leaning_frame()
    grades = [_grade("central_canal_stenosis", 0.1, 0.1, 0.5, 0.3)]
    (box,), _ = detections(grades, {"L4/L5": frame}, _labels(stack, frame), stack)
    assert box.score == pytest.approx(0.8)
    place = (np.array(box.center_lps)) @ np.stack([frame.left, frame.dorsal, frame.caudal]).T
    assert place == pytest.approx([0, 24, 0], abs=1.5)
    assert box.size_mm[1] == pytest.approx(12, abs=1.5)
    assert box.size_mm[2] < 2 * HALF_MM[2] + 3


def test_below_the_threshold_there_is_no_box_and_without_labels_a_note() -> None:
    stack, frame = _stack(), _leaning_frame()
    unsure = [_grade("pfirrmann", 0.0, 0.0, 0.51, 0.3, 0.19)]
    assert detections(unsure, {"L4/L5": frame}, _labels(stack, frame), stack) == ((), ())
    sure = [_grade("pfirrmann", 0.0, 0.0, 0.0, 0.0, 1.0)]
    nothing = np.zeros(stack.pixels.shape, dtype=np.uint8)
    found, (note,) = detections(sure, {"L4/L5": frame}, nothing, stack)
    assert found == ()
    assert "pfirrmann at L4/L5" in note


def test_boxes_of_a_phantom_are_those_of_its_grades_and_hold_its_discs(
    phantom: TrainingExam, prediction: PredictionOutput
) -> None:
    expected = {
        (rule.item, grade.disc_level)
        for rule in RULES
        for grade in prediction.grades
        if grade.item == rule.item
        and sum(p for k, p in grade.probabilities.items() if k >= rule.at_least) >= THRESHOLD
    }
    assert {(box.item, box.disc_level) for box in prediction.detections} == expected
    assert expected, "this phantom has something to find"
    for box in prediction.detections:
        assert box.score >= THRESHOLD
        offset = phantom.centers_lps[box.disc_level] - np.array(box.center_lps)
        inside = np.abs(np.array(box.axes_lps) @ offset) <= np.array(box.size_mm) / 2
        assert inside.all() == (box.item == "pfirrmann"), (box, offset)
