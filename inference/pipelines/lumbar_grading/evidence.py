"""What each grade rested on: activation maps over the grader's own crops.

The grades are there before; nothing here can change them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inference.anatomy.crops import SAGITTAL_OFFSETS_MM, DiscCrops
from inference.anatomy.evidence import Seen, axial_pictures, evidence_of, sagittal_pictures
from inference.contract import EvidenceOutput, GradeOutput
from inference.pipelines.grad_cam import grad_cam
from inference.pipelines.lumbar_grading.network import ITEMS, Grader, ItemHead
from inference.pipelines.lumbar_grading.seen import SeenDiscs, as_batch

Maps = tuple[NDArray[np.float32], ...]
_T2: Final = 0


def evidence_of_grades(
    grader: Grader, seen: SeenDiscs, grades: Sequence[GradeOutput]
) -> tuple[EvidenceOutput, ...]:
    """A sagittal and an axial picture of every grade; no axial one where no slice passes."""
    if not seen.crops or seen.t2 is None:
        return ()
    by_cell = {(grade.item, grade.disc_level): grade for grade in grades}
    scores = {
        item.code: [by_cell[item.code, level].score for level in seen.crops] for item in ITEMS
    }
    maps = activation_maps(grader, [*seen.crops.values()], scores)
    found: list[EvidenceOutput] = []
    for k, (level, crops) in enumerate(seen.crops.items()):
        frame = seen.frames[level]
        sides = sagittal_pictures(frame, seen.t2, crops.sagittal[:, _T2], SAGITTAL_OFFSETS_MM)
        tops = axial_pictures(frame, seen.axial, crops.axial)
        for item in ITEMS:
            of_disc = np.concatenate([one[k] for one in maps[item.code]])
            pairs = zip((*sides, *tops), of_disc, strict=True)
            there: list[Seen] = [(one, heat) for one, heat in pairs if one is not None]
            found += evidence_of(by_cell[item.code, level], there)
    return tuple(found)


def activation_maps(
    grader: Grader, crops: Sequence[DiscCrops], scores: Mapping[str, Sequence[int]]
) -> dict[str, Maps]:
    """Item -> maps of the sagittal and of the axial slices, (discs, slices, 16, 16).

    scores: item -> the grade of every disc. One backward pass an item serves all discs: group
    norm keeps them apart. Each place has its own gradient, since the encoders keep the position
    (see `grad_cam`).
    """
    device = next(grader.parameters()).device
    sagittal, axial, has = (one.to(device) for one in as_batch(crops))
    with torch.no_grad():
        side, top = (maps.requires_grad_() for maps in grader.maps(sagittal, axial))
    with torch.enable_grad():
        raw = grader.from_maps(side, top, has)
        return {
            item.code: tuple(
                maps.float().cpu().numpy()
                for maps in grad_cam(
                    [side, top],
                    speaking_for(item, raw[item.code], scores[item.code]),
                    is_averaged=False,
                )
            )
            for item in ITEMS
        }


def speaking_for(item: ItemHead, raw: Tensor, scores: Sequence[int]) -> Tensor:
    """What speaks for a grade, (discs,): its logit, or the severity that its head gives.

    A cumulative head has one severity s, and P(grade above k) = sigmoid(s - cut k): whatever
    raises s speaks for every grade but the lowest, and what lowers it for the lowest. The
    probability of a middle grade itself is no such score: it is flat in the middle of the grade
    and turns its sign there.
    """
    order = torch.tensor([item.scores.index(score) for score in scores], device=raw.device)
    if item.is_cumulative:
        return torch.where(order > 0, 1.0, -1.0) * raw[:, 0]
    return raw.gather(1, order[:, None])[:, 0]
