"""Readers report problems with a case; coordinators answer that reader."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from annotations.models import ProblemReply, ProblemReport, ReaderStudy
from annotations.services.readings import ReadingClosedError, lock_reading
from annotations.vocabulary.problems import PROBLEM_KINDS
from spinestudy.audit.services import record
from spinestudy.common.errors import ConflictError, InvalidInputError, MissingError
from spinestudy.common.notify import notify

LONGEST = 2000


class ProblemSettledError(ConflictError):
    """The thread is closed."""

    code = "problem_settled"


@transaction.atomic
def report_problem(*, reading_id: int, report_key: UUID, kind: str, text: str) -> ProblemReport:
    """Store a report; the same key again returns what is stored.

    Allowed while the reader study is open, also of a submitted case: it changes no answer.
    """
    reading = lock_reading(reading_id)  # a resend waits here until the first has landed
    known = ProblemReport.objects.filter(report_key=report_key).first()
    if known is not None:
        if known.reading_id != reading_id:
            raise InvalidInputError("This report key belongs to another reading.")
        return known
    if reading.case.reader_study.status != ReaderStudy.Status.OPEN:
        raise ReadingClosedError("The data of this reader study are locked.")
    if kind not in PROBLEM_KINDS:
        raise InvalidInputError("Choose one of the listed problems.")
    if len(text.strip()) > LONGEST or (kind == "other" and not text.strip()):
        raise InvalidInputError(f"Say what is wrong, in at most {LONGEST} characters.")
    row = ProblemReport(
        report_key=report_key,
        reading=reading,
        kind=kind,
        text=text.strip(),
        seen_at=timezone.now(),
    )
    row.full_clean()
    row.save()
    record(
        actor=reading.enrolment.reader,
        action="problem.reported",
        subject=row,
        reading=reading.pk,
        case=reading.case.number,
        kind=kind,
    )
    notify(f"reader-study-{reading.case.reader_study_id}", problem=row.pk)
    return row


def _checked(text: str) -> str:
    if not text.strip() or len(text.strip()) > LONGEST:
        raise InvalidInputError(f"Write an answer of at most {LONGEST} characters.")
    return text.strip()


@transaction.atomic
def answer_problem(
    *, reader_study: ReaderStudy, report_id: int, text: str, settles: bool, actor: User
) -> ProblemReport:
    """Answer one reader, or settle the report, or both. Only that reader sees it."""
    report = _locked(report_id, reading__enrolment__reader_study=reader_study)
    if text.strip() or not settles:
        _reply(report, _checked(text), actor, is_from_reader=False)
    if settles and report.settled_at is None:
        report.settled_at = timezone.now()
        record(actor=actor, action="problem.settled", subject=report)
    report.save()
    return report


@transaction.atomic
def reply_to_answer(*, report_id: int, text: str, reader: User) -> ProblemReport:
    """The reader says more; a settled report is open again then."""
    report = _locked(report_id, reading__enrolment__reader=reader)
    _reply(report, _checked(text), reader, is_from_reader=True)
    report.settled_at, report.seen_at = None, timezone.now()
    report.save()
    return report


@transaction.atomic
def mark_seen(*, report_id: int, reader: User) -> ProblemReport:
    """The reader has seen the answers so far."""
    report = _locked(report_id, reading__enrolment__reader=reader)
    report.seen_at = timezone.now()
    report.save(update_fields=["seen_at"])
    return report


def _locked(report_id: int, **whose: object) -> ProblemReport:
    report = (
        ProblemReport.objects.select_for_update(of=("self",)).filter(pk=report_id, **whose).first()
    )
    if report is None:
        raise MissingError("There is no such report.")
    return report


def _reply(report: ProblemReport, text: str, writer: User, *, is_from_reader: bool) -> None:
    row = ProblemReply(report=report, written_by=writer, is_from_reader=is_from_reader, text=text)
    row.full_clean()
    row.save()
    record(actor=writer, action="problem.answered", subject=report, reply=row.pk)
