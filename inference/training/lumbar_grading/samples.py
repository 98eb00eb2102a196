"""Training exams -> the arrays that the two networks of lumbar_grading learn from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inference.anatomy.crops import (
    CROP_SIZE,
    DISC_LEVELS,
    DiscCrops,
    DiscFrame,
    disc_crops,
    normalised_axial,
)
from inference.anatomy.preprocess import sagittal_pair
from inference.pipelines.lumbar_grading.network import ITEMS
from inference.training.exams import TrainingExam
from inference.training.segmentation import segmentation_samples

MARGIN: Final = 12
"""Crops are cut this much larger than the grader's, to leave room for shifts."""
UNKNOWN: Final = -1


@dataclass(frozen=True)
class ExamSamples:
    """What one exam gives.

    planes: float16 (slices, 2, rows, columns). masks: uint8 (slices, rows, columns).
    crops, grades: one entry a disc level; grades holds the index of the score in the
    item's scores, UNKNOWN where there is none.
    """

    planes: NDArray[np.float16]
    masks: NDArray[np.uint8]
    crops: tuple[DiscCrops, ...]
    grades: NDArray[np.int64]


def exam_samples(source: TrainingExam) -> ExamSamples:
    """Both networks' samples of one exam."""
    planes, masks = segmentation_samples(source)
    crops, grades = grading_samples(source)
    return ExamSamples(planes.astype(np.float16), masks, crops, grades)


def grading_samples(source: TrainingExam) -> tuple[tuple[DiscCrops, ...], NDArray[np.int64]]:
    """Crops around the true disc centres and the indices of the true scores."""
    pair = sagittal_pair(source.exam)
    t2, t1 = pair.scaled.t2, pair.scaled.t1
    if t2 is None:
        return (), np.zeros((0, len(ITEMS)), dtype=np.int64)
    axial = normalised_axial(source.exam)
    crops, grades = [], []
    for level in DISC_LEVELS:
        above, below = level.split("/")
        centers = [source.centers_lps.get(name) for name in (level, above, below)]
        if any(c is None for c in centers):
            continue
        frame = DiscFrame.between(*(np.asarray(c) for c in centers))
        crops.append(disc_crops(frame, t2, t1, axial, size=CROP_SIZE + MARGIN))
        scores = [source.score(item.code, level) for item in ITEMS]
        grades.append(
            [
                UNKNOWN if score is None else item.scores.index(score)
                for item, score in zip(ITEMS, scores, strict=True)
            ]
        )
    return tuple(crops), np.array(grades, dtype=np.int64).reshape(-1, len(ITEMS))
