"""What browsers tell of a reading: stored once, whole or not at all; times folded by the server."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from annotations.design.reading_times import PRECEDENCE, TimeSpan, reading_times
from annotations.models import Reading, ReadingEvent
from annotations.selectors.marks import verdict_views
from annotations.services.reading_events import Happening, ReadingEventError, store_events
from annotations.services.readings import ReadingClosedError
from annotations.services.submission import submit_reading
from tests.conftest import client_of
from tests.factories.reader_studies import fill, opened_reader_study, reading_of

BEGAN = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
WINDOW = uuid.uuid4()


@pytest.fixture
def reading(coordinator: User, reader: User) -> Reading:
    return reading_of(opened_reader_study(coordinator, [reader]), reader, aided=False)


def happening(kind: str, _at: datetime = BEGAN, **detail: Any) -> Happening:
    return Happening(uuid.uuid4(), kind, _at, detail)


def span(state: str, seconds: float, until_s: float, level: str = "", **more: Any) -> Happening:
    until = timezone.now() - timedelta(seconds=100 - until_s)
    return happening("span", until, state=state, level=level, ms=round(seconds * 1000), **more)


def tell(reading: Reading, *events: Happening, window: uuid.UUID = WINDOW) -> tuple[int, bool]:
    return store_events(reading_id=reading.pk, window_key=window, events=events)


def test_the_first_opening_is_stamped_by_the_server(reading: Reading) -> None:
    tell(reading, happening("opened", BEGAN - timedelta(days=3)))
    reading.refresh_from_db()
    first = reading.opened_at
    assert first is not None
    assert timezone.now() - first < timedelta(seconds=30)
    tell(reading, happening("opened"))
    reading.refresh_from_db()
    assert reading.opened_at == first


def test_an_event_sent_twice_is_stored_once(reading: Reading) -> None:
    event = happening("paused")
    assert tell(reading, event) == (1, False)
    assert tell(reading, event, happening("resumed")) == (1, False)
    assert ReadingEvent.objects.count() == 2


@pytest.mark.parametrize(
    "bad",
    [
        happening("opened_by_magic"),
        happening("span", state="asleep", ms=10),
        happening("span", state="active", ms=-1),
        happening("span", state="active", ms=True),
        happening("span", state="active", ms=10, level="C5/C6"),
        happening("ai_accepted", item="modic", disc_level="L4/L5", side="left"),
        happening("ai_open", item="modic", disc_level="C5/C6", side=""),
        happening("ai_evidence_shown", item="modic", disc_level="", side=""),
    ],
)
def test_a_batch_with_a_bad_event_is_refused_whole(reading: Reading, bad: Happening) -> None:
    with pytest.raises(ReadingEventError, match="Event 2") as caught:
        tell(reading, happening("opened"), bad)
    assert caught.value.details["index"] == 1
    assert not ReadingEvent.objects.exists()


def test_another_window_is_told_until_it_has_left(reading: Reading) -> None:
    tell(reading, happening("opened"))
    other = uuid.uuid4()
    assert tell(reading, happening("opened"), window=other) == (1, True)
    tell(reading, happening("left"))
    assert tell(reading, span("active", 1, 50), window=other) == (1, False)


def test_submission_folds_the_times(reading: Reading) -> None:
    tell(
        reading,
        happening("opened"),
        span("loading", 1, 1),
        span("active", 20, 21, "L1/L2"),
        span("idle", 30, 51),
        span("active", 5, 56, "L4/L5"),
    )
    Reading.objects.filter(pk=reading.pk).update(opened_at=timezone.now() - timedelta(seconds=100))
    fill(reading)
    submit_reading(reading_id=reading.pk)
    reading.refresh_from_db()
    assert (reading.active_s, reading.idle_s, reading.image_load_s) == pytest.approx((25, 30, 1))
    assert reading.seconds_by_level == pytest.approx({"L1/L2": 20, "L4/L5": 5})
    assert reading.is_time_plausible is True


def test_more_work_than_the_server_saw_is_marked(reading: Reading) -> None:
    tell(reading, happening("opened"), span("active", 90, 100))
    fill(reading)
    submit_reading(reading_id=reading.pk)
    reading.refresh_from_db()
    assert reading.is_time_plausible is False


def test_late_spans_are_taken_and_other_events_refused_after_submission(reading: Reading) -> None:
    fill(reading)
    submit_reading(reading_id=reading.pk)
    assert tell(reading, span("active", 1, 100), happening("left"))[0] == 2
    with pytest.raises(ReadingClosedError):
        tell(reading, happening("undo"))


def test_the_newest_verdict_on_a_proposal_counts(reading: Reading) -> None:
    cell: dict[str, Any] = {"item": "modic", "disc_level": "L4/L5", "side": ""}
    tell(reading, happening("ai_rejected", **cell), happening("ai_accepted", **cell))
    assert verdict_views(reading) == [{**cell, "verdict": "accepted"}]


def test_a_verdict_taken_back_leaves_the_proposal_open_and_every_word_in_the_record(
    reading: Reading,
) -> None:
    cell: dict[str, Any] = {"item": "modic", "disc_level": "L4/L5", "side": ""}
    tell(reading, happening("ai_accepted", **cell), happening("ai_open", **cell))
    assert verdict_views(reading) == []
    tell(reading, happening("ai_accepted", **cell))
    assert verdict_views(reading) == [{**cell, "verdict": "accepted"}]
    told = ReadingEvent.objects.filter(reading=reading).values_list("kind", flat=True)
    assert list(told) == ["ai_accepted", "ai_open", "ai_accepted"]


def test_events_can_not_be_changed(reading: Reading) -> None:
    tell(reading, happening("opened"))
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        ReadingEvent.objects.update(kind="left")


def test_another_reader_can_tell_nothing(reading: Reading, outsider: User) -> None:
    body = {"window_key": str(WINDOW), "events": []}
    address = f"/api/v1/readings/{reading.pk}/events/"
    sent = client_of(outsider).post(address, body, content_type="application/json")
    assert sent.status_code in (403, 404)


spans = st.lists(
    st.builds(
        lambda state, start, length: TimeSpan(
            state, "L4/L5", BEGAN + timedelta(seconds=start + length), length * 1000
        ),
        st.sampled_from(PRECEDENCE),
        st.integers(0, 60),
        st.integers(1, 30),
    ),
    max_size=12,
)


@given(spans)
def test_every_second_is_counted_once_in_the_state_that_goes_first(made: list[TimeSpan]) -> None:
    seconds = dict.fromkeys(PRECEDENCE, 0)
    for second in range(100):
        moment = BEGAN + timedelta(seconds=second)
        states = [one.state for one in made if one.starts_at <= moment < one.ends_at]
        if states:
            seconds[min(states, key=PRECEDENCE.index)] += 1
    times = reading_times(made, None, None)
    found = (times.active_s, times.image_load_s, times.idle_s, times.hidden_s, times.paused_s)
    assert found == tuple(seconds[state] for state in PRECEDENCE)
    assert sum(times.seconds_by_level.values()) == times.active_s
