"""What a reader has to read, and in which order."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone

from annotations.models import Enrolment, ReaderStudy, Reading, ReadingSession, Signature

DONE = frozenset({Reading.Status.SUBMITTED, Reading.Status.AMENDED})
CLOSED = DONE | {Reading.Status.WITHDRAWN}
"""Nothing more is to be done."""
UNSEEN = frozenset({ReaderStudy.Status.DRAFT, ReaderStudy.Status.DISCARDED})
"""Reader studies of which readers know nothing."""


def preceding_is_submitted(reading: Reading) -> bool:
    """Whether the unaided reading of the same sitting is locked; true where there is none."""
    if reading.follows_id is None:
        return True
    return Reading.objects.filter(pk=reading.follows_id, status__in=DONE).exists()


@dataclass(frozen=True)
class SessionList:
    """One session of one reader study, as this reader's list of cases.

    is_open: at least one case can be read now, or all are read. available: those that can be
    opened. waits_for: the day on which the first of the others opens, where that is known.
    signed_at: when the reader has signed the finished session. enrolment: this reader here.
    """

    reader_study: ReaderStudy
    reading_session: ReadingSession
    enrolment: Enrolment
    readings: tuple[Reading, ...]
    is_open: bool
    waits_for: date | None = None
    available: frozenset[int] = frozenset()
    signed_at: datetime | None = None

    @property
    def done(self) -> int:
        """Cases submitted."""
        return sum(reading.status in DONE for reading in self.readings)

    @property
    def total(self) -> int:
        """Cases in all."""
        return len(self.readings)

    @property
    def is_finished(self) -> bool:
        """Whether every case is submitted."""
        return self.done == self.total

    @property
    def is_late(self) -> bool:
        """Whether the day by which it is due has passed."""
        due = self.due_on
        return due is not None and due < timezone.localdate() and not self.is_finished

    @property
    def due_on(self) -> date | None:
        """The day by which this reader is to have read the session."""
        return self.enrolment.due_on(self.reading_session.period, self.reading_session.due_on)

    @property
    def next_reading(self) -> Reading | None:
        """The first case not yet submitted; among those that can be opened, if any can."""
        left = [reading for reading in self.readings if reading.status not in DONE]
        return next((r for r in left if r.pk in self.available), left[0] if left else None)


def signatures_of(reader: User) -> dict[int, datetime]:
    """Session -> when this reader has signed it."""
    rows = Signature.objects.filter(
        signer=reader,
        meaning=Signature.Meaning.CASES_READ,
        subject_type=ReadingSession._meta.label,
    )
    return {int(subject): at for subject, at in rows.values_list("subject_id", "signed_at")}


def worklist(reader: User) -> list[SessionList]:
    """Every session of every reader study that this reader is enrolled in and may read."""
    readings = (
        Reading.objects.filter(enrolment__reader=reader)
        .exclude(case__reader_study__status__in=UNSEEN)
        .exclude(status=Reading.Status.WITHDRAWN)
        .select_related("case__reader_study", "reading_session__arm", "enrolment")
        .order_by("-case__reader_study_id", "reading_session__period", "order", "position")
    )
    groups: dict[tuple[int, int], list[Reading]] = {}
    by_reader_study: dict[int, list[Reading]] = defaultdict(list)
    for reading in readings:
        groups.setdefault((reading.case.reader_study_id, reading.reading_session_id), []).append(
            reading
        )
        by_reader_study[reading.case.reader_study_id].append(reading)
    signed = signatures_of(reader)
    return [
        replace(
            _session(members, by_reader_study[reader_study_id]), signed_at=signed.get(session_id)
        )
        for (reader_study_id, session_id), members in groups.items()
    ]


def _session(members: list[Reading], all_of_reader_study: list[Reading]) -> SessionList:
    reader_study, session = members[0].case.reader_study, members[0].reading_session
    left = [one for one in all_of_reader_study if one.status not in DONE]
    opens_on = session.opens_on
    waits_for = opens_on if opens_on and opens_on > timezone.localdate() else None
    waits_for_earlier = reader_study.has_ordered_sessions and any(
        one.reading_session.period < session.period for one in left
    )
    is_open = reader_study.status == ReaderStudy.Status.OPEN and not waits_for_earlier
    available: set[int] = set()
    unread = {one.pk for one in left}
    if is_open and waits_for is None:
        earlier = {one.case_id for one in left if one.reading_session.period < session.period}
        now = timezone.now()
        available = {one.pk for one in members if _can_open(one, now, unread, earlier)}
        dates = [one.not_before for one in members if one.not_before and one.not_before > now]
        if dates and not any(one.pk in available for one in members if one.pk in unread):
            waits_for = timezone.localdate(min(dates))
    return SessionList(
        reader_study=reader_study,
        reading_session=session,
        enrolment=members[0].enrolment,
        readings=tuple(members),
        is_open=bool(available)
        and (bool(available & unread) or not any(one.pk in unread for one in members)),
        waits_for=waits_for,
        available=frozenset(available),
    )


def _can_open(reading: Reading, now: datetime, unread: set[int], earlier: set[int]) -> bool:
    """As services.readings decides it, without a query a case."""
    if reading.follows_id in unread:
        return False
    if reading.opened_at or reading.started_at or reading.status in DONE:
        return True
    if reading.enrolment.status != Enrolment.Status.ACTIVE:
        return False
    if reading.not_before is not None:
        return reading.not_before <= now
    return not (reading.reading_session.washout_days and reading.case_id in earlier)


def next_reading(reading: Reading) -> Reading | None:
    """The next unread case of this period after this one; the list wraps around.

    Cases whose washout runs are passed over, and so is an aided reading whose unaided one isn't
    submitted, unless that is this reading.
    """
    others = (
        Reading.objects.filter(
            enrolment=reading.enrolment,
            reading_session__period=reading.reading_session.period,
        )
        .filter(Q(not_before=None) | Q(not_before__lte=timezone.now()))
        .filter(Q(follows=None) | Q(follows__status__in=DONE) | Q(follows=reading.pk))
        .exclude(status__in=CLOSED)
        .exclude(pk=reading.pk)
        .order_by("order", "position")
    )
    if reading.enrolment.status != Enrolment.Status.ACTIVE:
        others = others.exclude(opened_at=None, started_at=None)
    return others.filter(order__gt=reading.order).first() or others.first()
