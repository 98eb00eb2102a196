"""What grades rest on, as pipelines give it: the same each time, in its place, no grade changed."""

from __future__ import annotations

from typing import Final

import numpy as np
import pytest

pytest.importorskip("torch", reason="the worker's packages are not installed")

from numpy.typing import NDArray
from scipy import ndimage

from inference.anatomy import grid
from inference.anatomy.evidence import Picture, evidence_of
from inference.anatomy.preprocess import sagittal_pair
from inference.contract import EvidenceOutput, GradeOutput, PredictionOutput
from inference.pipelines.deepspine.pipeline import DeepSpine
from inference.pipelines.lumbar_grading.evidence import activation_maps
from inference.pipelines.lumbar_grading.pipeline import LumbarGrading
from inference.pipelines.lumbar_grading.seen import see
from inference.training.exams import TrainingExam

pytestmark = pytest.mark.worker
DISC, CANAL = 3, 4
STRUCTURE: Final = {"pfirrmann": DISC, "central_canal_stenosis": CANAL}
NEAR_MM: Final = 12.0
"""Half the height about a disc's centre in which its disc and its canal are looked for."""


def points(one: EvidenceOutput) -> NDArray[np.float64]:
    """Patient places of the pixels (rows, columns, 3), LPS mm."""
    rows, columns = one.pixels.shape
    down = (np.arange(rows) - (rows - 1) / 2) * one.pixel_mm
    across = (np.arange(columns) - (columns - 1) / 2) * one.pixel_mm
    return np.asarray(
        np.array(one.center_lps)
        + down[:, None, None] * np.array(one.column_direction_lps)
        + across[None, :, None] * np.array(one.row_direction_lps)
    )


def test_every_grade_has_a_sagittal_and_an_axial_picture(prediction: PredictionOutput) -> None:
    assert len(prediction.grades) == 15
    for grade in prediction.grades:
        found = [
            one
            for one in prediction.evidence
            if (one.item, one.disc_level) == (grade.item, grade.disc_level)
        ]
        assert [one.plane for one in found] == ["sagittal", "axial"]
        assert max(int(one.heat.max()) for one in found) == 255
        assert all(one.pixels.shape == (64, 64) and one.heat.shape == (16, 16) for one in found)


def test_pictures_lie_where_they_say(prediction: PredictionOutput, phantom: TrainingExam) -> None:
    """The stack that is named has the picture's grey values at the picture's places."""
    stacks = {stack.stack_id: stack for stack in phantom.exam.stacks}
    for one in prediction.evidence:
        stack = stacks[one.stack_id]
        there = grid.sample(stack, points(one))
        alike = np.corrcoef(there.ravel(), one.pixels.ravel())[0, 1]
        assert alike > 0.97, (one.item, one.disc_level, one.plane, alike)
        at = grid.to_index(stack, np.array(one.center_lps))[0]
        assert abs(at - one.slice_index) <= 0.51


def lifts(prediction: PredictionOutput, phantom: TrainingExam, item: str) -> list[float]:
    """Share of the heat within the structure of the item over its share of the picture."""
    labels = {one.stack_id: one.labels for one in prediction.segmentations}
    stacks = {stack.stack_id: stack for stack in phantom.exam.stacks}
    found = []
    for one in prediction.evidence:
        if one.item != item or one.plane != "sagittal" or not one.heat.any():
            continue
        known = grid.sample(stacks[one.stack_id], points(one), labels[one.stack_id], order=0)
        down = np.abs(np.arange(64) - 31.5)[:, None]
        inside = (known == STRUCTURE[item]) & (down <= NEAR_MM)
        heat = ndimage.zoom(one.heat.astype(float), 4, order=1, grid_mode=True, mode="nearest")
        found.append(float((heat * inside).sum() / heat.sum() / inside.mean()))
    return found


def test_heat_of_canal_stenosis_lies_in_the_canal_of_its_level(
    prediction: PredictionOutput, phantom: TrainingExam
) -> None:
    found = lifts(prediction, phantom, "central_canal_stenosis")
    assert len(found) == 5
    assert np.median(found) > 2, f"as dense as anywhere: 1; found {found}"


