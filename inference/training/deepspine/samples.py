"""Training exams -> crops and labels. Where no place of a disc is known, it is found first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from torch import nn

from inference.anatomy.crops import (
    CROP_SIZE,
    DiscFrame,
    disc_frames,
    frames_between,
    normalised_axial,
)
from inference.anatomy.preprocess import sagittal_pair
from inference.anatomy.spine import find_spine
from inference.contract import PipelineInputError, StageClock
from inference.pipelines import lumbar_grading
from inference.pipelines.deepspine.crops import LevelCrops, level_crops
from inference.pipelines.deepspine.network import CELLS
from inference.pipelines.deepspine.pipeline import is_visible
from inference.pipelines.lumbar_grading.network import LumbarNetworks
from inference.pipelines.weights_folder import load_weights
from inference.training.exams import TrainingExam
from inference.training.sources import DataError

MARGIN: Final = 12
"""Crops are cut this much larger than the grader's, to leave room for shifts."""
UNKNOWN: Final = -1
SEGMENTER_FOLDER: Final = Path(lumbar_grading.__file__).parent


@dataclass(frozen=True)
class ExamSamples:
    """What one exam gives; one entry a disc.

    targets: (discs, cells) place of the score in the task's scores, UNKNOWN where there is no label
    or nothing to see it by. is_report: (discs, cells).
    """

    exam_key: str
    crops: tuple[LevelCrops, ...]
    targets: NDArray[np.int64]
    is_report: NDArray[np.bool_]


def exam_samples(source: TrainingExam) -> ExamSamples:
    """The discs of one exam that have a label; DataError where no sagittal stack can be used."""
    try:
        pair = sagittal_pair(source.exam)
    except PipelineInputError as error:
        raise DataError(f"Exam {source.exam_key or source.patient_key}: {error}") from error
    kept: list[tuple[LevelCrops, list[int], list[bool]]] = []
    t2, t1 = pair.scaled.t2, pair.scaled.t1
    if t2 is not None and _has_label(source):
        axial = normalised_axial(source.exam)
        for level, frame in _frames(source).items():
            crops = level_crops(frame, t2, t1, axial, CROP_SIZE + MARGIN)
            targets = [_target(source, cell, level, crops) for cell in range(len(CELLS))]
            keys = [(task.code, level, side) for task, side in CELLS]
            if any(target != UNKNOWN for target in targets):
                kept.append((crops, targets, [key in source.from_reports for key in keys]))
    return ExamSamples(
        source.exam_key,
        tuple(_half(crops) for crops, _, _ in kept),
        np.array([t for _, t, _ in kept], dtype=np.int64).reshape(-1, len(CELLS)),
        np.array([r for _, _, r in kept], dtype=bool).reshape(-1, len(CELLS)),
    )


def _has_label(source: TrainingExam) -> bool:
    codes = {task.code for task, _ in CELLS}
    return any(source.grades.get(code) or source.side_grades.get(code) for code in codes)


def _target(source: TrainingExam, cell: int, level: str, crops: LevelCrops) -> int:
    task, side = CELLS[cell]
    score = source.score(task.code, level, side)
    if score is None or score not in task.scores or not is_visible(task, side, crops):
        return UNKNOWN
    return task.scores.index(score)


def _frames(source: TrainingExam) -> dict[str, DiscFrame]:
    """Where the discs are: as the data say, else as the product's segmenter finds them."""
    known = frames_between(source.centers_lps)
    if known:
        return known
    return disc_frames(find_spine(_segmenter(), source.exam, StageClock(_silent)).levels)


@cache
def _segmenter() -> nn.Module:
    """Once a process."""
    networks = LumbarNetworks()
    load_weights(networks, "lumbar_grading", SEGMENTER_FOLDER)
    return networks.segmenter


def _half(crops: LevelCrops) -> LevelCrops:
    """Images as float16: hundreds of exams are held in memory."""
    return LevelCrops(
        crops.midline.astype(np.float16),
        crops.foramina.astype(np.float16),
        crops.axial.astype(np.float16),
        crops.has,
    )


def _silent(_done: float, _words: str) -> None:
    """Nobody waits."""
