"""Unread cases pass from one reader to another, each whole: in every period and arm it had."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max, QuerySet

from annotations.design.allocation import Assignment
from annotations.design.joining import group_of, passing_rows
from annotations.models import (
    Enrolment,
    ReaderStudy,
    Reading,
    ReadingSession,
    ScheduleAmendment,
)
from annotations.selectors.schedules import assignments
from annotations.selectors.worklist import signatures_of
from annotations.services.amended_readings import store_amendment
from annotations.services.designs import parts_of
from annotations.services.plans import plan_of
from annotations.services.schedule_amendments import (
    ScheduleAmendmentError,
    opened_and_locked,
    reader_of,
)


def _pivotal(enrolment: Enrolment) -> QuerySet[Reading]:
    return Reading.objects.filter(
        enrolment=enrolment, reading_session__phase=ReadingSession.Phase.PIVOTAL
    )


def unread_cases(giver: Enrolment) -> set[str]:
    """Numbers of cases that this reader has and hasn't opened in any period.

    Of a reader who is withdrawn: those that were closed unread and haven't passed to anybody.
    """
    is_withdrawn = giver.status == Enrolment.Status.WITHDRAWN
    waiting = Reading.Status.WITHDRAWN if is_withdrawn else Reading.Status.ASSIGNED
    mine = _pivotal(giver)
    touched = mine.exclude(status=waiting, opened_at=None, started_at=None)
    unread = set(mine.values_list("case__number", flat=True))
    unread -= set(touched.values_list("case__number", flat=True))
    return unread - _passed_before(giver)


def _passed_before(giver: Enrolment) -> set[str]:
    amendments = giver.reader_study.schedule_amendments.filter(detail__passed__0=giver.code)
    rows = [
        Assignment(*row) for added in amendments.values_list("added", flat=True) for row in added
    ]
    mine = set(_pivotal(giver).values_list("reading_session__period", flat=True))
    return {row.case for row in rows if row.period in mine}


def rows_passed(giver: Enrolment, taker: Enrolment, cases: Collection[str]) -> list[Assignment]:
    """What the taker gets with these cases, after everything that the taker has had."""
    last = dict(
        Reading.objects.filter(enrolment=taker)
        .values_list("reading_session__period")
        .annotate(last=Max("order"))
        .order_by()
    )
    return passing_rows(
        giver.reader_study.seed, assignments(_pivotal(giver)), taker.code, last, cases
    )


def closed_by_passing(giver: Enrolment, cases: Collection[str]) -> QuerySet[Reading]:
    """The giver's readings of the cases that pass on, hidden repeats included."""
    return _pivotal(giver).filter(case__number__in=cases)


@transaction.atomic
def reassign_cases(
    *,
    reader_study_id: int,
    giver_id: int,
    taker_id: int,
    reason: str,
    actor: User,
    cases: Sequence[str] = (),
) -> ScheduleAmendment:
    """Pass unread cases on to another reader of the same reader study.

    cases: numbers; none named: all that the giver hasn't read and the taker hasn't had. Refused,
    whole, where one of them can't pass.
    """
    reader_study = opened_and_locked(reader_study_id, reason)
    giver, taker = reader_of(reader_study, giver_id), reader_of(reader_study, taker_id)
    if giver == taker:
        raise ScheduleAmendmentError("Choose two different readers.")
    if taker.status == Enrolment.Status.WITHDRAWN:
        raise ScheduleAmendmentError(f"{taker.code} is withdrawn and gets no cases.")
    passing = _passing(giver, taker, cases)
    _require_fits(reader_study, giver, taker, passing)
    rows = rows_passed(giver, taker, passing)
    _require_unsigned(taker, rows)
    return store_amendment(
        reader_study,
        ScheduleAmendment.Kind.CASES_REASSIGNED,
        enrolment=taker,
        rows=rows,
        shown={},
        closing=closed_by_passing(giver, passing),
        reason=reason,
        actor=actor,
        detail={"passed": [giver.code, taker.code]},
    )


def _passing(giver: Enrolment, taker: Enrolment, cases: Sequence[str]) -> list[str]:
    unread = unread_cases(giver)
    had = set(_pivotal(taker).values_list("case__number", flat=True))
    if not cases:
        passing = sorted(unread - had)
        if not passing:
            raise ScheduleAmendmentError(
                f"{giver.code} has no unread case that {taker.code} hasn't had. "
                "Add a reader who takes them over."
            )
        return passing
    for words, wrong in (
        (f"{giver.code} hasn't these cases unread", set(cases) - unread),
        (f"{taker.code} has or had these cases already", set(cases) & had),
    ):
        if wrong:
            raise ScheduleAmendmentError(f"{words}: {', '.join(sorted(wrong))}.")
    return sorted(set(cases))


def _require_fits(
    reader_study: ReaderStudy, giver: Enrolment, taker: Enrolment, passing: Sequence[str]
) -> None:
    """Limits of the taker, and groups of a split plot, hold."""
    in_force = _pivotal(taker).exclude(status=Reading.Status.WITHDRAWN)
    own = set(in_force.values_list("case__number", flat=True))
    total = len(own) + len(passing)
    if taker.case_limit is not None and total > taker.case_limit:
        raise ScheduleAmendmentError(
            f"{taker.code} reads at most {taker.case_limit} cases; {total} would be too many."
        )
    if reader_study.design != "split_plot" or not own:
        return
    parts = parts_of(reader_study)
    plan, _, _ = plan_of(reader_study.seed, parts.imaging_studies, {}, parts.arms, parts.design)
    plan = replace(plan, cases=list(reader_study.cases.values_list("number", flat=True)))
    if group_of(plan, own) != group_of(plan, {*own, *passing}):
        raise ScheduleAmendmentError(
            f"{taker.code} is in another group of the split plot than {giver.code}; cases stay in "
            "their group."
        )


def _require_unsigned(taker: Enrolment, rows: Iterable[Assignment]) -> None:
    signed = ReadingSession.objects.filter(
        pk__in=signatures_of(taker.reader), arm__reader_study=taker.reader_study_id
    )
    closed = set(signed.values_list("period", "arm__label"))
    for row in rows:
        if (row.period, row.arm) in closed:
            raise ScheduleAmendmentError(
                f"{taker.code} has signed period {row.period}, {row.arm}; no more cases can be "
                "added there."
            )
