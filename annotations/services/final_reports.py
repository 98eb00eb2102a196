"""The life of a final report: asked for, claimed by a worker, stored or failed, made again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from annotations.models import DataLock, FinalReport, FinalReportFile, ReaderStudy
from annotations.reporting.final_report import PRESETS
from annotations.selectors.content_hash import content_sha256
from annotations.selectors.report_data import report_data, require_locked
from annotations.services.software import software_versions
from spinestudy.audit.services import record
from spinestudy.common.errors import ConflictError, InvalidInputError
from spinestudy.imaging.services.storage import store_report_file

LEASE: Final = timedelta(minutes=30)
"""A worker that has said nothing for so long is taken for lost."""


class ReportUnderWayError(ConflictError):
    """The report is being made; wait for it."""

    code = "report_under_way"


class DataAlteredError(ConflictError):
    """The data aren't those that were locked."""

    code = "data_altered"


@transaction.atomic
def queue_report(*, reader_study_id: int, preset: str, actor: User) -> FinalReport:
    """Ask for a report of the lock in force; what is asked for twice is made once.

    The seed is that of the reader study, so that nobody chooses one by its result.
    """
    reader_study = ReaderStudy.objects.select_for_update().get(pk=reader_study_id)
    if preset not in PRESETS:
        raise InvalidInputError(f"There is no such report. Choose one of: {', '.join(PRESETS)}.")
    require_locked(reader_study)
    lock = _lock_of(reader_study)
    under_way = FinalReport.objects.filter(
        lock=lock, preset=preset, state__in=[FinalReport.State.QUEUED, FinalReport.State.RUNNING]
    ).first()
    if under_way is not None:
        return under_way
    report = FinalReport(
        reader_study=reader_study,
        lock=lock,
        preset=preset,
        seed=reader_study.seed,
        as_of=timezone.now(),
        requested_by=actor,
    )
    report.full_clean()
    report.save()
    record(actor=actor, action="report.requested", subject=report, preset=preset, seed=report.seed)
    return report


def _lock_of(reader_study: ReaderStudy) -> DataLock:
    lock = reader_study.locks.filter(ended_at=None, confirmed_at__isnull=False).first()
    if lock is None:
        raise ConflictError("The data were locked before locks had hashes. Unlock and lock again.")
    return lock


@transaction.atomic
def queue_again(*, report_id: int, actor: User) -> FinalReport:
    """Make a report again: the same files have to come out, and are compared."""
    report = (
        FinalReport.objects.select_for_update(of=("self",))
        .select_related("reader_study", "lock")
        .get(pk=report_id)
    )
    require_locked(report.reader_study)
    if report.lock.ended_at is not None:
        raise ConflictError("This report is of a lock that was lifted. Ask for a new one.")
    is_lost = report.state == FinalReport.State.RUNNING and (
        report.lease_expires_at is not None and report.lease_expires_at < timezone.now()
    )
    if report.state == FinalReport.State.RUNNING and not is_lost:
        raise ReportUnderWayError("The report is being made. Wait until it is done.")
    report.state, report.progress, report.step = FinalReport.State.QUEUED, 0, ""
    report.error_message, report.lease_expires_at = "", None
    report.save()
    record(actor=actor, action="report.requested_again", subject=report, preset=report.preset)
    return report


def claim_report(report_id: int) -> FinalReport | None:
    """Take the report for this worker, or None where somebody else has it or it is over."""
    now = timezone.now()
    claimed = FinalReport.objects.filter(
        Q(state=FinalReport.State.QUEUED)
        | Q(state=FinalReport.State.RUNNING, lease_expires_at__lt=now),
        pk=report_id,
    ).update(
        state=FinalReport.State.RUNNING,
        lease_expires_at=now + LEASE,
        attempts=F("attempts") + 1,
        progress=0.05,
        step="reading the locked data",
        error_message="",
    )
    if not claimed:
        return None
    return FinalReport.objects.select_related("reader_study", "lock").get(pk=report_id)


def tell_progress(report: FinalReport, progress: float, step: str) -> None:
    """How far it is, for whoever waits."""
    FinalReport.objects.filter(
        pk=report.pk, state=FinalReport.State.RUNNING, attempts=report.attempts
    ).update(progress=progress, step=step, lease_expires_at=timezone.now() + LEASE)


def make_report(report: FinalReport) -> FinalReport:
    """Compute and store every file of a claimed report.

    Made again, the files have to be those stored; whether they are is kept with the report.
    """
    if content_sha256(report.reader_study) != report.lock.content_sha256:
        raise DataAlteredError("The data aren't those that were locked. Ask who runs the site.")
    software = software_versions()
    data = report_data(report, software)
    tell_progress(report, 0.3, "computing and drawing")
    from annotations.reporting.final_report.files import report_files  # drawing: workers only

    files = report_files(data)
    tell_progress(report, 0.9, "storing the files")
    paths = {
        name: (store_report_file(content, digest(content)), content)
        for name, content in files.items()
    }
    return _finish(report, paths, software)


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


@transaction.atomic
def _finish(
    report: FinalReport, files: Mapping[str, tuple[str, bytes]], software: dict[str, str]
) -> FinalReport:
    row = FinalReport.objects.select_for_update().get(pk=report.pk)
    if row.state != FinalReport.State.RUNNING or row.attempts != report.attempts:
        return row  # another worker has taken it over
    stored = dict(row.files.values_list("name", "sha256"))
    made = {name: digest(content) for name, (_, content) in files.items()}
    now = timezone.now()
    if stored:
        row.remade_at, row.is_remade_same = now, stored == made
        row.error_message = "" if stored == made else _differs(row, stored, made, software)
    else:
        row.software, row.finished_at = software, now
        FinalReportFile.objects.bulk_create(
            FinalReportFile(
                report=row, name=name, path=path, sha256=made[name], size_bytes=len(content)
            )
            for name, (path, content) in files.items()
        )
    row.state, row.progress, row.step = FinalReport.State.SUCCEEDED, 1, "done"
    row.lease_expires_at = None
    row.full_clean()
    row.save()
    record(
        actor=row.requested_by,
        action="report.made_again" if stored else "report.made",
        subject=row,
        files=made,
        is_same=row.is_remade_same if stored else None,
    )
    return row


def _differs(
    row: FinalReport, stored: dict[str, str], made: dict[str, str], software: dict[str, str]
) -> str:
    names = sorted(name for name in {*stored, *made} if stored.get(name) != made.get(name))
    other = sorted(
        f"{name} {row.software.get(name, 'absent')}, now {software.get(name, 'absent')}"
        for name in {*row.software, *software}
        if row.software.get(name) != software.get(name)
    )
    why = f" Other software: {'; '.join(other)}." if other else " The software is the same."
    return f"Made again, these files came out differently: {', '.join(names)}.{why}"[:1000]


def fail_report(report: FinalReport, message: str) -> None:
    """Keep why it failed; files that were stored before stay."""
    FinalReport.objects.filter(
        pk=report.pk, state=FinalReport.State.RUNNING, attempts=report.attempts
    ).update(
        state=FinalReport.State.FAILED,
        error_message=message[:1000],
        lease_expires_at=None,
        step="",
    )
