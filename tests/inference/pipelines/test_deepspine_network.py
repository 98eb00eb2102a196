"""Right and left are one thing seen twice, and what isn't there has no say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch", reason="the worker's packages are not installed")

import torch

from inference.anatomy.crops import CROP_SIZE, frames_between, normalised_axial
from inference.anatomy.preprocess import normalised
from inference.anatomy.resampling import slice_points_lps
from inference.contract import StackInput
from inference.pipelines.deepspine.blocks import Shape
from inference.pipelines.deepspine.crops import FORAMEN_MM, LevelCrops, as_batch, level_crops
from inference.pipelines.deepspine.network import CELLS, Grader, shape_in
from inference.pipelines.weights_folder import WeightsError
from inference.training.deepspine.recipe import DeepSpineRecipe
from inference.training.exams import TrainingExam

pytestmark = pytest.mark.worker
MIRRORED = {"right": "left", "left": "right", "": ""}


@pytest.fixture(scope="module")
def grader() -> Grader:
    torch.manual_seed(5)
    return Grader(Shape(16, 1, 8, 16)).eval().double()


def crops_at(exam: TrainingExam, level: str, stacks: tuple[StackInput, ...]) -> LevelCrops:
    t2 = next(s for s in stacks if (s.plane, s.weighting) == ("sagittal", "T2"))
    t1 = next(s for s in stacks if (s.plane, s.weighting) == ("sagittal", "T1"))
    frame = frames_between(exam.centers_lps)[level]
    axial = normalised_axial(replace(exam.exam, stacks=stacks))
    return level_crops(frame, normalised(t2), normalised(t1), axial)


def logits(grader: Grader, crops: LevelCrops) -> dict[tuple[str, str], torch.Tensor]:
    with torch.no_grad():
        said = grader(*(one.double() for one in as_batch([crops])))
    return {(task.code, side): one for (task, side), one in zip(CELLS, said, strict=True)}


def test_a_mirrored_patient_gets_mirrored_logits(grader: Grader, phantom: TrainingExam) -> None:
    crops = crops_at(phantom, "L4/L5", phantom.exam.stacks)
    seen, mirrored = logits(grader, crops), logits(grader, crops.mirrored())
    for (code, side), value in seen.items():
        # of the size of what the order of a sum changes in float64
        assert torch.allclose(value, mirrored[code, MIRRORED[side]], rtol=0, atol=1e-12), code
    right, left = (seen["foraminal_stenosis", side] for side in ("right", "left"))
    assert not torch.allclose(right, left, atol=1e-4)


def test_foramina_are_cut_where_they_lie_in_the_patient(phantom: TrainingExam) -> None:
    """A stack whose pixels say how far left they lie: less on the right, and further out more."""
    t2 = phantom.exam.first("sagittal", "T2")
    assert t2 is not None
    slices = range(len(t2.pixels))
    x = np.stack([slice_points_lps(t2, k)[..., 0] for k in slices]) + 200
    frame = frames_between(phantom.centers_lps)["L3/L4"]
    found = level_crops(frame, replace(t2, pixels=x.astype(np.float32)), None, ())
    middle = frame.center_lps[0] + 200
    seen = found.foramina[:, :, 0].mean((2, 3))
    for place, sign in ((0, -1), (1, 1)):
        expected = np.array([middle + sign * mm * frame.left[0] for mm in FORAMEN_MM])
        # crops of one side are scaled together
        assert seen[place] / seen[place].mean() == pytest.approx(
            expected / expected.mean(), rel=2e-3
        )
    assert found.has.tolist() == [0, 0, 0, 0, 1, 1]
    assert found.foramina.shape == (2, 3, 2, CROP_SIZE, CROP_SIZE)


def test_what_is_not_there_has_no_say(grader: Grader, phantom: TrainingExam) -> None:
    crops = crops_at(phantom, "L4/L5", phantom.exam.stacks)
    without = replace(crops, has=crops.has * np.array([1, 0, 0, 0, 1, 0], dtype=np.float32))
    noisy = replace(
        without,
        axial=crops.axial + 1,
        foramina=crops.foramina + np.array([0, 1], np.float32)[:, None, None, None, None],
    )
    for key, value in logits(grader, without).items():
        assert torch.allclose(value, logits(grader, noisy)[key], rtol=0, atol=1e-12), key


def test_weights_of_something_else_are_refused_in_words() -> None:
    with pytest.raises(WeightsError, match="doesn't tell the grader's width"):
        shape_in({"exams": 3})


@pytest.mark.parametrize("preset", ["demo", "paper", "quick"])
def test_every_preset_builds_a_network_that_grades_a_disc(
    preset: str, phantom: TrainingExam
) -> None:
    networks = DeepSpineRecipe().build(DeepSpineRecipe.presets[preset]).eval()
    crops = crops_at(phantom, "L5/S1", phantom.exam.stacks)
    with torch.inference_mode():
        found = networks.probabilities(*as_batch([crops]))
    for (task, _), chances in zip(CELLS, found, strict=True):
        assert chances.shape == (1, len(task.scores))
        assert float(chances.sum()) == pytest.approx(1, abs=1e-5)
