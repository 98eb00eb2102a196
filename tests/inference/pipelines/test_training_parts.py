"""Pieces of the training that a wrong turn would spoil without a sound."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch", reason="the worker's packages are not installed")

import torch

from inference.pipelines.lumbar_grading.network import ITEMS, Grader
from inference.training.exams import LeakageError, TrainingExam, require_disjoint
from inference.training.lumbar_grading.losses import GradingLoss
from inference.training.lumbar_grading.recipe import LumbarGradingRecipe
from inference.training.lumbar_grading.samples import UNKNOWN, exam_samples
from inference.training.measures import dice, expected_calibration_error, quadratic_kappa
from inference.training.segmentation import SegmentationBatches, growing_batches

pytestmark = pytest.mark.worker


def test_a_patient_in_two_parts_of_the_split_is_refused() -> None:
    with pytest.raises(LeakageError, match="p1 is in both train and test"):
        require_disjoint({"train": ["p1", "p2"], "validation": ["p3"], "test": ["p1"]})


def test_batches_follow_from_their_seed_and_step_alone(phantom: TrainingExam) -> None:
    exams = [exam_samples(phantom)]
    first, other, later = (
        SegmentationBatches(exams, 2, seed)(step) for seed, step in ((5, 7), (6, 7), (5, 8))
    )
    batches = SegmentationBatches(exams, 2, 5)
    batches(1)
    again = batches(7)
    assert torch.equal(first[0], again[0])
    assert torch.equal(first[1], again[1])
    assert not torch.equal(first[0], other[0])
    assert not torch.equal(first[0], later[0])


def test_parts_of_images_come_first_and_whole_ones_last(phantom: TrainingExam) -> None:
    batches = growing_batches(
        [exam_samples(phantom)], 4, 5, steps=20, plain_share=1, patch=128, variety=0.25
    )
    assert [tuple(batches(step)[0].shape) for step in (1, 11, 12, 20)] == [
        (4, 2, 128, 128),
        (4, 2, 128, 128),
        (2, 2, 192, 192),
        (2, 2, 192, 192),
    ]
    assert torch.equal(batches(20)[0], batches(20)[0])
    assert not torch.equal(batches(20)[0], batches(19)[0])


def test_contrast_is_drawn_anew_in_the_second_half_of_the_steps(phantom: TrainingExam) -> None:
    exams = [exam_samples(phantom)]
    share = LumbarGradingRecipe.presets["demo"]["plain_share"]
    assert 0 < share < 1
    batches = growing_batches(exams, 4, 5, steps=20, plain_share=share, patch=192, variety=1)
    plain, drawn = (SegmentationBatches(exams, 4, 5, one) for one in (1, share))
    for step, own, other in ((1, plain, drawn), (11, plain, drawn), (12, drawn, plain)):
        assert torch.equal(batches(step)[0], own(step)[0]), step
        assert not torch.equal(batches(step)[0], other(step)[0]), step


def test_with_little_variety_no_contrast_is_left_out(phantom: TrainingExam) -> None:
    exams = [exam_samples(phantom)]
    for step in range(1, 9):
        images, _ = SegmentationBatches(exams, 4, 5, 1.0, 128, 0.25)(step)
        assert (images.amax((2, 3)) > 0).all(), step
    usual = torch.cat([SegmentationBatches(exams, 4, 5, 1.0, 128)(step)[0] for step in range(1, 9)])
    assert not (usual.amax((2, 3)) > 0).all(), "at full variety some are"


def test_an_unknown_grade_has_no_say_in_the_loss() -> None:
    torch.manual_seed(0)
    logits = {item.code: torch.randn(3, len(item.scores)) for item in ITEMS}
    known = torch.tensor([[0, 1, 2], [1, 2, 0]])
    with_unknown = torch.cat([known, torch.full((1, 3), UNKNOWN)])
    loss = GradingLoss()
    shorter = {code: value[:2] for code, value in logits.items()}
    assert loss(logits, with_unknown).item() == pytest.approx(loss(shorter, known).item())


def test_cumulative_heads_are_ordered_whatever_their_weights() -> None:
    torch.manual_seed(1)
    grader = Grader()
    for steps in grader.steps.values():
        torch.nn.init.normal_(steps, std=3)
    severity = torch.linspace(-8, 8, 50)[:, None]
    for item in ITEMS:
        if item.is_cumulative:
            chance = grader.cumulative_logits(item.code, severity).softmax(1)
            mean_score = (chance * torch.arange(len(item.scores))).sum(1)
            assert (chance >= 0).all()
            assert (mean_score.diff() >= -1e-5).all()


def test_quadratic_kappa_matches_a_worked_example() -> None:
    """Table [[2, 1], [1, 2]] on two categories: observed 4/6, expected 1/2, kappa 1/3."""
    found, true = [0, 0, 0, 1, 1, 1], [0, 0, 1, 0, 1, 1]
    assert quadratic_kappa(found, true, (0, 1)) == pytest.approx(1 / 3)
    assert quadratic_kappa(true, true, (0, 1)) == 1


def test_dice_and_calibration_error_of_known_cases() -> None:
    a = np.array([[1, 1, 0, 0]], dtype=np.uint8)
    b = np.array([[0, 1, 1, 0]], dtype=np.uint8)
    assert dice(a, b, 1) == 0.5
    assert dice(a, b, 4) is None
    assert expected_calibration_error([0.8] * 10, [True] * 8 + [False] * 2) == pytest.approx(0)
    assert expected_calibration_error([1.0, 1.0], [True, False]) == pytest.approx(0.5)
