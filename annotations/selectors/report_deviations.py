"""What in the readings wasn't as the protocol had it."""

from __future__ import annotations

from annotations.models import ReaderStudy, Reading, ReadingSession, WashoutOverride
from annotations.reporting.final_report import Deviation
from annotations.selectors.readers import amendment_views
from annotations.selectors.readings_export import utc_text
from annotations.selectors.worklist import DONE


def deviations(reader_study: ReaderStudy) -> tuple[Deviation, ...]:
    """Amendments of the schedule, washouts cut short, looks, late and unread readings, times."""
    return (
        *_amendments(reader_study),
        *_washouts(reader_study),
        *_looks(reader_study),
        *_readings(reader_study),
    )


def _amendments(reader_study: ReaderStudy) -> list[Deviation]:
    return [
        Deviation(
            "schedule",
            "; ".join(
                (
                    f"{one.amendment.get_kind_display()}: "
                    f"{one.amendment.enrolment.code if one.amendment.enrolment else 'all readers'}",
                    *one.changes,
                )
            ),
            utc_text(one.amendment.made_at),
            one.amendment.reason,
        )
        for one in reversed(amendment_views(reader_study))
    ]


def _washouts(reader_study: ReaderStudy) -> list[Deviation]:
    found = WashoutOverride.objects.filter(
        reading__enrolment__reader_study=reader_study
    ).select_related("reading__enrolment", "reading__case")
    return [
        Deviation(
            "washout",
            f"{one.reading.enrolment.code}, case {one.reading.case.number}, would have opened "
            f"{utc_text(one.not_before_was)}",
            utc_text(one.decided_at),
            one.reason,
        )
        for one in found.order_by("pk")
    ]


def _looks(reader_study: ReaderStudy) -> list[Deviation]:
    return [
        Deviation(
            "look",
            f"look {look.number} at {look.share_read:.1%} of the readings, "
            f"{look.information:.1%} of the patients complete, "
            f"{'closed ' + utc_text(look.closed_at) if look.closed_at else 'not closed'}",
            utc_text(look.opened_at),
            look.reason,
        )
        for look in reader_study.looks.filter(opened_at__isnull=False).order_by("number")
    ]


def _readings(reader_study: ReaderStudy) -> list[Deviation]:
    pivotal = (
        Reading.objects.filter(
            enrolment__reader_study=reader_study,
            reading_session__phase=ReadingSession.Phase.PIVOTAL,
        )
        .select_related("enrolment", "case", "reading_session__arm")
        .order_by("enrolment_id", "reading_session__period", "order", "position")
    )
    late, strange, unread, withdrawn = [], [], [], []
    for one in pivotal:
        session = one.reading_session
        what = f"{one.enrolment.code}, case {one.shown_number}, {session.arm.label}"
        when = utc_text(one.submitted_at)
        if one.status == Reading.Status.WITHDRAWN:
            withdrawn.append(Deviation("withdrawn", what))
            continue
        if one.status not in DONE or one.submitted_at is None:
            unread.append(Deviation("unread", what))
            continue
        due_on = one.enrolment.due_on(session.period, session.due_on)
        if due_on is not None and one.submitted_at.date() > due_on:
            late.append(Deviation("late", f"{what}, due {due_on.isoformat()}", when))
        if one.is_time_plausible is False:
            strange.append(Deviation("time", what, when, "work doesn't fit between server stamps"))
    return [*late, *strange, *unread, *withdrawn]
