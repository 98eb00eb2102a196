"""End-to-end evaluation: the whole pipeline on exams it has not seen."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from inference.contract import STRUCTURES, PredictionOutput
from inference.pipelines.lumbar_grading.network import ITEMS
from inference.pipelines.lumbar_grading.pipeline import DISC_LEVELS, LumbarGrading
from inference.training.exams import TrainingExam
from inference.training.measures import dice, expected_calibration_error, quadratic_kappa

LEVEL_TOLERANCE_MM = 5.0


@dataclass
class Tally:
    """What is counted over the exams."""

    exams: int = 0
    seconds: list[float] = field(default_factory=list)
    dice: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    level_errors_mm: list[float] = field(default_factory=list)
    levels_expected: int = 0
    grades: dict[str, list[tuple[int, int, float]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def add(self, source: TrainingExam, output: PredictionOutput, seconds: float) -> None:
        """Count one exam."""
        self.exams += 1
        self.seconds.append(seconds)
        main = output.segmentations[0]
        for value, structure in STRUCTURES.items():
            overlap = dice(main.labels, source.labels[main.stack_id], value)
            if overlap is not None:
                self.dice[structure].append(overlap)
        centers = {f.level: np.array(f.center_lps) for f in output.levels if f.kind == "disc"}
        for level in DISC_LEVELS:
            if level in source.centers_lps:
                self.levels_expected += 1
                if level in centers:
                    error = np.linalg.norm(centers[level] - source.centers_lps[level])
                    self.level_errors_mm.append(float(error))
        for grade in output.grades:
            true = source.grades.get(grade.item, {}).get(grade.disc_level)
            if true is not None:
                sure = grade.probabilities[grade.score]
                self.grades[grade.item].append((grade.score, true, sure))

    def figures(self) -> dict[str, Any]:
        """The figures, ready for `metadata.json`."""
        near = sum(e <= LEVEL_TOLERANCE_MM for e in self.level_errors_mm)
        return {
            "exams": self.exams,
            "dice": {name: _rounded(np.mean(values)) for name, values in self.dice.items()},
            "disc_levels": {
                "expected": self.levels_expected,
                "within_5_mm": near,
                "median_error_mm": _rounded(np.median(self.level_errors_mm or [np.nan])),
            },
            "grades": {item.code: self._item(item.code, item.scores) for item in ITEMS},
            "seconds_per_exam": _rounded(np.median(self.seconds or [np.nan])),
        }

    def _item(self, code: str, scores: tuple[int, ...]) -> dict[str, Any]:
        rows = self.grades.get(code, [])
        found, true = [r[0] for r in rows], [r[1] for r in rows]
        right = [a == b for a, b in zip(found, true, strict=True)]
        return {
            "discs": len(rows),
            "quadratic_kappa": _rounded(quadratic_kappa(found, true, scores)) if rows else None,
            "accuracy": _rounded(np.mean(right)) if rows else None,
            "calibration_error": (
                _rounded(expected_calibration_error([r[2] for r in rows], right)) if rows else None
            ),
        }


def evaluate(pipeline: LumbarGrading, exams: Iterable[TrainingExam]) -> dict[str, Any]:
    """Run the pipeline on every exam and compare with what is known of it."""
    tally = Tally()
    for source in exams:
        start = time.perf_counter()
        output = pipeline.run(source.exam, lambda _done, _step: None)
        tally.add(source, output, time.perf_counter() - start)
    return tally.figures()


def table(figures: dict[str, Any]) -> str:
    """The figures as lines of text."""
    levels = figures["disc_levels"]
    lines = [
        f"exams {figures['exams']}, {figures['seconds_per_exam']} s per exam (median)",
        f"disc levels within {LEVEL_TOLERANCE_MM:g} mm: {levels['within_5_mm']} of "
        f"{levels['expected']}, median error {levels['median_error_mm']} mm",
    ]
    lines += [f"Dice {name:<22} {value}" for name, value in figures["dice"].items()]
    for code, row in figures["grades"].items():
        lines.append(
            f"{code:<27} quadratic kappa {row['quadratic_kappa']}, exact {row['accuracy']}, "
            f"calibration error {row['calibration_error']} (n = {row['discs']})"
        )
    return "\n".join(lines)


def _rounded(value: Any) -> float | None:
    number = float(value)
    return None if number != number else round(number, 3)
