"""What each grade rested on: activation maps over the grader's own crops.

The grades are there before; nothing here can change them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from inference.anatomy.crops import DiscFrame
from inference.anatomy.evidence import (
    Picture,
    Seen,
    axial_pictures,
    evidence_of,
    sagittal_pictures,
)
from inference.contract import EvidenceOutput, GradeOutput, StackInput
from inference.pipelines.deepspine.crops import (
    AXIAL_PIXEL_MM,
    FORAMEN_MM,
    MIDLINE_MM,
    LevelCrops,
    as_batch,
)
from inference.pipelines.deepspine.network import CELLS, Grader
from inference.pipelines.grad_cam import grad_cam

_T2: Final = 0


@dataclass(frozen=True)
class Shown:
    """Where the crops lie, by disc level, and what they were cut from."""

    frames: Mapping[str, DiscFrame]
    t2: StackInput | None
    axial: tuple[StackInput, ...]


def evidence_of_grades(
    grader: Grader,
    crops: Mapping[str, LevelCrops],
    shown: Shown,
    grades: Sequence[GradeOutput],
) -> tuple[EvidenceOutput, ...]:
    """A sagittal and an axial picture of every grade: one backward pass a cell, discs at once."""
    if not crops or shown.t2 is None:
        return ()
    by_cell: dict[tuple[str, str, str], GradeOutput] = {
        (grade.item, grade.disc_level, grade.side): grade for grade in grades
    }
    pictures = {
        level: _pictures(one, shown.frames[level], shown.t2, shown.axial)
        for level, one in crops.items()
    }
    maps = _activation_maps(grader, crops, by_cell)
    return tuple(
        found
        for k, level in enumerate(crops)
        for cell, (task, side) in enumerate(CELLS)
        if (grade := by_cell.get((task.code, level, side))) is not None
        for found in evidence_of(grade, _there(pictures[level], maps[cell][k]))
    )


def _activation_maps(
    grader: Grader,
    crops: Mapping[str, LevelCrops],
    by_cell: Mapping[tuple[str, str, str], GradeOutput],
) -> list[NDArray[np.float32]]:
    """Of every cell (discs, pictures, 16, 16), pictures in the order of `_pictures`.

    Each place has its own gradient, since the branches keep the position (see `grad_cam`).
    """
    device = next(grader.parameters()).device
    midline, foramina, axial, has = (one.to(device) for one in as_batch([*crops.values()]))
    with torch.no_grad():
        features = [maps.requires_grad_() for maps in grader.maps(midline, foramina, axial)]
        of_midline, of_foramina, of_axial = features
    found = []
    with torch.enable_grad():
        of_cells = grader.from_maps(of_midline, of_foramina, of_axial, has)
        for (task, side), logits in zip(CELLS, of_cells, strict=True):
            cells = [by_cell.get((task.code, level, side)) for level in crops]
            order = [task.scores.index(one.score) if one else 0 for one in cells]
            of_grade = logits.gather(1, torch.tensor(order, device=device)[:, None])[:, 0]
            middle, gaps, tops = grad_cam(features, of_grade, is_averaged=False)
            (right, left), (straight, mirrored) = gaps.chunk(2), tops.chunk(2)
            every = torch.cat([middle, right, left, straight + mirrored.flip(-1)], 1)
            found.append(every.float().cpu().numpy())
    return found


def _pictures(
    crops: LevelCrops, frame: DiscFrame, t2: StackInput, axial: tuple[StackInput, ...]
) -> tuple[Picture | None, ...]:
    """Midline, right and left foramen, axial."""
    rightward = [-mm for mm in FORAMEN_MM]
    return (
        *sagittal_pictures(frame, t2, crops.midline[:, _T2], MIDLINE_MM),
        *sagittal_pictures(frame, t2, crops.foramina[0, :, _T2], rightward),
        *sagittal_pictures(frame, t2, crops.foramina[1, :, _T2], FORAMEN_MM),
        *axial_pictures(frame, axial, crops.axial, AXIAL_PIXEL_MM),
    )


def _there(pictures: Sequence[Picture | None], maps: NDArray[np.float32]) -> list[Seen]:
    pairs = zip(pictures, maps, strict=True)
    return [(picture, found) for picture, found in pairs if picture is not None]
