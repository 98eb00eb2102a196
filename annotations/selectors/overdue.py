"""Who is late with what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet
from django.utils import timezone

from annotations.models import Enrolment, ReaderStudy, Reading, ReadingSession
from annotations.selectors.worklist import CLOSED


@dataclass(frozen=True)
class OverduePeriod:
    """One period in which a reader is late. left: cases not submitted."""

    period: int
    due_on: date
    left: int


@dataclass(frozen=True)
class Overdue:
    """A reader who is late in one reader study."""

    enrolment: Enrolment
    periods: tuple[OverduePeriod, ...]

    @property
    def left(self) -> int:
        """Cases not submitted, over all late periods."""
        return sum(one.left for one in self.periods)

    @property
    def address(self) -> str:
        """Where a reminder goes; empty where no address is known."""
        return self.enrolment.email or self.enrolment.reader.email


def overdue_readers(reader_study: ReaderStudy | None = None) -> Iterator[Overdue]:
    """Readers of open reader studies, of one or of all, who are late; the paused aren't asked."""
    enrolments = Enrolment.objects.filter(
        status=Enrolment.Status.ACTIVE,
        reader__is_active=True,
        reader_study__status=ReaderStudy.Status.OPEN,
    ).select_related("reader", "reader_study")
    if reader_study is not None:
        enrolments = enrolments.filter(reader_study=reader_study)
    for enrolment in enrolments.order_by("reader_study_id", "id"):
        late = overdue(enrolment)
        if late.periods:
            yield late


def overdue(enrolment: Enrolment) -> Overdue:
    """In which periods this reader is late; in none where all that is due is submitted."""
    today = timezone.localdate()
    sessions = ReadingSession.objects.filter(arm__reader_study=enrolment.reader_study_id)
    usual: dict[int, date | None] = {}
    for period, due_on in sessions.order_by("period").values_list("period", "due_on"):
        usual[period] = due_on or usual.get(period)
    left = dict(
        _left(enrolment).values_list("reading_session__period").annotate(n=Count("pk")).order_by()
    )
    found = []
    for period, n in sorted(left.items()):
        due_on = enrolment.due_on(period, usual.get(period))
        if due_on is not None and due_on < today:
            found.append(OverduePeriod(period, due_on, n))
    return Overdue(enrolment, tuple(found))


def _left(enrolment: Enrolment) -> QuerySet[Reading]:
    return Reading.objects.filter(enrolment=enrolment).exclude(status__in=CLOSED)
