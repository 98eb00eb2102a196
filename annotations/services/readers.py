"""Withdraw, pause or resume a reader, and extend due dates, each as an amendment."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from annotations.models import (
    Enrolment,
    ReaderStudy,
    Reading,
    ReadingSession,
    ScheduleAmendment,
)
from annotations.selectors.schedules import assignments
from annotations.services.schedule_amendments import (
    ScheduleAmendmentError,
    begin_amendment,
    finish_amendment,
    opened_and_locked,
    reader_of,
)
from spinestudy.common.errors import InvalidInputError

KIND = ScheduleAmendment.Kind


@transaction.atomic
def withdraw_reader(
    *, reader_study_id: int, enrolment_id: int, reason: str, actor: User
) -> ScheduleAmendment:
    """End a reader's part. What is stored is kept; cases not submitted are closed as withdrawn."""
    reader_study = opened_and_locked(reader_study_id, reason)
    enrolment = reader_of(reader_study, enrolment_id)
    if enrolment.status == Enrolment.Status.WITHDRAWN:
        raise ScheduleAmendmentError(f"{enrolment.code} is withdrawn already.")
    left = Reading.objects.filter(
        enrolment=enrolment, status__in=[Reading.Status.ASSIGNED, Reading.Status.IN_PROGRESS]
    )
    keys = list(left.select_for_update(of=("self",)).values_list("pk", flat=True))
    return _change_status(
        reader_study,
        enrolment,
        Enrolment.Status.WITHDRAWN,
        kind=KIND.READER_WITHDRAWN,
        reason=reason,
        actor=actor,
        closed=keys,
    )


@transaction.atomic
def pause_reader(
    *, reader_study_id: int, enrolment_id: int, reason: str, actor: User
) -> ScheduleAmendment:
    """Let a reader open no further case; one that is begun can be finished."""
    reader_study = opened_and_locked(reader_study_id, reason)
    enrolment = reader_of(reader_study, enrolment_id)
    if enrolment.status != Enrolment.Status.ACTIVE:
        raise ScheduleAmendmentError(f"{enrolment.code} is {enrolment.get_status_display()}.")
    return _change_status(
        reader_study,
        enrolment,
        Enrolment.Status.PAUSED,
        kind=KIND.READER_PAUSED,
        reason=reason,
        actor=actor,
    )


@transaction.atomic
def resume_reader(
    *, reader_study_id: int, enrolment_id: int, reason: str, actor: User
) -> ScheduleAmendment:
    """Let a paused reader go on."""
    reader_study = opened_and_locked(reader_study_id, reason)
    enrolment = reader_of(reader_study, enrolment_id)
    if enrolment.status != Enrolment.Status.PAUSED:
        raise ScheduleAmendmentError(f"{enrolment.code} isn't paused.")
    return _change_status(
        reader_study,
        enrolment,
        Enrolment.Status.ACTIVE,
        kind=KIND.READER_RESUMED,
        reason=reason,
        actor=actor,
    )


def _change_status(
    reader_study: ReaderStudy,
    enrolment: Enrolment,
    status: str,
    *,
    kind: str,
    reason: str,
    actor: User,
    closed: list[int] | None = None,
) -> ScheduleAmendment:
    closing = Reading.objects.filter(pk__in=closed or [])
    row = begin_amendment(
        reader_study,
        kind,
        enrolment=enrolment,
        reason=reason,
        actor=actor,
        removed=assignments(closing),
        detail={"status": [enrolment.status, status]},
    )
    closing.update(status=Reading.Status.WITHDRAWN)
    enrolment.status = status
    enrolment.full_clean()
    enrolment.save(update_fields=["status"])
    return finish_amendment(row)


@transaction.atomic
def extend_due_date(
    *,
    reader_study_id: int,
    period: int,
    due_on: date,
    reason: str,
    actor: User,
    enrolment_id: int | None = None,
) -> ScheduleAmendment:
    """Give one reader, or all of them, until a later day for a period."""
    reader_study = opened_and_locked(reader_study_id, reason)
    enrolment = None if enrolment_id is None else reader_of(reader_study, enrolment_id)
    sessions = ReadingSession.objects.filter(arm__reader_study=reader_study, period=period)
    session = sessions.order_by("-due_on").first()
    if session is None:
        raise InvalidInputError(f"There is no period {period} in this reader study.")
    before = enrolment.due_on(period, session.due_on) if enrolment else session.due_on
    if due_on < timezone.localdate() or (before is not None and due_on <= before):
        least = before or timezone.localdate()
        raise InvalidInputError(f"Give a day after {least:%Y-%m-%d}.")
    row = begin_amendment(
        reader_study,
        KIND.DUE_DATE_EXTENDED,
        enrolment=enrolment,
        reason=reason,
        actor=actor,
        detail={f"due, period {period}": [before and before.isoformat(), due_on.isoformat()]},
    )
    if enrolment is None:
        sessions.update(due_on=due_on)
    else:
        enrolment.due_dates = {**enrolment.due_dates, str(period): due_on.isoformat()}
        enrolment.save(update_fields=["due_dates"])
    return finish_amendment(row)
