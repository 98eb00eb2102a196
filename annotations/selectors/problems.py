"""Problem reports: as their reader sees them, under the blinded number, and as coordinators do."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.db.models import Prefetch, Q, QuerySet

from annotations.models import ProblemReply, ProblemReport, ReaderStudy, Reading
from annotations.selectors.worklist import UNSEEN


def _with_threads() -> QuerySet[ProblemReport]:
    return ProblemReport.objects.select_related(
        "reading__case__reader_study", "reading__enrolment__reader"
    ).prefetch_related(Prefetch("replies", ProblemReply.objects.select_related("written_by")))


def reports_of(reader: User) -> list[ProblemReport]:
    """Every report of this reader, those with an answer not seen yet first, then the newest."""
    reports = list(
        _with_threads()
        .filter(reading__enrolment__reader=reader)
        .exclude(reading__case__reader_study__status__in=UNSEEN)
    )
    return sorted(reports, key=lambda one: (not has_news(one), one.settled_at is not None))


def has_news(report: ProblemReport) -> bool:
    """Whether there is an answer that the reader hasn't seen."""
    return any(
        not reply.is_from_reader and (report.seen_at is None or reply.written_at > report.seen_at)
        for reply in report.replies.all()
    )


def reports_in(reader_study: ReaderStudy) -> list[ProblemReport]:
    """Every report of a reader study, open ones first, then the newest."""
    reports = list(_with_threads().filter(reading__enrolment__reader_study=reader_study))
    return sorted(reports, key=lambda one: one.settled_at is not None)


def open_reports(reader_study: ReaderStudy) -> int:
    """How many aren't settled."""
    return ProblemReport.objects.filter(
        Q(settled_at=None), reading__enrolment__reader_study=reader_study
    ).count()


def report_views(reading: Reading) -> list[dict[str, Any]]:
    """The reports of one reading with their threads, the oldest first; who answered stays out."""
    reports = _with_threads().filter(reading=reading).order_by("id")
    return [report_view(report) for report in reports]


def report_view(report: ProblemReport) -> dict[str, Any]:
    """One report as its reader gets it."""
    return {
        "report_key": report.report_key,
        "kind": report.kind,
        "text": report.text,
        "reported_at": report.reported_at,
        "is_settled": report.settled_at is not None,
        "replies": [
            {
                "text": reply.text,
                "is_from_reader": reply.is_from_reader,
                "written_at": reply.written_at,
            }
            for reply in report.replies.all()
        ],
    }
