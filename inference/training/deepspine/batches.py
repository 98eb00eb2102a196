"""Random batches for the grader; each follows from the seed and its step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from torch import Tensor

from inference.anatomy.crops import AXIAL_SLICES, CROP_SIZE
from inference.pipelines.deepspine.crops import as_batch
from inference.pipelines.deepspine.network import CELLS
from inference.training.augmentation import generators_of, moved_crops
from inference.training.deepspine.samples import UNKNOWN, ExamSamples

_T1_DROP, _AXIAL_DROP = 0.15, 0.1
_NEEDS_AXIAL: Final = torch.tensor([task.needs_axial for task, _ in CELLS])


@dataclass(frozen=True)
class DiscTensors:
    """All discs of a part, stacked; see crops.LevelCrops.

    targets: (discs, cells) places of scores. weights: (discs, cells) of the labels, 0..1.
    """

    crops: tuple[Tensor, ...]
    targets: Tensor
    weights: Tensor

    @classmethod
    def of(cls, exams: Sequence[ExamSamples], report_weight: float) -> DiscTensors:
        """Stack the discs of these exams. report_weight: of labels that come from reports."""
        is_report = torch.from_numpy(np.concatenate([exam.is_report for exam in exams]))
        weights = torch.ones(is_report.shape).masked_fill(is_report, report_weight)
        return cls(
            as_batch([crops for exam in exams for crops in exam.crops]),
            torch.from_numpy(np.concatenate([exam.targets for exam in exams])),
            weights,
        )

    def centred(self) -> tuple[Tensor, ...]:
        """The grader's inputs without any change, as in prediction."""
        *images, has = self.crops
        margin = (images[0].shape[-1] - CROP_SIZE) // 2
        cut = slice(margin, margin + CROP_SIZE)
        return (*(one[..., cut, cut].float() for one in images), has)


class GradingBatches:
    """Step -> the grader's inputs, randomised, and (batch, cells, 2): target and label weight.

    No disc is mirrored: the network grades the two sides by the same weights as it is.
    """

    def __init__(self, discs: DiscTensors, batch: int, seed: int) -> None:
        self.discs, self.batch, self.seed = discs, batch, seed

    def __call__(self, step: int) -> tuple[tuple[Tensor, ...], Tensor]:
        """The batch of that step."""
        rng, _ = generators_of(self.seed, step)
        index = torch.randint(len(self.discs.targets), (self.batch,), generator=rng)
        midline, foramina, axial, has = (one[index] for one in self.discs.crops)
        has = has.clone()
        midline = moved_crops(midline.float(), rng, CROP_SIZE)
        # Each side moves and looks as if it were a disc of its own.
        sides = moved_crops(foramina.float().flatten(0, 1), rng, CROP_SIZE)
        foramina = sides.view(self.batch, 2, *sides.shape[1:])
        axial = moved_crops(axial.float()[:, :, None], rng, CROP_SIZE)[:, :, 0]
        has[torch.rand(self.batch, generator=rng) < _T1_DROP, 0] = 0
        slices = slice(1, 1 + AXIAL_SLICES)
        has[torch.rand(self.batch, generator=rng) < _AXIAL_DROP, slices] = 0
        midline[:, :, 1] *= has[:, :1, None, None]
        foramina[:, :, :, 1] *= has[:, :1, None, None, None]
        axial = axial * has[:, slices, None, None]
        targets = self.discs.targets[index].clone()
        blind = (has[:, slices].amax(1) == 0)[:, None] & _NEEDS_AXIAL
        targets[blind] = UNKNOWN
        weighed = torch.stack([targets.float(), self.discs.weights[index]], 2)
        return (midline, foramina, axial, has), weighed
