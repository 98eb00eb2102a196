"""What the grader is shown of each disc of an exam."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from inference.anatomy.crops import (
    DiscCrops,
    DiscFrame,
    disc_crops,
    disc_frames,
    normalised_axial,
)
from inference.anatomy.preprocess import SagittalPair
from inference.contract import ExamInput, LevelLocation, StackInput


@dataclass(frozen=True)
class SeenDiscs:
    """crops and frames: by disc level, cranial to caudal; t2 and axial: what they were cut from."""

    crops: Mapping[str, DiscCrops]
    frames: Mapping[str, DiscFrame]
    t2: StackInput | None
    axial: tuple[StackInput, ...]


def see(exam: ExamInput, pair: SagittalPair, levels: tuple[LevelLocation, ...]) -> SeenDiscs:
    """Crops of every disc found; none without a T2 stack."""
    frames = disc_frames(levels)
    t2, t1 = pair.scaled.t2, pair.scaled.t1
    if t2 is None or not frames:
        return SeenDiscs({}, {}, None, ())
    axial = normalised_axial(exam)
    crops = {level: disc_crops(frame, t2, t1, axial) for level, frame in frames.items()}
    return SeenDiscs(crops, frames, t2, axial)


def as_batch(crops: Sequence[DiscCrops]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Crops of several discs as the grader's three inputs."""
    return (
        torch.from_numpy(np.stack([c.sagittal for c in crops])),
        torch.from_numpy(np.stack([c.axial for c in crops])),
        torch.from_numpy(np.stack([c.has for c in crops])),
    )
