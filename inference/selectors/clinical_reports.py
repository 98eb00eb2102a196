"""Reports and their newest labels, as coordinators see them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from inference.models import ClinicalReport, ReportImport, ReportLabel, ReportReview, ReportRun


def newest_runs(reports: Collection[ClinicalReport] | None) -> QuerySet[ReportRun]:
    """The newest run of each report; of all reports where None is given."""
    found = ReportRun.objects.all()
    if reports is not None:
        found = found.filter(report__in=[one.pk for one in reports])
    newest = found.order_by("report_id", "-id").distinct("report_id")
    return ReportRun.objects.filter(pk__in=newest.values("pk"))


def newest_reviews(reports: Collection[int]) -> dict[tuple[int, str, str, str], ReportReview]:
    """(report, target, level, side) -> the review that counts."""
    found = (
        ReportReview.objects.filter(report__in=reports)
        .order_by("report_id", "target", "disc_level", "side", "-id")
        .distinct("report_id", "target", "disc_level", "side")
        .select_related("reviewed_by")
    )
    return {(one.report_id, one.target, one.disc_level, one.side): one for one in found}


def clinical_reports(*, text: str = "", show: str = "") -> QuerySet[ClinicalReport]:
    """Reports, those that wait for somebody first.

    show: "held_back", "contradicting" or "unreviewed". text: part of a patient ID or accession
    number, or the number of an exam.
    """
    later = ReportRun.objects.filter(report=OuterRef("report"), pk__gt=OuterRef("pk"))
    contradicting = (
        ReportRun.objects.filter(report=OuterRef("pk"))
        .exclude(contradictions=[])
        .exclude(Exists(later))
    )
    found = ClinicalReport.objects.select_related("imaging_study__patient", "report_import")
    found = found.annotate(
        has_contradictions=Exists(contradicting),
        review_count=Count("reviews", distinct=True),
    )
    if show == "held_back":
        found = found.filter(state=ClinicalReport.State.HELD_BACK)
    elif show == "contradicting":
        found = found.filter(has_contradictions=True)
    elif show == "unreviewed":
        found = found.filter(review_count=0, state=ClinicalReport.State.IN_USE)
    for word in text.split():
        matches = Q(imaging_study__patient__patient_id__icontains=word) | Q(
            imaging_study__accession_number__icontains=word
        )
        if word.isdecimal() and len(word) < 16:
            matches |= Q(imaging_study_id=int(word))
        found = found.filter(matches)
    return found.order_by("state", "-has_contradictions", "-id")


def label_counts(runs: Iterable[int]) -> dict[int, dict[str, int]]:
    """Run -> how many labels are stated, implied, assumed, and how many more than mild."""
    rows = (
        ReportLabel.objects.filter(run__in=runs)
        .values("run_id", "certainty")
        .annotate(count=Count("id"))
    )
    counts: dict[int, dict[str, int]] = {}
    for row in rows:
        counts.setdefault(row["run_id"], {})[row["certainty"]] = row["count"]
    return counts


def imports() -> QuerySet[ReportImport]:
    """Imports, newest first."""
    return ReportImport.objects.select_related("cohort", "imported_by")


@dataclass(frozen=True)
class Counts:
    """How many reports there are, and which of them wait for somebody."""

    all: int
    held_back: int
    contradicting: int
    unreviewed: int


def counts() -> Counts:
    """Of all reports."""
    return Counts(
        ClinicalReport.objects.count(),
        *(
            clinical_reports(show=one).count()
            for one in ("held_back", "contradicting", "unreviewed")
        ),
    )
