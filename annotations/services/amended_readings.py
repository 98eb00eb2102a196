"""Store what an amendment of a schedule brings in and takes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Max, QuerySet

from annotations.design.allocation import Assignment
from annotations.models import (
    Enrolment,
    ReaderStudy,
    Reading,
    ReadingSession,
    ScheduleAmendment,
)
from annotations.selectors.schedules import assignments
from annotations.services.schedule_amendments import begin_amendment, finish_amendment
from annotations.services.schedules import store_readings
from annotations.services.washouts import set_not_before


def store_amendment(
    reader_study: ReaderStudy,
    kind: str,
    *,
    enrolment: Enrolment,
    rows: Sequence[Assignment],
    shown: Mapping[tuple[str, int, str], str],
    closing: QuerySet[Reading],
    reason: str,
    actor: User,
    detail: Mapping[str, Sequence[Any]],
) -> ScheduleAmendment:
    """Close readings, store the rows of one reader, and prove what that gives."""
    removed = assignments(closing.exclude(status=Reading.Status.WITHDRAWN))
    keys = list(closing.values_list("pk", flat=True))
    amendment = begin_amendment(
        reader_study,
        kind,
        enrolment=enrolment,
        reason=reason,
        actor=actor,
        added=rows,
        removed=removed,
        detail=detail,
    )
    Reading.objects.filter(pk__in=keys).update(status=Reading.Status.WITHDRAWN)
    stored = store_readings(
        rows=rows,
        sessions=_sessions(reader_study, rows),
        enrolments={enrolment.code: enrolment},
        cases={case.number: case for case in reader_study.cases.all()},
        shown=shown,
        last=_last_positions(enrolment),
    )
    for reading in Reading.objects.filter(pk__in=stored, reading_session__washout_days__gt=0):
        set_not_before(reading)
    return finish_amendment(amendment)


def _sessions(
    reader_study: ReaderStudy, rows: Sequence[Assignment]
) -> dict[tuple[str, int], ReadingSession]:
    """The sessions of these rows; one that nobody has had is made like its neighbours."""
    known = {
        (one.arm.label, one.period): one
        for one in ReadingSession.objects.filter(arm__reader_study=reader_study).select_related(
            "arm"
        )
    }
    arms = {arm.label: arm for arm in reader_study.arms.all()}
    for row in rows:
        if (row.arm, row.period) in known:
            continue
        like = next(one for one in known.values() if one.period == row.period)
        known[row.arm, row.period] = ReadingSession.objects.create(
            arm=arms[row.arm],
            period=row.period,
            opens_on=like.opens_on,
            washout_days=like.washout_days,
            due_on=like.due_on,
        )
    return known


def _last_positions(enrolment: Enrolment) -> dict[tuple[str, str, int], int]:
    """The last place taken in each session of a reader, by code, arm and period."""
    places = (
        Reading.objects.filter(enrolment=enrolment)
        .values_list("reading_session__arm__label", "reading_session__period")
        .annotate(last=Max("position"))
        .order_by()
    )
    return {(enrolment.code, arm, period): last for arm, period, last in places}
