"""A reader's own progress and times; nothing about agreement or other readers."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.utils import timezone

from annotations.models import Reading
from annotations.selectors.worklist import DONE, SessionList, worklist


@dataclass(frozen=True)
class SessionTimes:
    """One session with the reader's own times.

    median: active time a case, empty where there is none; bars: case number, time and share of
    the longest (0..100) of the last cases read, oldest first. Times read "2:05 min".
    """

    session: SessionList
    today: int
    median: str
    total: str
    bars: tuple[tuple[str, str, int], ...]


BARS = 40


def my_reading(reader: User) -> list[SessionTimes]:
    """Every session on the reader's worklist."""
    return [_times(session) for session in worklist(reader)]


def _times(session: SessionList) -> SessionTimes:
    today = timezone.localdate()
    done = sorted(
        (reading for reading in session.readings if reading.status in DONE),
        key=_submitted,
    )
    timed = [reading for reading in done if reading.active_s]
    seconds = [float(reading.active_s or 0) for reading in timed]
    longest = max(seconds, default=1.0)
    return SessionTimes(
        session=session,
        today=sum(_is_on(reading, today) for reading in done),
        median=_words(statistics.median(seconds)) if seconds else "",
        total=_words(sum(seconds)),
        bars=tuple(
            (reading.shown_number, _words(s), max(2, round(100 * s / longest)))
            for reading, s in list(zip(timed, seconds, strict=True))[-BARS:]
        ),
    )


def _words(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d} min"


def _submitted(reading: Reading) -> float:
    return reading.submitted_at.timestamp() if reading.submitted_at else 0.0


def _is_on(reading: Reading, day: object) -> bool:
    return (
        reading.submitted_at is not None and timezone.localtime(reading.submitted_at).date() == day
    )