def test_items_of_one_disc_rest_on_different_places(prediction: PredictionOutput) -> None:
    by_cell = {
        (one.item, one.disc_level): one.heat.astype(float)
        for one in prediction.evidence
        if one.plane == "sagittal"
    }
    for (item, level), heat in by_cell.items():
        if item != "pfirrmann":
            other = by_cell["pfirrmann", level]
            assert np.abs(heat - other).sum() > 0.2 * (heat.sum() + other.sum())


def test_the_map_goes_with_the_grade_that_is_asked_for(
    pipeline: LumbarGrading, phantom: TrainingExam, prediction: PredictionOutput
) -> None:
    """What speaks for the lowest grade speaks against the others: nowhere both."""
    seen = see(phantom.exam, sagittal_pair(phantom.exam), prediction.levels)
    crops = [*seen.crops.values()]
    scores = {item: [0] * len(crops) for item in ("central_canal_stenosis", "modic")}
    low, high = (
        activation_maps(pipeline.networks.grader, crops, {**scores, "pfirrmann": [g] * len(crops)})
        for g in (1, 4)
    )
    for plane in (0, 1):
        down, up = low["pfirrmann"][plane], high["pfirrmann"][plane]
        assert down.any()
        assert up.any()
        assert not ((down > 0) & (up > 0)).any()
        assert np.array_equal(low["modic"][plane], high["modic"][plane])


@pytest.fixture(scope="module")
def of_sides(pipeline: LumbarGrading, phantom: TrainingExam) -> PredictionOutput:
    """By deepspine; on one thread, as `pipeline` has set it."""
    return DeepSpine().run(phantom.exam, lambda *_: None)


@pytest.mark.parametrize("made", [LumbarGrading, DeepSpine])
def test_the_same_exam_gives_the_same_bytes(
    made: type[LumbarGrading | DeepSpine],
    phantom: TrainingExam,
    prediction: PredictionOutput,
    of_sides: PredictionOutput,
) -> None:
    first = prediction if made is LumbarGrading else of_sides
    second = made().run(phantom.exam, lambda *_: None)
    assert first.grades == second.grades
    assert len(first.evidence) == len(second.evidence) > 0
    for one, other in zip(first.evidence, second.evidence, strict=True):
        assert one.pixels.tobytes() == other.pixels.tobytes()
        assert one.heat.tobytes() == other.heat.tobytes()
    assert sum(one.heat.any() for one in first.evidence) > len(first.grades)


def test_grades_are_those_of_the_networks_alone(
    pipeline: LumbarGrading, phantom: TrainingExam, prediction: PredictionOutput
) -> None:
    import torch

    from inference.pipelines.lumbar_grading.seen import as_batch

    seen = see(phantom.exam, sagittal_pair(phantom.exam), prediction.levels)
    with torch.inference_mode():
        alone = pipeline.networks.probabilities(*as_batch([*seen.crops.values()]))
    for k, level in enumerate(seen.crops):
        for grade in (g for g in prediction.grades if g.disc_level == level):
            assert [*grade.probabilities.values()] == alone[grade.item][k].double().tolist()


def test_a_side_of_deepspine_rests_on_its_own_foramen(of_sides: PredictionOutput) -> None:
    sides = {
        one.side: one.center_lps[0]
        for one in of_sides.evidence
        if (one.item, one.plane, one.disc_level) == ("foraminal_stenosis", "sagittal", "L4/L5")
    }
    assert sides["left"] - sides["right"] > 20, "left is positive; both are 12 to 20 mm out"


def test_no_heat_stays_none_instead_of_being_divided_by_nothing() -> None:
    grade = GradeOutput("modic", "L4/L5", {0: 1.0})
    place = (7, 3, np.zeros(3), np.array([0, 1.0, 0]), np.array([0, 0, -1.0]), 1.0)
    picture = Picture("sagittal", *place, np.ones((8, 8), np.float32))
    (found,) = evidence_of(grade, [(picture, np.zeros((4, 4), np.float32))])
    assert not found.heat.any()
    assert found.pixels.min() == 255
