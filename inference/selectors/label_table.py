"""Labels that count as one table, with the grades that they stand for."""

from __future__ import annotations

from typing import Final

from inference.reports.grades import grade_maps
from inference.selectors.report_labels import counted_labels
from spinestudy.common.csv import csv_text
from spinestudy.imaging.models import ImagingStudy

COLUMNS: Final = (
    "study_instance_uid",
    "report",
    "target",
    "level",
    "side",
    "category",
    "certainty",
    "is_uncertain",
    "source",
    "engine_version",
    "lexicon_version",
)


def labels_csv() -> tuple[str, int]:
    """(CSV, rows): the columns above, then each item's grade, empty where none is meant."""
    maps = sorted(grade_maps().values(), key=lambda one: one.item_code)
    uids = dict(ImagingStudy.objects.values_list("pk", "study_instance_uid"))
    rows = [
        (
            uids[one.imaging_study_id],
            one.report_id,
            one.target,
            one.disc_level,
            one.side,
            one.category,
            one.certainty,
            one.is_uncertain,
            one.source,
            one.engine_version,
            one.lexicon_version,
            *(
                grade.grades.get(one.category) if grade.target == one.target else None
                for grade in maps
            ),
        )
        for one in counted_labels()
    ]
    return csv_text((*COLUMNS, *(one.item_code for one in maps)), rows), len(rows)
