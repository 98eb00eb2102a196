"""Run a model over cases that it didn't learn from, and keep what it said beside what is right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from inference.checked_cases import CHECKED_CASES_FILE, CheckedCases, CheckedItem
from inference.contract import Pipeline
from inference.training.bundle import write_json
from inference.training.evaluation import ExamResult, results_of
from inference.training.exams import TrainingExam
from inference.training.item_figures import Cell
from inference.training.loop import Say
from inference.training.sources import Case, DataSource, made_of

DIGITS: Final = 5


def check(
    pipeline: Pipeline,
    items: Mapping[str, Sequence[int]],
    source: DataSource,
    cases: Sequence[Case],
    *,
    processes: int,
    say: Say,
) -> CheckedCases:
    """What the pipeline, end to end, says of these cases.

    items: code -> scores, as the pipeline's metadata say. Cells whose label is not on that scale
    are left out.
    """
    results: list[ExamResult] = []
    for result in results_of(pipeline, _opened(cases, processes)):
        results.append(result)
        if len(results) % 20 == 0:
            say(f"checked on {len(results)} of {len(cases)} exams")
    cells = [cell for one in results for cell in one.cells]
    return CheckedCases(
        pipeline=f"{pipeline.name}@{pipeline.version}",
        weights_sha256=pipeline.weights_sha256,
        data=source.name,
        data_sha256=source.digest,
        label_source=source.label_source,
        is_synthetic=source.is_synthetic,
        exams=len(results),
        items={
            code: _item(tuple(scores), [cell for cell in cells if cell.item == code])
            for code, scores in items.items()
        },
    )


def keep(checked: CheckedCases, folder: Path) -> Path:
    """Write the rows beside the weights, whole or not at all."""
    path = folder / CHECKED_CASES_FILE
    write_json(path, checked.to_json())
    return path


def _item(scores: tuple[int, ...], cells: Iterable[Cell]) -> CheckedItem:
    usable = [cell for cell in cells if cell.true in scores]
    return CheckedItem(
        scores=scores,
        patients=tuple(cell.patient_key for cell in usable),
        probabilities=tuple(
            tuple(round(cell.probabilities.get(score, 0.0), DIGITS) for score in scores)
            for cell in usable
        ),
        true=tuple(cell.true for cell in usable),
    )


def _opened(cases: Sequence[Case], processes: int) -> Iterator[TrainingExam]:
    return made_of(_open, cases, processes)


def _open(case: Case) -> TrainingExam:
    return case.load()
