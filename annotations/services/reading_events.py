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
from annotations.selectors.ai_assistance import known_detections
from annotations.selectors.protocols import frozen_settings_of
from annotations.services.readings import lock_reading, require_answerable
from annotations.services.schedules import freeze_schedule
from annotations.services.stacks import shown_stacks
from annotations.vocabulary import ALL_LEVELS, FINDINGS, LEVELS_OF_KIND
from annotations.vocabulary.events import (
    CELL_EVENTS,
    ELSEWHERE_S,
    EVENT_KINDS,
    FINDING_VERDICTS,
    FREEZABLE_EVENTS,
    LATE_S,
    LONGEST_SPAN_MS,
    MOST_SLOTS,
    SPAN_STATES,
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
        if level not in ("", *ALL_LEVELS):
            raise ValueError(f"unknown level {level!r}")
        return {"ms": ms, "state": state, "level": level}
    if event.kind in CELL_EVENTS:
        item, level, side = (detail.get(name) for name in ("item", "disc_level", "side"))
        if item not in FINDINGS or level not in LEVELS_OF_KIND[FINDINGS[item].site_kind]:
            raise ValueError("it must name item and level")
        if side not in FINDINGS[item].sides:
            raise ValueError(f"unknown side {side!r}")
        return {"item": item, "disc_level": level, "side": side}
    if event.kind in FINDING_VERDICTS:
        return {"detection": _whole(detail, "detection")}
    if event.kind == "ai_opacity":
        percent = _whole(detail, "percent")
        if percent > 100:
            raise ValueError("percent must lie between 0 and 100")
        return {"percent": percent}
    if event.kind == "layout":
        return {"name": str(detail.get("name", ""))[:80], **_hung(detail)}
    return {}


def _whole(detail: Mapping[str, Any], name: str) -> int:
    value = detail.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{name} must be a whole number")
    return value


def _hung(detail: Mapping[str, Any]) -> dict[str, Any]:
    """What hangs, slot by slot: stack numbers, null for an empty slot; and how it came there."""
    hung = detail.get("hung")
    if hung is None:
        return {}
    if not isinstance(hung, list) or len(hung) > MOST_SLOTS:
        raise ValueError(f"hung must list at most {MOST_SLOTS} stacks")
    if not all(one is None or (type(one) is int and one > 0) for one in hung):
        raise ValueError("hung must hold numbers of stacks")
    return {"hung": hung, "by_hand": detail.get("by_hand") is True}


def _with_what_is_named(
    reading: Reading, events: Sequence[Happening], checked: list[dict[str, Any]]
) -> None:
    """Findings and series that are named must be ones that this reading shows.

    An arm without AI knows no finding, whether there is one of that number or not.
    """
    is_verdict = [event.kind in FINDING_VERDICTS for event in events]
    known = known_detections(reading) if any(is_verdict) else {}
    wanted = {pk for detail in checked for pk in detail.get("hung", ()) if pk is not None}
    shown = shown_stacks(reading.case, wanted) if wanted else set()
    for index, (detail, is_one) in enumerate(zip(checked, is_verdict, strict=True)):
        found = known.get(detail["detection"]) if is_one else None
        if is_one and found is None:
            raise _error(index, "this reading shows no such finding")
        if found is not None:
            detail |= {
                "item": found.item_code,
                "disc_level": found.disc_level,
                "side": found.side,
            }
        if not {pk for pk in detail.get("hung", ()) if pk is not None} <= shown:
            raise _error(index, "this case has no such series")


def _refuse_frozen(reading: Reading, events: Sequence[Happening]) -> None:
    """What the protocol has frozen can't have been changed by the reader."""
    told = [index for index, event in enumerate(events) if event.kind in FREEZABLE_EVENTS]
    if not told:
        return
    frozen = frozen_settings_of(reading.case.reader_study)
    for index in told:
        if events[index].kind in frozen:
            raise _error(index, "the protocol of this reader study has frozen that")


def _error(index: int, words: str) -> ReadingEventError:
    return ReadingEventError(f"Event {index + 1}: {words}.", index=index)


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
            raise _error(index, str(error)) from error
    reading = lock_reading(reading_id)
    _refuse_frozen(reading, events)
    _with_what_is_named(reading, events, checked)
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
