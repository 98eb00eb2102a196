"""Shadow runs of reader studies, and how their grades compare with those that the arms show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from annotations.models import Arm, Case, ReaderStudy
from inference.selectors.batches import BatchProgress, progress_of, shadow_batches
from inference.selectors.predictions import newest_grades


@dataclass(frozen=True)
class ItemComparison:
    """One item: cells that both versions graded, and the shares of same, higher, lower; percent."""

    item: str
    shown: str
    cells: int
    same: float
    higher: float
    lower: float


@dataclass(frozen=True)
class ShadowRun:
    """A batch over the cases of a reader study; comparisons once it is over."""

    reader_study: ReaderStudy
    progress: BatchProgress
    comparisons: tuple[ItemComparison, ...]


def shadow_runs(reader_studies: Sequence[ReaderStudy]) -> list[ShadowRun]:
    """Those of these reader studies, the newest first. No reader's answer is looked at."""
    by_key = {str(one.pk): one for one in reader_studies}
    return [
        ShadowRun(
            by_key[one.batch.key],
            one,
            tuple(_comparisons(by_key[one.batch.key], one.batch.pipeline)) if one.is_over else (),
        )
        for one in progress_of(shadow_batches(by_key.keys()))
    ]


def _comparisons(reader_study: ReaderStudy, pipeline: str) -> list[ItemComparison]:
    arms = Arm.objects.filter(reader_study=reader_study, is_ai_allowed=True)
    exams = list(
        Case.objects.filter(reader_study=reader_study).values_list("imaging_study_id", flat=True)
    )
    found = []
    for shown in sorted(set(arms.values_list("pipeline", flat=True)) - {pipeline}):
        for item in reader_study.items.values_list("finding_code", flat=True):
            before = _grades(exams, shown, item)
            after = _grades(exams, pipeline, item)
            both = before.keys() & after.keys()
            if not both:
                continue
            steps = [after[cell] - before[cell] for cell in both]
            share = 100 / len(steps)
            found.append(
                ItemComparison(
                    item,
                    shown,
                    len(steps),
                    share * sum(step == 0 for step in steps),
                    share * sum(step > 0 for step in steps),
                    share * sum(step < 0 for step in steps),
                )
            )
    return found


def _grades(exams: list[int], pipeline: str, item: str) -> dict[tuple[int, str, str], int]:
    return {
        (exam, level, side): score
        for exam, level, side, score in newest_grades(exams, pipeline, item)
    }
