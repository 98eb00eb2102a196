"""The two networks: the segmenter of all lumbar pipelines and a multi-task grader."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from inference.anatomy.segmenter import build_segmenter


@dataclass(frozen=True)
class ItemHead:
    """One graded item: its scores in order, and whether they are steps of one severity."""

    code: str
    scores: tuple[int, ...]
    is_cumulative: bool


ITEMS: Final = (
    ItemHead("central_canal_stenosis", (0, 1, 2, 3), is_cumulative=True),
    ItemHead("pfirrmann", (1, 2, 3, 4, 5), is_cumulative=True),
    ItemHead("modic", (0, 1, 2, 3), is_cumulative=False),
)
"""Modic types are kinds of marrow change, not steps of one severity: a softmax head."""


class CropEncoder(nn.Module):
    """(batch, channels, 64, 64) -> (batch, features); coarse position is kept (4 x 4)."""

    to_maps: Final = 12
    """Layers up to the maps in which evidence is shown: two of the four stages, 16 x 16."""

    def __init__(self, channels: int, features: int) -> None:
        super().__init__()
        widths = (channels, 16, 32, 48, 64)
        stages: list[nn.Module] = []
        for before, after in pairwise(widths):
            stages += [
                nn.Conv2d(before, after, 3, stride=2, padding=1),
                nn.GroupNorm(8, after),
                nn.SiLU(),
                nn.Conv2d(after, after, 3, padding=1),
                nn.GroupNorm(8, after),
                nn.SiLU(),
            ]
        self.stages = nn.Sequential(*stages)
        self.project = nn.Sequential(
            nn.Conv2d(widths[-1], 16, 1), nn.Flatten(), nn.Linear(256, features), nn.SiLU()
        )

    def maps(self, crops: Tensor) -> Tensor:
        """Feature maps of a batch of crops: (batch, 32, 16, 16)."""
        found: Tensor = self.stages[: self.to_maps](crops)
        return found

    def from_maps(self, maps: Tensor) -> Tensor:
        """The rest of the way."""
        encoded: Tensor = self.project(self.stages[self.to_maps :](maps))
        return encoded

    def forward(self, crops: Tensor) -> Tensor:
        """Encode a batch of crops."""
        return self.from_maps(self.maps(crops))


class Grader(nn.Module):
    """Sagittal and axial crops of one disc -> the logits of every item.

    Slices share an encoder; mean and maximum over the slices that are there make the
    result independent of their number (multi-input, multi-task as in Lu et al. 2018,
    arXiv 1807.10215).
    """

    def __init__(self, features: int = 64) -> None:
        super().__init__()
        self.sagittal = CropEncoder(2, features)
        self.axial = CropEncoder(1, features)
        self.trunk = nn.Sequential(
            nn.Dropout(0.2), nn.Linear(4 * features + 2, 96), nn.SiLU(), nn.Dropout(0.1)
        )
        self.heads = nn.ModuleDict(
            {i.code: nn.Linear(96, 1 if i.is_cumulative else len(i.scores)) for i in ITEMS}
        )
        self.steps = nn.ParameterDict(
            {
                i.code: nn.Parameter(torch.tensor([-1.5] + [0.5] * (len(i.scores) - 2)))
                for i in ITEMS
                if i.is_cumulative
            }
        )

    def forward(self, sagittal: Tensor, axial: Tensor, has: Tensor) -> dict[str, Tensor]:
        """Logits by item code, (batch, categories), in the order of the item's scores."""
        raw = self.head_outputs(sagittal, axial, has)
        return {
            code: self.cumulative_logits(code, value) if code in self.steps else value
            for code, value in raw.items()
        }

    def head_outputs(self, sagittal: Tensor, axial: Tensor, has: Tensor) -> dict[str, Tensor]:
        """What the heads say, by item code: a severity (batch, 1) or logits.

        sagittal: (batch, slices, 2, 64, 64). axial: (batch, slices, 64, 64).
        has: (batch, 1 + slices): 1 where T1 / that axial slice is there.
        """
        return self.from_maps(*self.maps(sagittal, axial), has)

    def maps(self, sagittal: Tensor, axial: Tensor) -> tuple[Tensor, Tensor]:
        """Feature maps of the slices of either plane: (batch, slices, 32, 16, 16)."""
        batch = len(sagittal)
        side = self.sagittal.maps(sagittal.flatten(0, 1))
        top = self.axial.maps(axial.flatten(0, 1)[:, None])
        return side.view(batch, -1, *side.shape[1:]), top.view(batch, -1, *top.shape[1:])

    def from_maps(self, side_maps: Tensor, top_maps: Tensor, has: Tensor) -> dict[str, Tensor]:
        """`head_outputs` from the maps of both planes."""
        batch = len(side_maps)
        side = self.sagittal.from_maps(side_maps.flatten(0, 1)).view(batch, side_maps.shape[1], -1)
        top = self.axial.from_maps(top_maps.flatten(0, 1)).view(batch, top_maps.shape[1], -1)
        there = has[:, 1:, None]
        top_mean = (top * there).sum(1) / there.sum(1).clamp(min=1)
        top_max = (top * there).amax(1)
        pooled = torch.cat(
            [side.mean(1), side.amax(1), top_mean, top_max, has[:, :1], there.amax(1)], 1
        )
        shared = self.trunk(pooled)
        return {code: head(shared) for code, head in self.heads.items()}

    def cuts(self, code: str) -> Tensor:
        """The severities, growing, where one score gives way to the next."""
        raw = self.steps[code]
        return torch.cat([raw[:1], raw[:1] + functional.softplus(raw[1:]).cumsum(0)])

    def cumulative_logits(self, code: str, severity: Tensor) -> Tensor:
        """Proportional odds (McCullagh 1980): P(score > k) = sigmoid(severity - cut k).

        Returned as log-probabilities, which are logits of a softmax.
        """
        above = torch.sigmoid(severity - self.cuts(code))
        edges = torch.cat([torch.ones_like(severity), above, torch.zeros_like(severity)], 1)
        return (edges[:, :-1] - edges[:, 1:]).clamp(min=1e-6).log()


class LumbarNetworks(nn.Module):
    """Both networks and the grader's temperatures: all that one weights file holds."""

    def __init__(self) -> None:
        super().__init__()
        self.segmenter = build_segmenter()
        self.grader = Grader()
        self.temperatures: Tensor
        self.register_buffer("temperatures", torch.ones(len(ITEMS)))

    def probabilities(self, sagittal: Tensor, axial: Tensor, has: Tensor) -> dict[str, Tensor]:
        """Calibrated probabilities by item code (temperature scaling, Guo et al. 2017)."""
        device = self.temperatures.device
        logits = self.grader(sagittal.to(device), axial.to(device), has.to(device))
        temperatures = dict(zip((i.code for i in ITEMS), self.temperatures, strict=True))
        return {
            code: (v.float() / temperatures[code]).softmax(1).cpu() for code, v in logits.items()
        }
