"""Labels of reports as weak labels: what counts after review, and as grades of items.

They never are anybody's grade: whoever trains with them says so (source "report" or
"report-review"), and a reader's grade of the same cell goes before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from inference.models import ClinicalReport, ReportLabel, ReportReview, ReportRun
from inference.reports.grades import grade_maps
from inference.selectors.clinical_reports import newest_reviews

Cell = tuple[int, str, str]
"""Exam, level, side."""
_REVIEWED: Final = "reviewed"


@dataclass(frozen=True, slots=True)
class CountedLabel:
    """A label that counts. certainty: "reviewed" where a person has confirmed or corrected it."""

    imaging_study_id: int
    report_id: int
    target: str
    disc_level: str
    side: str
    category: str
    certainty: str
    is_uncertain: bool
    source: str
    engine_version: str
    lexicon_version: str


def counted_labels(imaging_studies: Collection[int] | None = None) -> Iterator[CountedLabel]:
    """Labels of the newest run of each report in use, as reviews have left them.

    A label that was called wrong is left out, whatever a later run says there; one called right
    counts as reviewed as long as it says the same.
    """
    reports = ClinicalReport.objects.filter(state=ClinicalReport.State.IN_USE)
    if imaging_studies is not None:
        reports = reports.filter(imaging_study__in=imaging_studies)
    exam_of = dict(reports.values_list("pk", "imaging_study_id"))
    reviews = newest_reviews(list(exam_of))
    newest = ReportRun.objects.filter(report__in=reports.values("pk"))
    newest = newest.order_by("report_id", "-id").distinct("report_id")
    labels = ReportLabel.objects.filter(run__in=newest.values("pk")).select_related("run")
    for label in labels.order_by("run__report_id", "pk").iterator(2000):
        run = label.run
        cell = (run.report_id, label.target, label.disc_level, label.side)
        counted = _counted(exam_of[run.report_id], label, reviews.pop(cell, None))
        if counted is not None:
            yield counted
    for (report_id, target, level, side), review in reviews.items():
        if review.verdict == ReportReview.Verdict.CORRECTED:
            yield CountedLabel(
                exam_of[report_id],
                report_id,
                target,
                level,
                side,
                review.corrected,
                _REVIEWED,
                False,
                ReportReview.SOURCE,
                "",
                "",
            )


def _counted(exam: int, label: ReportLabel, review: ReportReview | None) -> CountedLabel | None:
    category, certainty, source = label.category, label.certainty, ReportLabel.SOURCE
    if review is not None:
        if review.verdict == ReportReview.Verdict.WRONG:
            return None
        if review.verdict == ReportReview.Verdict.CORRECTED:
            category, certainty, source = review.corrected, _REVIEWED, ReportReview.SOURCE
        elif review.category == label.category:
            certainty, source = _REVIEWED, ReportReview.SOURCE
    return CountedLabel(
        exam,
        label.run.report_id,
        label.target,
        label.disc_level,
        label.side,
        category,
        certainty,
        label.is_uncertain and certainty != _REVIEWED,
        source,
        label.run.engine_version,
        label.run.lexicon_version,
    )


def categories_of_exams(
    target: str, imaging_studies: Collection[int], *, with_assumed: bool = True
) -> dict[Cell, str]:
    """(exam, level, side) -> category; nothing where two reports of an exam differ."""
    said: dict[Cell, set[str]] = {}
    for one in counted_labels(imaging_studies):
        if one.target == target and (with_assumed or one.certainty != "assumed"):
            cell = (one.imaging_study_id, one.disc_level, one.side)
            said.setdefault(cell, set()).add(one.category)
    return {cell: next(iter(words)) for cell, words in said.items() if len(words) == 1}


def report_grades(
    item_code: str, imaging_studies: Collection[int], *, with_assumed: bool = True
) -> dict[Cell, int]:
    """(exam, level, side) -> score on the item's scale, as grades.toml says; missing otherwise.

    with_assumed: whether a narrowing that isn't mentioned at a described level counts as none.
    KeyError where reports give no grades of that item.
    """
    grade_map = grade_maps()[item_code]
    categories = categories_of_exams(grade_map.target, imaging_studies, with_assumed=with_assumed)
    return {
        cell: grade_map.grades[category]
        for cell, category in categories.items()
        if category in grade_map.grades
    }
