"""Which part of a picture a network's score rested on, from gradients at its feature maps."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


def grad_cam(
    features: Sequence[Tensor], scores: Tensor, *, is_averaged: bool = True
) -> list[Tensor]:
    """Class activation maps of a whole batch in one backward pass.

    features: feature maps A of one convolution, (batch, pictures, channels, rows, columns) an
        encoder, on which `scores` were computed with gradients.
    scores: (batch,): y of the grade in question, before the softmax. No case's score may depend on
        the features of another, as it would with batch norm in training.
    is_averaged: the gradients are averaged over rows and columns first, which makes them weights
        of the channels: Grad-CAM, Selvaraju et al. 2017 (arXiv 1610.02391), eq. 1. Right for a
        network that pools its maps globally. One that keeps the position needs the gradient of
        each place: HiResCAM, Draelos and Carin 2020 (arXiv 2011.08891), the same where the
        network pools globally.

    Returns (batch, pictures, rows, columns) for each encoder: the channels' sum of weight times
    activation, cut off at 0 (Selvaraju et al., eq. 2); not normalised. All 0 for an encoder that
    the scores don't depend on.
    """
    gradients = torch.autograd.grad(
        scores.sum(), list(features), retain_graph=True, allow_unused=True
    )
    return [
        torch.zeros_like(maps[:, :, 0])
        if slope is None
        else _weighted(slope.mean((3, 4), keepdim=True) if is_averaged else slope, maps)
        for maps, slope in zip(features, gradients, strict=True)
    ]


def _weighted(weights: Tensor, maps: Tensor) -> Tensor:
    return (weights * maps).sum(2).clamp(min=0).detach()
