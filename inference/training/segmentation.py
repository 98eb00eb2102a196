"""How the segmenter is trained, in every pipeline that has one: samples, batches, loss."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

import numpy as np
import torch
from monai.losses.dice import DiceCELoss
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from inference.anatomy import grid
from inference.anatomy.preprocess import pixel_points_lps, sagittal_pair, segmenter_input
from inference.training.augmentation import (
    dropped_channels,
    generators_of,
    random_affine,
    randomised_intensity,
)
from inference.training.exams import TrainingExam

PATCH: Final = 192
LEARNT_UP_TO_MM: Final = {"pixel": 1.4, "slice_distance": 6.0}
"""The coarsest pixels and slices that phantoms have; beyond these a flag is raised."""
PREPROCESSING: Final = (
    "inference.anatomy.preprocess",
    "inference.anatomy.crops",
    "inference.anatomy.grid",
)
"""The modules that decide what networks on the shared anatomy see."""


class Masked(Protocol):
    """planes: float16 (slices, 2, rows, columns). masks: uint8 (slices, rows, columns)."""

    @property
    def planes(self) -> NDArray[np.float16]:
        """The segmenter's input."""
        ...

    @property
    def masks(self) -> NDArray[np.uint8]:
        """True classes."""
        ...


def segmentation_samples(
    source: TrainingExam,
) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """The segmenter's planes and the true labels on its working grid; none without masks."""
    pair = sagittal_pair(source.exam)
    working, planes = segmenter_input(pair)
    labels = source.labels.get(pair.main.stack_id)
    if labels is None:
        return planes[:0], np.zeros((0, *planes.shape[2:]), dtype=np.uint8)
    points = pixel_points_lps(working)
    masks = [grid.sample(pair.main, p, labels, order=0).astype(np.uint8) for p in points]
    return planes, np.stack(masks)


class SegmentationBatches:
    """Step -> (batch, 2, 192, 192) planes and (batch, 192, 192) true classes, randomised."""

    def __init__(self, exams: Sequence[Masked], batch: int, seed: int) -> None:
        self.exams = [exam for exam in exams if len(exam.masks)]
        self.batch, self.seed = batch, seed

    def __call__(self, step: int) -> tuple[Tensor, Tensor]:
        """The batch of that step."""
        rng, pick = generators_of(self.seed, step)
        planes, masks = [], []
        for index in pick.integers(len(self.exams), size=self.batch):
            exam = self.exams[index]
            k = int(pick.integers(len(exam.planes)))
            plane = torch.from_numpy(exam.planes[k].astype(np.float32))
            mask = torch.from_numpy(exam.masks[k].astype(np.float32))[None]
            planes.append(_fitted(plane))
            masks.append(_fitted(mask))
        images, targets = torch.stack(planes), torch.stack(masks)
        matrices = random_affine(self.batch, rng, degrees=14, scale=1.3, shift=0.18)
        where = functional.affine_grid(matrices, [self.batch, 1, PATCH, PATCH], align_corners=False)
        images = functional.grid_sample(images, where, align_corners=False)
        targets = functional.grid_sample(targets, where, mode="nearest", align_corners=False)
        images = dropped_channels(randomised_intensity(images, rng, strength=1.0), rng)
        return images, targets[:, 0].long()


def _fitted(image: Tensor) -> Tensor:
    """(channels, rows, columns) cut or padded with 0 to the patch, about its centre."""
    rows, columns = image.shape[1:]
    top, left = (PATCH - rows) // 2, (PATCH - columns) // 2
    pad = (left, PATCH - columns - left, top, PATCH - rows - top)
    return functional.pad(image, pad)


class SegmentationLoss(nn.Module):
    """Soft Dice plus cross-entropy (Taghanaki et al. 2019), the background left out of Dice."""

    def __init__(self) -> None:
        super().__init__()
        self.loss = DiceCELoss(softmax=True, to_onehot_y=True, include_background=False, batch=True)

    def forward(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Logits (batch, classes, rows, columns), targets (batch, rows, columns)."""
        value: Tensor = self.loss(logits.float(), targets[:, None])
        return value
