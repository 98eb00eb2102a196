"""How labels pull: rare grades more, missing ones not at all, those of reports less."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="the worker's packages are not installed")

import torch
from torch import Tensor

from inference.pipelines.deepspine.network import CELLS, TASKS
from inference.training.deepspine.batches import DiscTensors
from inference.training.deepspine.losses import GradingLoss, balanced_weights, class_weights

pytestmark = pytest.mark.worker
ALIKE = {task.code: torch.ones(len(task.scores)) for task in TASKS}


def given(batch: int = 2) -> list[Tensor]:
    torch.manual_seed(3)
    return [torch.randn(batch, len(task.scores), requires_grad=True) for task, _ in CELLS]


def nothing(batch: int = 2) -> Tensor:
    """(batch, cells, 2): no label anywhere."""
    return torch.stack([torch.full((batch, len(CELLS)), -1.0), torch.ones(batch, len(CELLS))], 2)


def pull(said: list[Tensor], targets: Tensor, weights: dict[str, Tensor] = ALIKE) -> list[Tensor]:
    GradingLoss(weights)(said, targets).backward()
    return [torch.zeros_like(one) if one.grad is None else one.grad for one in said]


def test_class_weights_are_those_of_cui_worked_by_hand() -> None:
    """Beta 0.9, one and two labels: effective 1 and 1.9, inverse 1 and 0.5263, mean 1 over 3."""
    assert balanced_weights([1, 2], 0.9).tolist() == pytest.approx([1.46154, 0.76923], abs=1e-5)
    assert balanced_weights([5, 50], 0.0).tolist() == pytest.approx([1, 1])
    assert balanced_weights([4, 0, 4], 0.99).tolist() == pytest.approx([1, 0, 1])


def test_large_classes_count_as_large_whatever_their_size() -> None:
    """Inverse frequency would give 1000 : 1; beyond 1 / (1 - beta) labels the ratio stays."""
    rare, common = balanced_weights([100, 100_000], 0.999).tolist()
    assert rare / common == pytest.approx(1 / (1 - 0.999**100), rel=1e-3)
    assert rare / common < 11


def test_right_and_left_are_counted_together_and_reports_as_their_weight() -> None:
    targets = torch.full((2, len(CELLS)), -1)
    weights = torch.ones(2, len(CELLS))
    right, left = (
        k for k, (task, side) in enumerate(CELLS) if side and task.code == "foraminal_stenosis"
    )
    targets[0, right], targets[0, left], targets[1, left] = 0, 0, 2
    weights[0, left] = 0.5
    found = class_weights(DiscTensors((), targets, weights), 0.9)["foraminal_stenosis"]
    assert found.tolist() == pytest.approx(balanced_weights([1.5, 0, 1, 0], 0.9).tolist())


def test_a_missing_label_gives_no_gradient() -> None:
    targets = nothing()
    targets[0, 0, 0] = 2
    grads = pull(given(), targets)
    assert grads[0][0].abs().sum() > 0
    assert grads[0][1].abs().sum() == 0
    assert all(grad.abs().sum() == 0 for grad in grads[1:])
    assert all(grad.abs().sum() == 0 for grad in pull(given(), nothing()))


def test_the_loss_is_the_mean_over_tasks_and_labels_worked_by_hand() -> None:
    """Two labels of the canal, one of the disc, flat logits: (log 4 + 2 log 4) / 2 and log 5."""
    said = [torch.zeros(2, len(task.scores)) for task, _ in CELLS]
    targets = nothing()
    targets[:, 0, 0] = torch.tensor([0.0, 3.0])
    targets[0, -1, 0] = 4
    weights = {**ALIKE, TASKS[0].code: torch.tensor([1.0, 1.0, 1.0, 2.0])}
    expected = (1.5 * torch.tensor(4.0).log() + torch.tensor(5.0).log()) / 2
    assert GradingLoss(weights)(said, targets).item() == pytest.approx(expected.item())


def test_a_label_of_a_report_pulls_less_also_where_all_are_weak() -> None:
    targets = nothing()
    targets[:, 0, 0] = torch.tensor([1.0, 1.0])
    full = pull(given(), targets)[0]
    targets[0, 0, 1] = 0.5
    mixed = pull(given(), targets)[0]
    assert torch.allclose(mixed[0], full[0] / 2)
    assert torch.allclose(mixed[1], full[1])
    targets[:, 0, 1] = 0.5
    assert torch.allclose(pull(given(), targets)[0], full / 2)
