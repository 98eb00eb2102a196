"""The whole pipeline on a phantom whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch", reason="the worker's packages are not installed")

from inference.anatomy import grid
from inference.contract import STRUCTURES, PredictionOutput
from inference.training.exams import TrainingExam
from inference.training.measures import dice

pytestmark = pytest.mark.worker
DISCS = ("L1/L2", "L2/L3", "L3/L4", "L4/L5", "L5/S1")


def test_all_five_discs_lie_within_five_millimetres_of_the_truth(
    phantom: TrainingExam, prediction: PredictionOutput
) -> None:
    found = {f.level: f for f in prediction.levels if f.kind == "disc"}
    assert set(found) == set(DISCS)
    for level in DISCS:
        error = np.linalg.norm(np.array(found[level].center_lps) - phantom.centers_lps[level])
        assert error < 5, f"{level} is {error:.1f} mm off"
        assert 0.5 < found[level].confidence <= 1


def test_all_six_bodies_are_named(phantom: TrainingExam, prediction: PredictionOutput) -> None:
    found = {f.level: f for f in prediction.levels if f.kind == "body"}
    assert set(found) == {"L1", "L2", "L3", "L4", "L5", "S1"}
    for level, body in found.items():
        assert np.linalg.norm(np.array(body.center_lps) - phantom.centers_lps[level]) < 6


def test_every_item_is_graded_at_every_disc_with_probabilities_that_sum_to_one(
    prediction: PredictionOutput,
) -> None:
    items = {"central_canal_stenosis": 4, "pfirrmann": 5, "modic": 4}
    assert {(g.item, g.disc_level) for g in prediction.grades} == {
        (item, level) for item in items for level in DISCS
    }
    for grade in prediction.grades:
        assert len(grade.probabilities) == items[grade.item]
        assert sum(grade.probabilities.values()) == pytest.approx(1, abs=1e-5)
        assert min(grade.probabilities.values()) >= 0


def test_grades_are_at_most_one_off_in_most_discs(
    phantom: TrainingExam, prediction: PredictionOutput
) -> None:
    near = [
        abs(g.score - phantom.grades[g.item][g.disc_level]) <= 1
        for g in prediction.grades
        if g.item != "modic"
    ]
    assert np.mean(near) >= 0.8


def test_segmentations_lie_on_the_grid_of_their_stacks(
    phantom: TrainingExam, prediction: PredictionOutput
) -> None:
    stacks = {s.stack_id: s for s in phantom.exam.stacks}
    sagittal = {s.stack_id for s in phantom.exam.stacks if s.plane == "sagittal"}
    assert {s.stack_id for s in prediction.segmentations} == sagittal
    for found in prediction.segmentations:
        assert found.labels.dtype == np.uint8
        assert found.labels.shape == stacks[found.stack_id].pixels.shape
        for value, least in ((1, 0.85), (2, 0.7), (3, 0.7), (4, 0.8)):
            overlap = dice(found.labels, phantom.labels[found.stack_id], value)
            assert overlap is not None
            assert overlap > least, f"{STRUCTURES[value]}: Dice {overlap:.2f}"


def test_outlines_lie_in_their_slice_and_around_their_structure(
    phantom: TrainingExam, prediction: PredictionOutput
) -> None:
    stacks = {s.stack_id: s for s in phantom.exam.stacks}
    labels = {s.stack_id: s.labels for s in prediction.segmentations}
    values = {name: value for value, name in STRUCTURES.items()}
    assert len(prediction.outlines) > 50
    for line in prediction.outlines:
        index = grid.to_index(stacks[line.stack_id], line.points_lps)
        assert np.allclose(index[:, 0], line.slice_index, atol=1e-3)
        rows, columns = np.round(index[:, 1:]).astype(int).T
        image = labels[line.stack_id][line.slice_index]
        low = (max(rows.min(), 0), max(columns.min(), 0))
        inside = image[low[0] : rows.max() + 1, low[1] : columns.max() + 1]
        assert (inside == values[line.structure]).any()
        assert len(line.points_lps) >= 3


def test_progress_only_grows_and_ends_at_one(
    prediction: PredictionOutput, steps_seen: list[tuple[float, str]]
) -> None:
    done = [d for d, _ in steps_seen]
    assert prediction.levels
    assert done == sorted(done)
    assert done[-1] == 1
    assert all(step for _, step in steps_seen)
