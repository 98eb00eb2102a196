"""Labels of clinical reports against grades of the same exams: how good the labels are.

It looks at readers' grades, so it is shown only where the protocol lets agreement be seen, and it
writes nothing: a label of a report never becomes a grade or a reference.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from annotations.models import (
    Case,
    Grade,
    Item,
    ReaderStudy,
    Reading,
    ReadingSession,
    ReferenceRecord,
)
from annotations.selectors.agreement import Shown, item_head, shown
from inference.reports import ORDER_OF, SEVERITIES, UNSPECIFIED
from inference.reports.grades import grade_maps
from inference.selectors.report_labels import categories_of_exams
from spinestudy.common.errors import InvalidInputError

READERS: Final = "readers"
REFERENCE: Final = "reference"

_Cell = tuple[int, str, str]
"""Case, level, side."""


@dataclass(frozen=True)
class _Graded:
    """One grade of a cell, and whose patient it is of."""

    cell: _Cell
    score: int


def confusable_items(reader_study: ReaderStudy) -> list[Item]:
    """Items of the reader study that reports give grades for."""
    maps = grade_maps()
    return [item for item in reader_study.items.all() if item.finding_code in maps]


def report_confusion(
    reader_study: ReaderStudy,
    arm_id: int | None,
    viewer: Any = None,
    *,
    item_code: str = "",
    by: str = READERS,
    with_assumed: bool = True,
) -> dict[str, Any]:
    """Categories of reports by grades, counted in cells.

    by: "readers" (every reader's grade counts), the code of one reader, or "reference". Errors as
    `annotations.selectors.agreement.shown`; InvalidInputError for an item or reader that isn't
    there.
    """
    seen = shown(reader_study, arm_id, viewer)
    items = confusable_items(reader_study)
    codes = [one.code for one in seen.enrolments]
    item = next((one for one in items if item_code in ("", one.finding_code)), None)
    if by not in (READERS, REFERENCE, *codes):
        raise InvalidInputError("Choose all readers, one of the readers, or the reference.")
    if item is None and item_code:
        raise InvalidInputError("Reports give no grades of that item.")
    return {
        "reader_study": {"id": reader_study.pk, "title": reader_study.title},
        "arms": [{"id": one.pk, "label": one.label} for one in seen.arms],
        "arm": seen.arm.pk,
        "items": [{"code": one.finding_code, "name": one.finding.name} for one in items],
        "by": by,
        "choices": [READERS, *codes, REFERENCE],
        "with_assumed": with_assumed,
        "least_patients": seen.least,
        "table": None if item is None else _table(seen, item, by, with_assumed=with_assumed),
    }


def _table(seen: Shown, item: Item, by: str, *, with_assumed: bool) -> dict[str, Any]:
    grade_map = grade_maps()[item.finding_code]
    cases = {case.pk: case for case in _cases(seen.reader_study)}
    said = categories_of_exams(
        grade_map.target,
        {case.imaging_study_id for case in cases.values()},
        with_assumed=with_assumed,
    )
    graded = _reference(item) if by == REFERENCE else _grades(seen, item, by)
    rows = (*ORDER_OF.get(grade_map.target, SEVERITIES), UNSPECIFIED)
    counts: dict[str, dict[int, int]] = {
        category: dict.fromkeys(item.scores, 0) for category in rows
    }
    patients: set[int] = set()
    n_mapped = n_same = 0
    for one in graded:
        case = cases[one.cell[0]]
        category = said.get((case.imaging_study_id, one.cell[1], one.cell[2]))
        if category is None:
            continue
        counts[category][one.score] += 1
        patients.add(case.imaging_study.patient_id)
        meant = grade_map.grades.get(category)
        n_mapped += meant is not None
        n_same += meant == one.score
    withheld = seen.withholds(len(patients))
    n_cells = sum(count for row in counts.values() for count in row.values())
    return {
        "item": item_head(item),
        "n_cells": n_cells,
        "n_patients": len(patients),
        "withheld": withheld,
        "n_mapped": None if withheld else n_mapped,
        "n_same": None if withheld else n_same,
        "n_unmapped": None if withheld else n_cells - n_mapped,
        "rows": [] if withheld else _rows(counts, grade_map.grades),
    }


def _rows(
    counts: Mapping[str, Mapping[int, int]], grades: Mapping[str, int]
) -> list[dict[str, Any]]:
    return [
        {
            "category": category,
            "score": grades.get(category),
            "counts": list(row.values()),
            "cells": [
                {
                    "count": count,
                    "share": count / sum(row.values()) if count else None,
                    "is_meant": grades.get(category) == score,
                }
                for score, count in row.items()
            ],
            "total": sum(row.values()),
        }
        for category, row in counts.items()
        if category != UNSPECIFIED or any(row.values())
    ]


def _cases(reader_study: ReaderStudy) -> Collection[Case]:
    return Case.objects.filter(reader_study=reader_study).select_related("imaging_study")


def _grades(seen: Shown, item: Item, by: str) -> list[_Graded]:
    """Grades of the pivotal phase that count in agreement."""
    found = (
        Grade.objects.filter(
            item=item,
            reading__reading_session__arm=seen.arm,
            reading__reading_session__phase=ReadingSession.Phase.PIVOTAL,
            reading__repeat_of__isnull=True,
            is_applicable=True,
            score__isnull=False,
        )
        .exclude(reading__status=Reading.Status.WITHDRAWN)
        .order_by("pk")
    )
    if by != READERS:
        found = found.filter(reading__enrolment__code=by)
    rows = found.values_list("reading__case_id", "disc_level", "side", "score")
    return _graded(rows)


def _reference(item: Item) -> list[_Graded]:
    """The newest version of each reference of the item."""
    newest = (
        ReferenceRecord.objects.filter(item=item)
        .order_by("case_id", "disc_level", "side", "-version")
        .distinct("case_id", "disc_level", "side")
        .values_list("case_id", "disc_level", "side", "score")
    )
    return _graded(newest)


def _graded(rows: Iterable[tuple[int, str, str, int | None]]) -> list[_Graded]:
    return [
        _Graded((case, level, side), score)
        for case, level, side, score in rows
        if score is not None
    ]
