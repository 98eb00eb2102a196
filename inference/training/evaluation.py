"""End-to-end evaluation: a whole pipeline, from pixels to grades, on exams it has not seen."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from inference.contract import STRUCTURES, Pipeline, PipelineInputError, PredictionOutput
from inference.training.exams import TrainingExam
from inference.training.item_figures import Cell, item_figures, rounded
from inference.training.measures import dice
from inference.training.sources import DataError

LEVEL_TOLERANCE_MM: Final = 5.0
LUMBAR_DISCS: Final = ("L1/L2", "L2/L3", "L3/L4", "L4/L5", "L5/S1")
Items = Mapping[str, Sequence[int]]
"""Item code -> its scores in order, as `outputs.grades` of a pipeline's metadata says."""


@dataclass(frozen=True)
class ExamResult:
    """What is counted of one exam; plain, so that it can be stored and read again.

    dice: structure -> overlap on the main stack; empty where the exam has no masks.
    level_errors_mm: distances of the discs found from where they are known to be.
    """

    patient_key: str
    exam_key: str
    seconds: float
    dice: dict[str, float]
    level_errors_mm: list[float]
    levels_expected: int
    cells: list[Cell]

    def to_json(self) -> dict[str, Any]:
        """Plain data; the inverse of `from_json`."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ExamResult:
        """From plain data."""
        cells = [
            Cell(**{**one, "probabilities": {int(k): p for k, p in one["probabilities"].items()}})
            for one in data["cells"]
        ]
        return cls(**{**data, "cells": cells})


def result_of(source: TrainingExam, output: PredictionOutput, seconds: float) -> ExamResult:
    """Compare what a pipeline said of an exam with what is known of it."""
    overlaps: dict[str, float] = {}
    for main in output.segmentations[:1]:
        true = source.labels.get(main.stack_id)
        for value, structure in STRUCTURES.items():
            overlap = None if true is None else dice(main.labels, true, value)
            if overlap is not None:
                overlaps[structure] = overlap
    centers = {f.level: np.array(f.center_lps) for f in output.levels if f.kind == "disc"}
    expected = [level for level in LUMBAR_DISCS if level in source.centers_lps]
    errors = [
        float(np.linalg.norm(centers[level] - source.centers_lps[level]))
        for level in expected
        if level in centers
    ]
    cells = []
    for grade in output.grades:
        true_score = source.score(grade.item, grade.disc_level, grade.side)
        if true_score is not None:
            shares = {int(k): float(p) for k, p in grade.probabilities.items()}
            cells.append(
                Cell(
                    source.patient_key,
                    grade.item,
                    grade.disc_level,
                    grade.side,
                    grade.score,
                    true_score,
                    shares,
                )
            )
    return ExamResult(
        source.patient_key,
        source.exam_key or source.patient_key,
        seconds,
        overlaps,
        errors,
        len(expected),
        cells,
    )


def results_of(
    pipeline: Pipeline,
    exams: Iterable[TrainingExam],
    keep: Callable[[TrainingExam, PredictionOutput, ExamResult], None] | None = None,
) -> Iterator[ExamResult]:
    """Run the pipeline on every exam; `keep` may store what it said.

    Raises DataError, with its key, for an exam that the pipeline can't use.
    """
    for source in exams:
        start = time.perf_counter()
        try:
            output = pipeline.run(source.exam, lambda _done, _step: None)
        except PipelineInputError as error:
            raise DataError(f"Exam {source.exam_key or source.patient_key}: {error}") from error
        result = result_of(source, output, time.perf_counter() - start)
        if keep is not None:
            keep(source, output, result)
        yield result


def figures(results: Sequence[ExamResult], items: Items, seed: int = 1) -> dict[str, Any]:
    """All figures, ready for `metadata.json` and `results.json`. seed: of the intervals' draws."""
    errors = [error for one in results for error in one.level_errors_mm]
    overlaps: dict[str, list[float]] = {}
    for one in results:
        for structure, value in one.dice.items():
            overlaps.setdefault(structure, []).append(value)
    cells = [cell for one in results for cell in one.cells]
    return {
        "exams": len(results),
        "patients": len({one.patient_key for one in results}),
        "dice": {name: rounded(np.mean(values)) for name, values in overlaps.items()},
        "disc_levels": {
            "expected": sum(one.levels_expected for one in results),
            "within_5_mm": sum(error <= LEVEL_TOLERANCE_MM for error in errors),
            "median_error_mm": rounded(np.median(errors or [np.nan])),
        },
        "grades": {
            code: item_figures(code, tuple(scores), [c for c in cells if c.item == code], seed)
            for code, scores in items.items()
        },
        "seconds_per_exam": rounded(np.median([one.seconds for one in results] or [np.nan])),
        "intervals": "95 %, bootstrap of whole patients",
        "interval_seed": seed,
    }
