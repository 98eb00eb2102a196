"""Settings of the viewer that a protocol takes out of the readers' hands."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from annotations.design.protocol import FREEZABLE, ReaderStudyDesign
from annotations.models import ReaderStudy, Reading, ReadingEvent
from annotations.services.protocols import amend_protocol
from annotations.services.reading_events import Happening, ReadingEventError, store_events
from tests.annotations.test_design_pages import browser, sent
from tests.conftest import client_of
from tests.factories.reader_studies import designed_reader_study, exam
from tests.personas import PASSWORD


@pytest.fixture
def reading(coordinator: User, reader: User) -> Reading:
    design = ReaderStudyDesign(frozen=["layout", "ai_opacity"])
    return Reading.objects.filter(
        case__reader_study=designed_reader_study(
            coordinator, [reader], design, aided=False, opened=True
        )
    ).earliest("reading_session__period", "position")


def tell(reading: Reading, kind: str, **detail: Any) -> None:
    event = Happening(uuid.uuid4(), kind, timezone.now(), detail)
    opened = Happening(uuid.uuid4(), "opened", timezone.now(), {})
    store_events(reading_id=reading.pk, window_key=uuid.uuid4(), events=[opened, event])


def test_the_room_is_told_and_gets_one_layout(reading: Reading, reader: User) -> None:
    body = client_of(reader).get(f"/api/v1/readings/{reading.pk}/").json()
    assert body["protocol"]["frozen"] == ["layout", "ai_opacity"]
    assert len(reading.case.reader_study.hanging["layouts"]) > 1
    assert len(body["hanging"]["layouts"]) == 1


@pytest.mark.parametrize(
    ("kind", "detail"), [("layout", {"name": "Axial large"}), ("ai_opacity", {"percent": 10})]
)
def test_a_change_of_what_is_frozen_is_refused_whole(
    reading: Reading, kind: str, detail: dict[str, Any]
) -> None:
    with pytest.raises(ReadingEventError, match=r"Event 2: the protocol .* has frozen that"):
        tell(reading, kind, **detail)
    assert not ReadingEvent.objects.exists()
    reading.refresh_from_db()
    assert reading.opened_at is None


def test_an_amendment_frees_it_again(coordinator: User, reading: Reading, reader: User) -> None:
    amend_protocol(
        reader_study_id=reading.case.reader_study_id,
        actor=coordinator,
        changes={"frozen": ["zoom"]},
        reason="readers asked for the axial layout",
    )
    tell(reading, "layout", name="Axial large")
    body = client_of(reader).get(f"/api/v1/readings/{reading.pk}/").json()
    assert body["protocol"]["frozen"] == ["zoom"]
    assert len(body["hanging"]["layouts"]) > 1
    assert body["hanging"]["chosen"] == {"layout": "Axial large", "hung": []}


def test_a_layout_chosen_before_it_was_frozen_is_not_brought_back(
    coordinator: User, reading: Reading, reader: User
) -> None:
    reader_study_id = reading.case.reader_study_id
    for frozen, wanted in (([], {"layout": "Axial large", "hung": []}), (["layout"], None)):
        amend_protocol(
            reader_study_id=reader_study_id,
            actor=coordinator,
            changes={"frozen": frozen},
            reason="one way of looking",
        )
        if not frozen:
            tell(reading, "layout", name="Axial large")
        body = client_of(reader).get(f"/api/v1/readings/{reading.pk}/").json()
        assert body["hanging"]["chosen"] == wanted


def test_what_hangs_last_belongs_to_its_reading_alone(coordinator: User, reader: User) -> None:
    design = ReaderStudyDesign()
    reader_study = designed_reader_study(coordinator, [reader], design, aided=False, opened=True)
    first, second, *_ = Reading.objects.filter(case__reader_study=reader_study).order_by(
        "reading_session__period", "position"
    )
    tell(first, "layout", name="Axial large")
    tell(first, "layout", name="T1 | T2 | axial")
    client = client_of(reader)
    for one, wanted in ((first, {"layout": "T1 | T2 | axial", "hung": []}), (second, None)):
        body = client.get(f"/api/v1/readings/{one.pk}/").json()
        assert body["hanging"]["chosen"] == wanted


def test_it_is_chosen_on_the_form_and_amended_on_the_page(coordinator: User, reader: User) -> None:
    client = browser(coordinator)
    form = sent([reader], [exam()], frozen=["window", "zoom"])
    client.post("/reader-studies/create/", form)
    reader_study = ReaderStudy.objects.get()
    address = f"/reader-studies/{reader_study.pk}/"
    text = client.get(address).content.decode()
    assert f"{FREEZABLE['window']}, {FREEZABLE['zoom']}" in text
    amendment = {"frozen_shown": "1", "reason": "as the committee wants", "password": PASSWORD}
    client.post(f"{address}amend/", {**amendment, "frozen": ["window"]})
    client.post(f"{address}amend/", amendment)
    frozen = [one.body["frozen"] for one in reader_study.protocols.all()]
    assert frozen == [["window", "zoom"], ["window"], []]
    assert "nothing is frozen" in client.get(address).content.decode()
