"""Activation maps against sums done by hand, and against the network whose maps they are."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="the worker's packages are not installed")

import torch
from torch import Tensor

from inference.pipelines.grad_cam import grad_cam

pytestmark = pytest.mark.worker

FIRST = [[1.0, 2.0], [3.0, 4.0]]
SECOND = [[4.0, 0.0], [0.0, 0.0]]


def maps_of(*channels: list[list[float]]) -> Tensor:
    """One case, one picture."""
    return torch.tensor(channels)[None, None].requires_grad_()


def test_weights_are_mean_gradients_and_negative_sums_are_cut() -> None:
    """y = 4 x the mean of the first channel - 2 x the sum of the second: alpha 1 and -2."""
    maps = maps_of(FIRST, SECOND)
    score = 4 * maps[:, 0, 0].mean((1, 2)) - 2 * maps[:, 0, 1].sum((1, 2))
    (found,) = grad_cam([maps], score)
    # 1 x 1 - 2 x 4 = -7 -> 0; elsewhere the first channel alone
    assert found.tolist() == [[[[0.0, 2.0], [3.0, 4.0]]]]
    (by_place,) = grad_cam([maps], score, is_averaged=False)
    assert torch.equal(by_place, found), "both are one where the network pools globally"


def test_a_network_that_keeps_the_position_needs_the_gradient_of_each_place() -> None:
    """y = the upper left of the first channel - its lower right."""
    maps = maps_of(FIRST, SECOND)
    score = maps[:, 0, 0, 0, 0] - maps[:, 0, 0, 1, 1]
    (averaged,) = grad_cam([maps], score)
    assert not averaged.any(), "the slopes 1 and -1 cancel out"
    (by_place,) = grad_cam([maps], score, is_averaged=False)
    assert by_place.tolist() == [[[[1.0, 0.0], [0.0, 0.0]]]]


@pytest.mark.parametrize("is_averaged", [True, False])
def test_an_encoder_without_a_say_has_no_heat(is_averaged: bool) -> None:
    used, unused = maps_of(FIRST), maps_of(SECOND)
    found = grad_cam([used, unused], used.sum((1, 2, 3, 4)), is_averaged=is_averaged)
    assert found[0].tolist() == [[FIRST]]
    assert found[1].tolist() == [[[[0.0, 0.0], [0.0, 0.0]]]]


def test_cases_of_one_batch_do_not_touch_each_other() -> None:
    torch.manual_seed(5)
    weights = torch.randn(2, 3, 4, 4)
    maps = torch.rand(2, 2, 3, 4, 4).requires_grad_()

    def score(of: Tensor) -> Tensor:
        return torch.tanh((of * weights).sum((1, 2, 3, 4)))

    (both,) = grad_cam([maps], score(maps), is_averaged=False)
    for k in range(2):
        alone = maps[k : k + 1].detach().requires_grad_()
        (found,) = grad_cam([alone], score(alone), is_averaged=False)
        assert torch.allclose(found[0], both[k], rtol=1e-6)
