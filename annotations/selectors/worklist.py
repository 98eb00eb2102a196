"""What a reader has to read, and in which order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import User
from django.utils import timezone

from annotations.models import ReaderStudy, Reading, ReadingSession

DONE = frozenset({Reading.Status.SUBMITTED, Reading.Status.AMENDED})


@dataclass(frozen=True)
class SessionList:
    """One session of one reader study, as this reader's list of cases."""

    reader_study: ReaderStudy
    reading_session: ReadingSession
    readings: tuple[Reading, ...]
    is_open: bool
    waits_for: date | None = None

    @property
    def done(self) -> int:
        """Cases submitted."""
        return sum(reading.status in DONE for reading in self.readings)

    @property
    def total(self) -> int:
        """Cases in all."""
        return len(self.readings)

    @property
    def next_reading(self) -> Reading | None:
        """The first case not yet submitted."""
        return next((r for r in self.readings if r.status not in DONE), None)


def worklist(reader: User) -> list[SessionList]:
    """Every session of every reader study that this reader is enrolled in and may read."""
    readings = (
        Reading.objects.filter(enrolment__reader=reader)
        .exclude(case__reader_study__status=ReaderStudy.Status.DRAFT)
        .select_related("case__reader_study", "reading_session__arm")
        .order_by("-case__reader_study_id", "reading_session__period", "position")
    )
    groups: dict[tuple[int, int], list[Reading]] = {}
    for reading in readings:
        key = (reading.case.reader_study_id, reading.reading_session_id)
        groups.setdefault(key, []).append(reading)
    sessions: list[SessionList] = []
    unfinished: set[int] = set()
    for (reader_study_id, _), members in groups.items():
        reader_study = members[0].case.reader_study
        opens_on = members[0].reading_session.opens_on
        waits_for = opens_on if opens_on and opens_on > timezone.localdate() else None
        waits = reader_study.has_ordered_sessions and reader_study_id in unfinished
        one = SessionList(
            reader_study=reader_study,
            reading_session=members[0].reading_session,
            readings=tuple(members),
            is_open=reader_study.status == ReaderStudy.Status.OPEN
            and not waits
            and waits_for is None,
            waits_for=waits_for,
        )
        if one.next_reading is not None:
            unfinished.add(reader_study_id)
        sessions.append(one)
    return sessions


def next_reading(reading: Reading) -> Reading | None:
    """The next unread case of the same session after this one; the list wraps around."""
    others = (
        Reading.objects.filter(enrolment=reading.enrolment, reading_session=reading.reading_session)
        .exclude(status__in=DONE)
        .exclude(pk=reading.pk)
        .order_by("position")
    )
    return others.filter(position__gt=reading.position).first() or others.first()
