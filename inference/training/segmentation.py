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

from inference.anatomy.preprocess import (
    PLANE_T2,
    SagittalPair,
    normalised,
    sagittal_pair,
    segmenter_input,
    working_stack,
)
from inference.anatomy.resampling import on_grid_of
from inference.contract import ExamInput
from inference.training.augmentation import generators_of, random_affine, randomised_intensity
from inference.training.exams import TrainingExam
from inference.training.loop import BatchOf
from inference.training.randomisation import PLAIN_SHARE, randomised

PATCH: Final = 192
_PARTS_UNTIL: Final = 0.55
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
    """The segmenter's planes and the true labels on its working grid; none without masks.

    Where there is a STIR stack on the same grid its slices follow, in T2's place, as when an exam
    has no other.
    """
    pair = sagittal_pair(source.exam)
    working, planes = segmenter_input(pair)
    labels = source.labels.get(pair.main.stack_id)
    if labels is None:
        return planes[:0], np.zeros((0, *planes.shape[2:]), dtype=np.uint8)
    masks_of = on_grid_of(working, pair.main, labels, order=0).astype(np.uint8)
    fat_free = _stir_planes(source.exam, pair, planes)
    if fat_free is None:
        return planes, masks_of
    return np.concatenate([planes, fat_free]), np.concatenate([masks_of, masks_of])


def _stir_planes(
    exam: ExamInput, pair: SagittalPair, planes: NDArray[np.float32]
) -> NDArray[np.float32] | None:
    """The planes with STIR for T2, where there is one on the main stack's grid."""
    stir = exam.first("sagittal", "STIR")
    if stir is None or pair.main is stir or stir.pixels.shape != pair.main.pixels.shape:
        return None
    if not np.allclose(stir.positions_lps, pair.main.positions_lps):
        return None
    changed = planes.copy()
    changed[:, PLANE_T2] = working_stack(normalised(stir)).pixels
    return changed


class SegmentationBatches:
    """Step -> (batch, 2, patch, patch) planes and (batch, patch, patch) true classes, randomised.

    plain_share: see `randomisation.randomised`. patch: pixels; below 192 a part of the image, drawn
    anew for each step. variety: how far images are turned, zoomed and changed. Below 1 contrast is
    never bent, none is left out, and plain_share isn't used: learnt in a few hundred steps, and
    good for images like those learnt from alone.
    """

    def __init__(
        self,
        exams: Sequence[Masked],
        batch: int,
        seed: int,
        plain_share: float = PLAIN_SHARE,
        patch: int = PATCH,
        variety: float = 1.0,
    ) -> None:
        self.exams = [exam for exam in exams if len(exam.masks)]
        self.batch, self.seed, self.plain_share = batch, seed, plain_share
        self.patch, self.variety = patch, variety

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
        matrices = random_affine(
            self.batch, rng, degrees=22 * self.variety, scale=1.35**self.variety, shift=0.18
        )
        part = self.patch / PATCH
        matrices = matrices * torch.tensor([part, part, 1.0])
        size = [self.batch, 1, self.patch, self.patch]
        where = functional.affine_grid(matrices, size, align_corners=False)
        images = functional.grid_sample(images, where, align_corners=False)
        targets = functional.grid_sample(targets, where, mode="nearest", align_corners=False)
        classes = targets[:, 0]
        if self.variety < 1:
            images = randomised_intensity(images, rng, strength=self.variety)
        else:
            images, classes = randomised(images, classes, rng, self.plain_share)
        return images, classes.long()


def growing_batches(
    exams: Sequence[Masked],
    batch: int,
    seed: int,
    *,
    steps: int,
    plain_share: float,
    patch: int,
    variety: float,
) -> BatchOf:
    """What is learnt soonest in the first half of the steps, what holds elsewhere in the second.

    First parts of `patch` pixels, in their own contrast: learnt in less time. Then whole images, of
    which `plain_share` keep their contrast: the network scales signal by what it sees, and one that
    has only seen parts takes organs for bodies. Batches hold about as many pixels.
    """
    whole_batch = max(round(batch * (patch / PATCH) ** 2), 1)
    parts = SegmentationBatches(exams, batch, seed, 1.0, patch, variety)
    whole = SegmentationBatches(exams, whole_batch, seed, plain_share, PATCH, variety)
    return lambda step: (parts if step <= _PARTS_UNTIL * steps else whole)(step)


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
