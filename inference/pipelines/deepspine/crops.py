"""What the grader sees of one disc: midline, both foramina, and the axial slices through it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import torch
from numpy.typing import NDArray

from inference.anatomy.crops import AXIAL_SLICES, CROP_SIZE, DiscFrame, axial_crops, sagittal_crops
from inference.contract import StackInput

MIDLINE_MM: Final = (-6.0, 0.0, 6.0)
FORAMEN_MM: Final = (12.0, 16.0, 20.0)
"""How far from the midline the slices through a foramen lie, from the sac outward."""
Side = Literal["", "right", "left"]
SIDES: Final[tuple[Side, Side]] = ("right", "left")
AXIAL_PIXEL_MM: Final = 0.75
_T1, _AXIAL, _SIDES = 0, slice(1, 1 + AXIAL_SLICES), slice(1 + AXIAL_SLICES, 3 + AXIAL_SLICES)


@dataclass(frozen=True)
class LevelCrops:
    """All float32; size is CROP_SIZE, or more where room is left for shifts.

    midline: (3, 2, size, size), T2 then T1, from right to left.
    foramina: (2, 3, 2, size, size), right then left, each from the sac outward.
    axial: (3, size, size), the nearest slice first.
    has: (6,) 1 where there is T1, each of the axial slices, the right and the left foramen.
    """

    midline: NDArray[np.float32]
    foramina: NDArray[np.float32]
    axial: NDArray[np.float32]
    has: NDArray[np.float32]

    @property
    def has_axial(self) -> bool:
        """Whether an axial slice passes through the disc."""
        return bool(self.has[_AXIAL].any())

    def has_side(self, side: Side) -> bool:
        """Whether the sagittal slices reach the foramen of that side."""
        return bool(self.has[_SIDES][SIDES.index(side)])

    def mirrored(self) -> LevelCrops:
        """The crops of the mirror image of the patient: right and left have changed places."""
        has = self.has.copy()
        has[_SIDES] = has[_SIDES][::-1]
        return LevelCrops(
            np.ascontiguousarray(self.midline[::-1]),
            np.ascontiguousarray(self.foramina[::-1]),
            np.ascontiguousarray(self.axial[..., ::-1]),
            has,
        )


def level_crops(
    frame: DiscFrame,
    t2: StackInput,
    t1: StackInput | None,
    axial: tuple[StackInput, ...],
    size: int = CROP_SIZE,
) -> LevelCrops:
    """Crops of one disc from normalised stacks, by patient coordinates alone."""
    to_the_left = {"right": -1.0, "left": 1.0}
    foramina = np.stack(
        [
            sagittal_crops(frame, t2, t1, size, [to_the_left[side] * mm for mm in FORAMEN_MM])
            for side in SIDES
        ]
    )
    top, is_there = axial_crops(frame, axial, size, AXIAL_PIXEL_MM)
    middle = len(FORAMEN_MM) // 2
    reached = (foramina[:, middle, 0] > 0).mean((1, 2)) > 0.5
    return LevelCrops(
        midline=sagittal_crops(frame, t2, t1, size, MIDLINE_MM),
        foramina=foramina,
        axial=top,
        has=np.concatenate([[t1 is not None], is_there, reached]).astype(np.float32),
    )


def as_batch(crops: Sequence[LevelCrops]) -> tuple[torch.Tensor, ...]:
    """Crops of several discs as the grader's four inputs."""
    return (
        torch.from_numpy(np.stack([c.midline for c in crops])),
        torch.from_numpy(np.stack([c.foramina for c in crops])),
        torch.from_numpy(np.stack([c.axial for c in crops])),
        torch.from_numpy(np.stack([c.has for c in crops])),
    )
