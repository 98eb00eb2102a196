"""Take in what browsers tell of a reading; fold it into times at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from annotations.design.reading_times import ReadingTimes, TimeSpan, reading_times
from annotations.models import Reading, ReadingEvent
from annotations.services.readings import lock_reading, require_answerable
from annotations.services.schedules import freeze_schedule
from annotations.vocabulary import ALL_DISC_LEVELS, FINDINGS
from annotations.vocabulary.events import (
    ELSEWHERE_S,
    EVENT_KINDS,
    LATE_S,
    LONGEST_SPAN_MS,
    SPAN_STATES,
    VERDICTS,
)
from spinestudy.common.errors import InvalidInputError


class ReadingEventError(InvalidInputError):
    """An event isn't one; `details["index"]` says which. Nothing of the batch was stored."""

    code = "reading_event"


@dataclass(frozen=True)
class Happening:
    """One event. event_key: made by the browser, so that a resend changes nothing."""

    event_key: UUID
    kind: str
    at: datetime
    detail: Mapping[str, Any]


def _checked(event: Happening) -> dict[str, Any]:
    """What of the detail is kept; raises ValueError."""
    if event.kind not in EVENT_KINDS:
        raise ValueError(f"unknown kind {event.kind!r}")
    detail = event.detail
    if event.kind == "span":
        ms, state, level = detail.get("ms"), detail.get("state"), detail.get("level", "")
        if not isinstance(ms, int) or isinstance(ms, bool) or not 0 < ms <= LONGEST_SPAN_MS:
            raise ValueError("ms must be a whole number of milliseconds, at most 12 hours")
        if state not in SPAN_STATES:
            raise ValueError(f"state must be one of {', '.join(SPAN_STATES)}")
        if level not in ("", *ALL_DISC_LEVELS):
            raise ValueError(f"unknown level {level!r}")
        return {"ms": ms, "state": state, "level": level}
    if event.kind in VERDICTS:
        item, level, side = (detail.get(name) for name in ("item", "disc_level", "side"))
        if item not in FINDINGS or level not in ALL_DISC_LEVELS:
            raise ValueError("it must name item and disc level")
        if side not in FINDINGS[item].sides:
            raise ValueError(f"unknown side {side!r}")
        return {"item": item, "disc_level": level, "side": side}
    if event.kind == "layout":
        return {"name": str(detail.get("name", ""))[:80]}
    return {}


@transaction.atomic
def store_events(
    *, reading_id: int, window_key: UUID, events: Sequence[Happening]
) -> tuple[int, bool]:
    """Store a batch whole or not at all.

    Returns how many were new, and whether another window has told something of this reading
    within the last minute. The first `opened` begins the reading by the server's clock. After
    submission only late spans and `left` are taken, for ten minutes; they count no more, since
    times are folded then.
    """
    checked = []
    for index, event in enumerate(events):
        try:
            checked.append(_checked(event))
        except ValueError as error:
            raise ReadingEventError(f"Event {index + 1}: {error}.", index=index) from error
    reading = lock_reading(reading_id)
    now = timezone.now()
    is_late = reading.submitted_at is not None and now - reading.submitted_at < timedelta(
        seconds=LATE_S
    )
    if not (is_late and all(event.kind in ("span", "left") for event in events)):
        require_answerable(reading)
    known = set(
        ReadingEvent.objects.filter(event_key__in=[e.event_key for e in events]).values_list(
            "event_key", flat=True
        )
    )
    fresh = {
        event.event_key: ReadingEvent(
            reading=reading,
            event_key=event.event_key,
            window_key=window_key,
            kind=event.kind,
            at=event.at,
            detail=detail,
        )
        for event, detail in zip(events, checked, strict=True)
        if event.event_key not in known
    }
    ReadingEvent.objects.bulk_create(fresh.values())
    if reading.opened_at is None and any(event.kind == "opened" for event in events):
        reading.opened_at = now
        reading.save(update_fields=["opened_at"])
        freeze_schedule(reading, now)
    since = now - timedelta(seconds=ELSEWHERE_S)
    return len(fresh), _is_elsewhere(reading, window_key, since)


def _is_elsewhere(reading: Reading, window_key: UUID, since: datetime) -> bool:
    """Whether the last word of another window is fresh and isn't that it has left."""
    last: dict[UUID, str] = dict(
        ReadingEvent.objects.filter(reading=reading, stored_at__gte=since)
        .exclude(window_key=window_key)
        .order_by("id")
        .values_list("window_key", "kind")
    )
    return any(kind != "left" for kind in last.values())


def times_of(reading: Reading) -> ReadingTimes:
    """The times of a reading from all spans stored so far."""
    spans = [
        TimeSpan(event.detail["state"], event.detail["level"], event.at, event.detail["ms"])
        for event in ReadingEvent.objects.filter(reading=reading, kind="span")
    ]
    return reading_times(spans, reading.opened_at, reading.submitted_at)
