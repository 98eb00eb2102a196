"""Readers who join an open reader study."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.contrib.auth.models import User
from django.db import transaction

from annotations.design.allocation import Assignment
from annotations.design.joining import joining_rows
from annotations.design.plan import PlanError
from annotations.models import Enrolment, ReaderStudy, Reading, ScheduleAmendment
from annotations.selectors.schedules import schedule_rows
from annotations.services.amended_readings import store_amendment
from annotations.services.designs import parts_of
from annotations.services.passing import closed_by_passing, rows_passed, unread_cases
from annotations.services.plans import plan_of, training_rows
from annotations.services.schedule_amendments import (
    ScheduleAmendmentError,
    opened_and_locked,
    reader_of,
)
from annotations.services.schedules import shown_numbers
from spinestudy.common.roles import is_reader


@transaction.atomic
def add_reader(
    *,
    reader_study_id: int,
    reader: User,
    reason: str,
    actor: User,
    seniority: str = "",
    case_limit: int | None = None,
    takes_over: int | None = None,
    email: str = "",
) -> ScheduleAmendment:
    """Enrol one more reader in an open reader study, with a schedule of their own.

    takes_over: another reader, whose unread cases this one gets in the same periods and arms;
    otherwise cases and orders of arms are drawn so that balance is kept.
    """
    reader_study = opened_and_locked(reader_study_id, reason)
    giver = None if takes_over is None else reader_of(reader_study, takes_over)
    _require_may_read(reader_study, reader)
    enrolment = Enrolment(
        reader_study=reader_study,
        reader=reader,
        code=_next_code(reader_study),
        seniority=seniority,
        case_limit=case_limit,
        email=email,
    )
    enrolment.full_clean()
    enrolment.save()
    passed = _taken_over(giver, case_limit) if giver else []
    rows, shown = _rows_for(reader_study, enrolment, giver, passed)
    return store_amendment(
        reader_study,
        ScheduleAmendment.Kind.READER_ADDED,
        enrolment=enrolment,
        rows=rows,
        shown=shown,
        closing=closed_by_passing(giver, passed) if giver else Reading.objects.none(),
        reason=reason,
        actor=actor,
        detail={"passed": [giver.code, enrolment.code]} if giver else {},
    )


def _require_may_read(reader_study: ReaderStudy, reader: User) -> None:
    name = reader.get_username()
    if not is_reader(reader):
        raise ScheduleAmendmentError(f"{name} isn't in the group of readers.")
    if reader_study.enrolments.filter(reader=reader).exists():
        raise ScheduleAmendmentError(f"{name} is a reader of this reader study already.")
    if reader_study.memberships.filter(user=reader).exists():
        raise ScheduleAmendmentError(
            f"{name} has a role here that sees what readers must not see. Withdraw it first."
        )


def _next_code(reader_study: ReaderStudy) -> str:
    codes = reader_study.enrolments.values_list("code", flat=True)
    numbers = [int(code[1:]) for code in codes if code[1:].isdigit()]
    return f"R{max(numbers, default=0) + 1}"


def _taken_over(giver: Enrolment, limit: int | None) -> list[str]:
    cases = sorted(unread_cases(giver))[:limit]
    if not cases:
        raise ScheduleAmendmentError(f"{giver.code} has no unread case to pass on.")
    return cases


def _rows_for(
    reader_study: ReaderStudy,
    enrolment: Enrolment,
    giver: Enrolment | None,
    passed: Sequence[str],
) -> tuple[list[Assignment], dict[tuple[str, int, str], str]]:
    """What the new reader reads, training included, and the numbers of hidden repeats."""
    parts = parts_of(reader_study)
    codes = dict(reader_study.enrolments.values_list("reader__username", "code"))
    plan, _, aliases = plan_of(
        reader_study.seed, parts.imaging_studies, codes, parts.arms, parts.design
    )
    plan = replace(plan, cases=list(reader_study.cases.values_list("number", flat=True)))
    alone = replace(plan, readers=[enrolment.code])
    rows = training_rows(alone, parts.arms)
    if giver is not None:
        return rows + rows_passed(giver, enrolment, passed), {}
    try:
        if plan.arms:
            rows += joining_rows(
                plan, enrolment.code, enrolment.case_limit, schedule_rows(reader_study)
            )
    except PlanError as error:
        raise ScheduleAmendmentError(str(error)) from error
    return rows, shown_numbers(reader_study.seed, rows, aliases)
