"""Labels of exams as a table to train from: those of reports, of readers, and the reference.

Only read here: no grade, reference or report changes. Grades given with AI in view are left out, as
are those of arms that the protocol doesn't show yet.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from annotations.models import Grade, ReaderStudy, Reading, ReadingSession, ReferenceRecord
from annotations.selectors.live_view import exported_arms
from inference.reports.grades import grade_maps
from inference.selectors.report_labels import report_grades
from spinestudy.imaging.models import ImagingStudy

COLUMNS: Final = ("study_instance_uid", "item", "disc_level", "side", "score", "source")
REPORT: Final = "report"
REFERENCE: Final = "reference"
Row = tuple[str, str, str, str, int, str]
_READ: Final = (Reading.Status.SUBMITTED, Reading.Status.AMENDED)


def report_rows(imaging_studies: Collection[int], *, with_assumed: bool = True) -> Iterator[Row]:
    """Grades that labels of reports stand for, reviews counted.

    with_assumed: whether a narrowing that isn't mentioned at a described level counts as none.
    """
    uids = _uids(imaging_studies)
    for item in sorted(grade_maps()):
        cells = report_grades(item, imaging_studies, with_assumed=with_assumed)
        for (exam, level, side), score in sorted(cells.items()):
            yield uids[exam], item, level, side, score, REPORT


def reader_rows(reader_study: ReaderStudy) -> Iterator[Row]:
    """Grades of finished readings without AI, under the reader's code; first readings alone."""
    rows = (
        Grade.objects.filter(
            reading__case__reader_study=reader_study,
            reading__status__in=_READ,
            reading__repeat_of__isnull=True,
            reading__reading_session__phase=ReadingSession.Phase.PIVOTAL,
            reading__reading_session__arm__is_ai_allowed=False,
            reading__reading_session__arm__in=exported_arms(reader_study),
            is_applicable=True,
            score__isnull=False,
        )
        .order_by("reading__reading_session__period", "reading_id", "pk")
        .values_list(
            "reading__case__imaging_study__study_instance_uid",
            "item__finding_code",
            "disc_level",
            "side",
            "score",
            "reading__enrolment__code",
        )
    )
    seen = set()
    for uid, item, level, side, score, code in rows:
        cell = (uid, item, level, side, code)
        if cell not in seen:
            seen.add(cell)
            yield uid, item, level, side, int(score or 0), code


def reference_rows(reader_study: ReaderStudy) -> Iterator[Row]:
    """The newest version of each reference that is gradable."""
    newest = (
        ReferenceRecord.objects.filter(case__reader_study=reader_study)
        .order_by("case_id", "item_id", "disc_level", "side", "-version")
        .distinct("case_id", "item_id", "disc_level", "side")
        .values_list(
            "case__imaging_study__study_instance_uid",
            "item__finding_code",
            "disc_level",
            "side",
            "score",
        )
    )
    for uid, item, level, side, score in newest:
        if score is not None:
            yield uid, item, level, side, score, REFERENCE


def _uids(imaging_studies: Collection[int]) -> dict[int, str]:
    found = ImagingStudy.objects.filter(pk__in=imaging_studies)
    return dict(found.values_list("pk", "study_instance_uid"))
