"""Final reports of a reader study, and their files, for those who may see them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from annotations.models import FinalReport, FinalReportFile, ReaderStudy
from annotations.reporting.final_report import PRESETS
from annotations.selectors.report_data import require_locked
from spinestudy.common.errors import MissingError

UNDER_WAY = {FinalReport.State.QUEUED, FinalReport.State.RUNNING}


def final_reports(reader_study: ReaderStudy) -> QuerySet[FinalReport]:
    """Newest first, with their files; NotLockedError while the data aren't locked."""
    require_locked(reader_study)
    return (
        FinalReport.objects.filter(reader_study=reader_study)
        .select_related("requested_by", "lock")
        .prefetch_related("files")
    )


def final_report(reader_study: ReaderStudy, report_id: int) -> FinalReport:
    """One of them; MissingError where it is of another reader study."""
    report = final_reports(reader_study).filter(pk=report_id).first()
    if report is None:
        raise MissingError("There is no such report.")
    return report


def report_file(report: FinalReport, name: str) -> FinalReportFile:
    """A file by its name; MissingError where the report has none of that name (yet)."""
    found = report.files.filter(name=name).first()
    if found is None:
        raise MissingError("This report has no such file yet.")
    return found


def is_lost(report: FinalReport, now: datetime | None = None) -> bool:
    """Whether its worker has said nothing for too long."""
    expires = report.lease_expires_at
    return (
        report.state == FinalReport.State.RUNNING
        and expires is not None
        and expires < (now or timezone.now())
    )


def report_view(report: FinalReport) -> dict[str, Any]:
    """A report as the API and the page tell it."""
    return {
        "id": report.pk,
        "preset": report.preset,
        "preset_name": PRESETS[report.preset].name if report.preset in PRESETS else report.preset,
        "seed": report.seed,
        "lock": report.lock.number,
        "is_lock_lifted": report.lock.ended_at is not None,
        "state": report.state,
        "state_words": "worker lost" if is_lost(report) else report.get_state_display(),
        "is_under_way": report.state in UNDER_WAY and not is_lost(report),
        "progress": report.progress,
        "step": report.step,
        "error_message": report.error_message,
        "requested_by": report.requested_by.get_username(),
        "requested_at": report.requested_at,
        "finished_at": report.finished_at,
        "remade_at": report.remade_at,
        "is_remade_same": report.is_remade_same,
        "software": report.software,
        "files": [
            {"name": one.name, "sha256": one.sha256, "size_bytes": one.size_bytes}
            for one in report.files.all()
        ],
        "can_be_made_again": report.lock.ended_at is None
        and (report.state != FinalReport.State.RUNNING or is_lost(report)),
    }
