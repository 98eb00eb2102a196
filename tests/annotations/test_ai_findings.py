"""Findings in boxes: what a reader says of them is kept, every change of mind with its time."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, transaction

from annotations.models import Reading, ReadingEvent
from annotations.selectors.ai_findings import finding_verdicts
from annotations.services.reading_events import Happening, ReadingEventError, store_events
from inference.models import PredictedDetection
from tests.annotations.test_ai_gate import detect, predict
from tests.conftest import client_of
from tests.factories.reader_studies import opened_reader_study, reading_of

BEGAN = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
WINDOW = uuid.uuid4()


@pytest.fixture
def readings(coordinator: User, reader: User) -> tuple[Reading, Reading]:
    """Unaided and aided reading of one case, whose AI has found something."""
    reader_study = opened_reader_study(coordinator, [reader], n_cases=1)
    unaided = reading_of(reader_study, reader, aided=False)
    predict(unaided)
    return unaided, reading_of(reader_study, reader, aided=True)


def say(reading: Reading, kind: str, seconds: int = 0, **detail: Any) -> None:
    event = Happening(uuid.uuid4(), kind, BEGAN + timedelta(seconds=seconds), detail)
    store_events(reading_id=reading.pk, window_key=WINDOW, events=[event])


def test_the_newest_verdict_counts_and_every_one_is_kept(
    readings: tuple[Reading, Reading], reader: User
) -> None:
    _, aided = readings
    box = PredictedDetection.objects.get()
    for at, kind in enumerate(("finding_accepted", "finding_rejected")):
        say(aided, kind, at, detection=box.pk)
    body = client_of(reader).get(f"/api/v1/readings/{aided.pk}/").json()
    assert body["prediction"]["detections"][0]["verdict"] == "rejected"
    say(aided, "finding_open", 2, detection=box.pk)
    assert finding_verdicts(aided) == {box.pk: ""}
    kept = ReadingEvent.objects.filter(kind__startswith="finding_").order_by("at")
    assert [(one.kind, one.detail["disc_level"]) for one in kept] == [
        ("finding_accepted", "L4/L5"),
        ("finding_rejected", "L4/L5"),
        ("finding_open", "L4/L5"),
    ]


def test_an_arm_without_ai_can_not_even_ask_whether_there_is_a_finding(
    readings: tuple[Reading, Reading],
) -> None:
    unaided, _ = readings
    told = []
    for number in (PredictedDetection.objects.get().pk, 10**9):
        with pytest.raises(ReadingEventError) as caught:
            say(unaided, "finding_accepted", detection=number)
        told.append(str(caught.value))
    assert told[0] == told[1]
    assert not ReadingEvent.objects.exists()


def test_a_finding_of_another_case_is_refused(
    readings: tuple[Reading, Reading], coordinator: User, reader: User
) -> None:
    other = opened_reader_study(coordinator, [reader], n_cases=1, title="Another")
    prediction = predict(reading_of(other, reader, aided=True))
    with pytest.raises(ReadingEventError, match="no such finding"):
        say(readings[1], "finding_accepted", detection=prediction.detections.get().pk)


def test_surest_findings_come_first_and_a_finding_can_not_be_changed(
    readings: tuple[Reading, Reading], reader: User
) -> None:
    prediction = PredictedDetection.objects.get().prediction
    detect(prediction, score=0.6)
    detect(prediction, score=0.999)
    body = client_of(reader).get(f"/api/v1/readings/{readings[1].pk}/").json()
    scores = [one["score"] for one in body["prediction"]["detections"]]
    assert scores == sorted(scores, reverse=True)
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        PredictedDetection.objects.update(score=0.1)


@pytest.mark.parametrize("percent", [-1, 101, 12.5, True, None])
def test_an_opacity_is_a_whole_percentage(
    readings: tuple[Reading, Reading], percent: object
) -> None:
    with pytest.raises(ReadingEventError, match="percent"):
        say(readings[1], "ai_opacity", percent=percent)
    say(readings[1], "ai_opacity", percent=40)
    assert ReadingEvent.objects.get().detail == {"percent": 40}


def test_opacity_and_keys_are_kept_apart_with_the_account(reader: User) -> None:
    client = client_of(reader)
    address = "/api/v1/preferences/"

    def put(body: dict[str, Any]) -> Any:
        return client.put(address, body, content_type="application/json")

    assert client.get(address).json() == {"keys": {}, "ai_opacity": None}
    put({"keys": {"ai": ["j"]}})
    assert put({"ai_opacity": 35}).json() == {"keys": {"ai": ["j"]}, "ai_opacity": 35}
    assert client.get(address).json() == {"keys": {"ai": ["j"]}, "ai_opacity": 35}
    assert put({"ai_opacity": 101}).status_code == 400
    assert client.get(address).json()["ai_opacity"] == 35


def test_a_layout_says_what_hangs_and_only_of_this_case(
    readings: tuple[Reading, Reading],
) -> None:
    unaided, _ = readings
    stack = PredictedDetection.objects.get().stack
    stack.is_reference_for_reading = True
    stack.save()
    say(unaided, "layout", name="T1 | T2", hung=[None, stack.pk], by_hand=True)
    assert ReadingEvent.objects.get().detail == {
        "name": "T1 | T2",
        "hung": [None, stack.pk],
        "by_hand": True,
    }
    for wrong in ([10**9], ["1"], [True], "1", [None] * 17):
        with pytest.raises(ReadingEventError):
            say(unaided, "layout", name="T1 | T2", hung=wrong)
