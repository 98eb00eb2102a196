"""Amend a schedule: who reads what, and by when, after the reader study was opened.

The schedule that was drawn keeps its hash. An amendment says what it takes out and brings in, with
the hash before and after, so that every step can be followed back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.models import User

from annotations.design.allocation import Assignment, schedule_hash
from annotations.models import Enrolment, ReaderStudy, ScheduleAmendment
from annotations.selectors.schedules import schedule_rows
from spinestudy.audit.services import record
from spinestudy.common.errors import ConflictError, InvalidInputError, MissingError
from spinestudy.common.notify import notify


class ScheduleAmendmentError(ConflictError):
    """The schedule can't be amended like this; the message says why."""

    code = "schedule_amendment"


def opened_and_locked(reader_study_id: int, reason: str) -> ReaderStudy:
    """The reader study, locked until the transaction ends; nothing is stored in it meanwhile."""
    reader_study = ReaderStudy.objects.select_for_update().get(pk=reader_study_id)
    if not reason.strip():
        raise InvalidInputError("Say why the schedule is amended.")
    match reader_study.status:
        case ReaderStudy.Status.OPEN:
            return reader_study
        case ReaderStudy.Status.DRAFT:
            raise ScheduleAmendmentError("This is a draft: edit it instead.")
        case _:
            raise ScheduleAmendmentError("The data are locked; unlock them first, with a reason.")


def reader_of(reader_study: ReaderStudy, enrolment_id: int) -> Enrolment:
    """A reader of this reader study, locked; MissingError where it is of another."""
    enrolment = (
        reader_study.enrolments.select_for_update(of=("self",))
        .select_related("reader")
        .filter(pk=enrolment_id)
        .first()
    )
    if enrolment is None:
        raise MissingError("There is no such reader in this reader study.")
    return enrolment


def begin_amendment(
    reader_study: ReaderStudy,
    kind: str,
    *,
    enrolment: Enrolment | None,
    reason: str,
    actor: User,
    added: Sequence[Assignment] = (),
    removed: Sequence[Assignment] = (),
    detail: Mapping[str, Sequence[Any]] | None = None,
) -> ScheduleAmendment:
    """Write the amendment down; from here to the end of the transaction readings can be added."""
    before = schedule_rows(reader_study)
    after = Counter(before) - Counter(removed) + Counter(added)
    row = ScheduleAmendment(
        reader_study=reader_study,
        number=reader_study.schedule_amendments.count() + 1,
        kind=kind,
        enrolment=enrolment,
        reason=reason.strip(),
        before_sha256=schedule_hash(before),
        after_sha256=schedule_hash(after.elements()),
        added=[list(one) for one in added],
        removed=[list(one) for one in removed],
        detail={field: list(pair) for field, pair in (detail or {}).items()},
        made_by=actor,
    )
    row.full_clean()
    row.save()
    return row


def finish_amendment(row: ScheduleAmendment) -> ScheduleAmendment:
    """Prove that the stored schedule is the one written down, and record it."""
    stored = schedule_hash(schedule_rows(row.reader_study))
    if stored != row.after_sha256:
        raise AssertionError(f"amendment {row.number} did not give the schedule that it names")
    record(
        actor=row.made_by,
        action=f"schedule.{row.kind}",
        subject=row,
        changes={"sha256": [row.before_sha256, row.after_sha256], **row.detail},
        reason=row.reason,
        reader_study=row.reader_study_id,
        reader=row.enrolment.code if row.enrolment else "",
        added=len(row.added),
        removed=len(row.removed),
    )
    notify(f"reader-study-{row.reader_study_id}", amendment=row.number)
    return row
