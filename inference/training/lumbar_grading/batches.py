"""Random batches for the grader; each follows from the seed and its step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from inference.anatomy.crops import CROP_SIZE
from inference.training.augmentation import generators_of, moved_crops
from inference.training.lumbar_grading.samples import ExamSamples

_T1_DROP, _AXIAL_DROP, _MIRROR = 0.15, 0.1, 0.5


@dataclass(frozen=True)
class DiscTensors:
    """All discs of a part, stacked; see crops.DiscCrops and samples.ExamSamples."""

    sagittal: Tensor
    axial: Tensor
    has: Tensor
    grades: Tensor

    @classmethod
    def of(cls, exams: Sequence[ExamSamples]) -> DiscTensors:
        """Stack the discs of these exams (float16)."""
        crops = [c for exam in exams for c in exam.crops]
        return cls(
            torch.from_numpy(np.stack([c.sagittal for c in crops]).astype(np.float16)),
            torch.from_numpy(np.stack([c.axial for c in crops]).astype(np.float16)),
            torch.from_numpy(np.stack([c.has for c in crops])),
            torch.from_numpy(np.concatenate([exam.grades for exam in exams])),
        )

    def centred(self) -> tuple[Tensor, Tensor, Tensor]:
        """The grader's inputs without any change, as in prediction."""
        margin = (self.sagittal.shape[-1] - CROP_SIZE) // 2
        cut = slice(margin, margin + CROP_SIZE)
        return self.sagittal[..., cut, cut].float(), self.axial[..., cut, cut].float(), self.has


class GradingBatches:
    """Step -> the grader's inputs, randomised, and (batch, items) indices of the true scores."""

    def __init__(self, discs: DiscTensors, batch: int, seed: int) -> None:
        self.discs, self.batch, self.seed = discs, batch, seed

    def __call__(self, step: int) -> tuple[tuple[Tensor, Tensor, Tensor], Tensor]:
        """The batch of that step."""
        rng, _ = generators_of(self.seed, step)
        discs, batch = self.discs, self.batch
        index = torch.randint(len(discs.grades), (batch,), generator=rng)
        sagittal = moved_crops(discs.sagittal[index].float(), rng, CROP_SIZE)
        axial = moved_crops(discs.axial[index].float()[:, :, None], rng, CROP_SIZE)[:, :, 0]
        has = discs.has[index].clone()
        mirrored = torch.rand(batch, generator=rng) < _MIRROR
        sagittal[mirrored] = sagittal[mirrored].flip(1)
        axial[mirrored] = axial[mirrored].flip(-1)
        has[torch.rand(batch, generator=rng) < _T1_DROP, 0] = 0
        has[torch.rand(batch, generator=rng) < _AXIAL_DROP, 1:] = 0
        sagittal[:, :, 1] *= has[:, :1, None, None]
        axial = axial * has[:, 1:, None, None]
        return (sagittal, axial, has), discs.grades[index]
