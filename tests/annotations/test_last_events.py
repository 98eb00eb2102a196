"""The last events of a case come with its submission: both are stored, or neither is."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from annotations.models import Reading, ReadingEvent
from tests.conftest import client_of
from tests.factories.reader_studies import fill, opened_reader_study, reading_of

WINDOW = str(uuid.uuid4())


@pytest.fixture
def reading(coordinator: User, reader: User) -> Reading:
    reading = reading_of(opened_reader_study(coordinator, [reader]), reader, aided=False)
    Reading.objects.filter(pk=reading.pk).update(opened_at=timezone.now() - timedelta(seconds=60))
    return reading


def event(kind: str, **detail: Any) -> dict[str, Any]:
    at = timezone.now().isoformat()
    return {"event_key": str(uuid.uuid4()), "kind": kind, "at": at, "detail": detail}


def last() -> list[dict[str, Any]]:
    return [event("span", state="active", level="L4/L5", ms=12_000), event("left")]


def post(person: User, reading: Reading, where: str, body: dict[str, Any]) -> Any:
    address = f"/api/v1/readings/{reading.pk}/{where}/"
    return client_of(person).post(address, body, content_type="application/json")


def with_events(events: list[dict[str, Any]]) -> dict[str, Any]:
    return {"window_key": WINDOW, "events": events}


def kinds(reading: Reading) -> list[str]:
    return list(ReadingEvent.objects.filter(reading=reading).values_list("kind", flat=True))


def test_they_count_in_the_times_of_the_case(reader: User, reading: Reading) -> None:
    fill(reading)
    answer = post(reader, reading, "submit", with_events(last()))
    assert answer.status_code == 200
    reading.refresh_from_db()
    assert reading.status == Reading.Status.SUBMITTED
    assert reading.active_s == pytest.approx(12)
    assert reading.seconds_by_level == pytest.approx({"L4/L5": 12})
    assert kinds(reading) == ["span", "left"]


def test_an_incomplete_case_keeps_none_of_them_and_takes_them_later(
    reader: User, reading: Reading
) -> None:
    events = last()
    refused = post(reader, reading, "submit", with_events(events))
    assert refused.status_code == 409
    assert refused.json()["code"] == "reading_incomplete"
    assert kinds(reading) == []
    assert post(reader, reading, "events", with_events(events)).json()["stored"] == 2
    fill(reading)
    assert post(reader, reading, "submit", with_events([event("left")])).status_code == 200
    reading.refresh_from_db()
    assert reading.active_s == pytest.approx(12)
    assert kinds(reading) == ["span", "left", "left"]


def test_a_bad_event_refuses_the_submission_and_says_which(reader: User, reading: Reading) -> None:
    fill(reading)
    bad = event("span", state="active", level="C5/C6", ms=10)
    refused = post(reader, reading, "submit", with_events([*last(), bad]))
    assert refused.status_code == 400
    assert "Event 3" in refused.json()["message"]
    reading.refresh_from_db()
    assert reading.status == Reading.Status.IN_PROGRESS
    assert kinds(reading) == []


def test_sent_once_more_by_themselves_they_are_stored_once(reader: User, reading: Reading) -> None:
    """As a browser does that has had no answer to the submission."""
    fill(reading)
    events = last()
    assert post(reader, reading, "submit", with_events(events)).status_code == 200
    assert post(reader, reading, "events", with_events(events)).json()["stored"] == 0
    assert kinds(reading) == ["span", "left"]


def test_a_case_that_is_submitted_takes_none_with_a_second_submission(
    reader: User, reading: Reading
) -> None:
    fill(reading)
    assert post(reader, reading, "submit", {}).status_code == 200
    refused = post(reader, reading, "submit", with_events(last()))
    assert refused.json()["code"] == "reading_closed"
    assert kinds(reading) == []


def test_events_of_no_window_are_refused(reader: User, reading: Reading) -> None:
    fill(reading)
    refused = post(reader, reading, "submit", {"events": last()})
    assert refused.status_code == 400
    assert "window" in refused.content.decode()
    reading.refresh_from_db()
    assert reading.status == Reading.Status.IN_PROGRESS


def test_nobody_else_can_submit_or_tell(outsider: User, reading: Reading) -> None:
    fill(reading)
    assert post(outsider, reading, "submit", with_events(last())).status_code in (403, 404)
    assert kinds(reading) == []
