"""Branches of grouped residual blocks (ResNeXt, Xie et al. 2017, arXiv 1611.05431)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from monai.networks.blocks.convolutions import Convolution
from torch import Tensor, nn
from torch.nn import functional

_STAGES: Final = 3
_NORM_GROUPS: Final = 8


@dataclass(frozen=True)
class Shape:
    """Size of the grader. width: channels after the stem; each stage doubles them.

    blocks: in each of the three stages. cardinality: groups of a block's inner convolution; half
    of each stage's channels must be a multiple of it. features: that a branch gives.
    """

    width: int = 16
    blocks: int = 1
    cardinality: int = 8
    features: int = 64


def convolution(
    before: int, after: int, kernel: int, stride: int = 1, groups: int = 1
) -> nn.Module:
    """Convolution, group norm and ReLU; group norm, since batches are small and slices alike."""
    return Convolution(
        2,
        before,
        after,
        strides=stride,
        kernel_size=kernel,
        groups=groups,
        norm=("group", {"num_groups": _NORM_GROUPS}),
        act="relu",
        adn_ordering="NA",
        bias=False,
    )


class ResNeXtBlock(nn.Module):
    """Narrow, convolve in groups, widen, add: (batch, before, s, s) -> (batch, after, s', s')."""

    def __init__(self, before: int, after: int, stride: int, cardinality: int) -> None:
        super().__init__()
        inner = after // 2
        self.narrow = convolution(before, inner, 1)
        self.grouped = convolution(inner, inner, 3, stride, cardinality)
        self.widen = nn.Sequential(
            nn.Conv2d(inner, after, 1, bias=False), nn.GroupNorm(_NORM_GROUPS, after)
        )
        self.carry = (
            nn.Identity() if (before, stride) == (after, 1) else nn.Conv2d(before, after, 1, stride)
        )

    def forward(self, images: Tensor) -> Tensor:
        """One block."""
        changed = self.widen(self.grouped(self.narrow(images)))
        return functional.relu(self.carry(images) + changed)


class Branch(nn.Module):
    """(batch, slices, channels, 64, 64) -> features of each slice (batch, slices, features).

    Slices share the weights; coarse position in the crop (4 x 4) is kept.
    """

    def __init__(self, channels: int, shape: Shape) -> None:
        super().__init__()
        layers: list[nn.Module] = [convolution(channels, shape.width, 3, stride=2)]
        before = shape.width
        for stage in range(_STAGES):
            after = shape.width * 2 ** (stage + 1)
            for block in range(shape.blocks):
                stride = 2 if block == 0 else 1
                layers.append(ResNeXtBlock(before, after, stride, shape.cardinality))
                before = after
        self.layers = nn.Sequential(*layers)
        self.to_maps = 1 + shape.blocks
        self.project = nn.Sequential(
            nn.Conv2d(before, 16, 1), nn.Flatten(), nn.Linear(256, shape.features), nn.SiLU()
        )

    def maps(self, crops: Tensor) -> Tensor:
        """Feature maps in which evidence is shown: (batch, slices, 2 x width, 16, 16)."""
        found: Tensor = self.layers[: self.to_maps](crops.flatten(0, 1))
        return found.view(*crops.shape[:2], *found.shape[1:])

    def from_maps(self, maps: Tensor) -> Tensor:
        """The rest of the way."""
        encoded: Tensor = self.project(self.layers[self.to_maps :](maps.flatten(0, 1)))
        return encoded.view(*maps.shape[:2], -1)

    def forward(self, crops: Tensor) -> Tensor:
        """Encode every slice."""
        return self.from_maps(self.maps(crops))


def pooled(slices: Tensor, there: Tensor | None = None) -> Tensor:
    """Mean and maximum over the slices that are there: (batch, 2 x features), 0 without any.

    slices: (batch, slices, features), not below -0.3 (SiLU). there: (batch, slices), 1 or 0.
    """
    if there is None:
        return torch.cat([slices.mean(1), slices.amax(1)], 1)
    kept = slices * there[..., None]
    return torch.cat([kept.sum(1) / there.sum(1, keepdim=True).clamp(min=1), kept.amax(1)], 1)
