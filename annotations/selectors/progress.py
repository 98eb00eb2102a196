"""How far each reader has come, per session, with washouts and due dates: two queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import Count, Min, Q
from django.utils import timezone

from annotations.models import Enrolment, ReaderStudy, Reading, ReadingSession
from annotations.selectors.worklist import DONE


@dataclass(frozen=True)
class SessionProgress:
    """One reader in one session, without what was closed as withdrawn.

    washing_out: cases that can't be read yet; opens_at: the first. due_on: for this reader.
    """

    done: int
    begun: int
    total: int
    washing_out: int
    opens_at: datetime | None
    due_on: date | None
    is_late: bool

    @property
    def percent(self) -> int:
        """Share done, 0..100."""
        return round(100 * self.done / self.total) if self.total else 0


@dataclass(frozen=True)
class ReaderProgress:
    """One reader over all sessions, in the order of the board's head."""

    enrolment: Enrolment
    sessions: tuple[SessionProgress, ...]


@dataclass(frozen=True)
class Board:
    """sessions: the head; rows: readers."""

    sessions: tuple[ReadingSession, ...]
    rows: tuple[ReaderProgress, ...]


Counts = tuple[int, int, int, int, datetime | None]
_NOTHING: Final[Counts] = (0, 0, 0, 0, None)


def session_board(reader_study: ReaderStudy) -> Board:
    """Readers as rows, sessions as columns."""
    now, today = timezone.now(), timezone.localdate()
    washing = Q(not_before__gt=now) & ~Q(status__in=DONE)
    counts: dict[tuple[int, int], Counts] = {
        (enrolment, session): (done, begun, total, waiting, opens_at)
        for enrolment, session, done, begun, total, waiting, opens_at in (
            Reading.objects.filter(enrolment__reader_study=reader_study)
            .exclude(status=Reading.Status.WITHDRAWN)
            .values("enrolment_id", "reading_session_id")
            .annotate(
                done=Count("pk", filter=Q(status__in=DONE)),
                begun=Count("pk", filter=Q(status=Reading.Status.IN_PROGRESS)),
                total=Count("pk"),
                waiting=Count("pk", filter=washing),
                opens_at=Min("not_before", filter=washing),
            )
            .order_by()
            .values_list(
                "enrolment_id",
                "reading_session_id",
                "done",
                "begun",
                "total",
                "waiting",
                "opens_at",
            )
        )
    }
    sessions = tuple(
        ReadingSession.objects.filter(arm__reader_study=reader_study)
        .select_related("arm")
        .order_by("period", "arm__position")
    )
    return Board(
        sessions,
        tuple(
            ReaderProgress(
                enrolment,
                tuple(
                    _progress(
                        counts.get((enrolment.pk, one.pk), _NOTHING),
                        enrolment.due_on(one.period, one.due_on),
                        today,
                    )
                    for one in sessions
                ),
            )
            for enrolment in reader_study.enrolments.select_related("reader")
        ),
    )


def _progress(counts: Counts, due_on: date | None, today: date) -> SessionProgress:
    done, _, total, *_ = counts
    return SessionProgress(
        *counts, due_on, is_late=due_on is not None and due_on < today and done != total
    )
