"""Readers report problems; a coordinator's answer reaches that reader and nobody else."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from rest_framework.test import APIClient

from annotations.design.protocol import ReaderStudyDesign
from annotations.models import ProblemReport, ReaderStudy, Reading
from annotations.services.submission import submit_reading
from spinestudy.audit.models import AuditRecord
from tests import personas
from tests.conftest import client_of
from tests.factories.reader_studies import designed_reader_study, fill

DESIGN = ReaderStudyDesign("unaided_only", repeat_fraction=0.25, repeat_lag=1)


@pytest.fixture
def reader_study(coordinator: User, reader: User) -> ReaderStudy:
    readers = [reader, personas.reader("reader-2")]
    return designed_reader_study(coordinator, readers, DESIGN, n_cases=4, aided=False, opened=True)


def own(reader_study: ReaderStudy, code: str = "R1", **more: Any) -> Reading:
    return Reading.objects.filter(enrolment__code=code, **more).order_by("order")[0]


def put(client: APIClient, reading: Reading, key: uuid.UUID | None = None, **body: Any) -> Any:
    address = f"/api/v1/readings/{reading.pk}/problems/{key or uuid.uuid4()}/"
    return client.put(address, {"kind": "bad_quality", "text": "moved", **body})


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_resend_of_one_report_changes_nothing(
    reader_study: ReaderStudy, reader_client: APIClient
) -> None:
    key, reading = uuid.uuid4(), own(reader_study)
    first = put(reader_client, reading, key)
    second = put(reader_client, reading, key, text="something else")
    assert first.status_code == second.status_code == 200
    assert first.data == second.data
    assert ProblemReport.objects.get().text == "moved"
    assert AuditRecord.objects.filter(action="problem.reported").count() == 1
    other = Reading.objects.filter(enrolment=reading.enrolment).exclude(pk=reading.pk)[0]
    assert put(reader_client, other, key).status_code == 400


@pytest.mark.parametrize(
    "body", [{"kind": "nonsense"}, {"kind": "other", "text": " "}, {"text": "x" * 2001}]
)
def test_a_senseless_report_is_refused(
    reader_study: ReaderStudy, reader_client: APIClient, body: dict[str, Any]
) -> None:
    assert put(reader_client, own(reader_study), **body).status_code == 400
    assert not ProblemReport.objects.exists()


def test_a_submitted_case_can_be_reported_a_locked_one_cannot(
    reader_study: ReaderStudy, reader_client: APIClient
) -> None:
    reading = own(reader_study)
    fill(reading)
    submit_reading(reading_id=reading.pk)
    assert put(reader_client, reading).status_code == 200
    ReaderStudy.objects.update(status="locked")
    answer = put(reader_client, reading)
    assert (answer.status_code, answer.data["code"]) == (409, "reading_closed")


def test_answer_and_reply_make_a_thread_between_these_two(
    reader_study: ReaderStudy, reader_client: APIClient, coordinator: User, reader: User
) -> None:
    reading = own(reader_study)
    put(reader_client, reading, kind="missing_series", text="No axial images.")
    report = ProblemReport.objects.get()
    listed = browser(coordinator).get(f"/reader-studies/{reader_study.pk}/problems/")
    assert "No axial images." in listed.content.decode()
    page = browser(coordinator).get(f"/reader-studies/{reader_study.pk}/").content.decode()
    assert "Problem reports (1 open)" in page
    address = f"/reader-studies/{reader_study.pk}/problems/{report.pk}/"
    browser(coordinator).post(address, {"text": "They are on their way.", "settles": "on"})
    mine = browser(reader)
    worklist = mine.get("/worklist/").content.decode()
    assert "They are on their way." in worklist
    assert f"with case {reading.shown_number}." in worklist
    thread = reader_client.get(f"/api/v1/readings/{reading.pk}/problems/").data
    assert [one["text"] for one in thread[0]["replies"]] == ["They are on their way."]
    assert thread[0]["is_settled"] is True
    assert set(thread[0]["replies"][0]) == {"text", "is_from_reader", "written_at"}
    mine.post(f"/problems/{report.pk}/seen/")
    assert "New answer" not in mine.get("/worklist/").content.decode()
    mine.post(f"/problems/{report.pk}/reply/", {"text": "Still missing."})
    report.refresh_from_db()
    assert report.settled_at is None, "a reply opens it again"
    assert [one.is_from_reader for one in report.replies.all()] == [False, True]


def test_nobody_else_gets_at_a_thread(
    reader_study: ReaderStudy, reader_client: APIClient, coordinator: User, outsider: User
) -> None:
    reading = own(reader_study)
    put(reader_client, reading, text="Whose is this?")
    report = ProblemReport.objects.get()
    other_reader = User.objects.get(username="reader-2")
    other = client_of(other_reader)
    assert put(other, reading).status_code == 404
    assert other.get(f"/api/v1/readings/{reading.pk}/problems/").status_code == 404
    twin = own(reader_study, "R2", case=reading.case)
    assert other.get(f"/api/v1/readings/{twin.pk}/problems/").data == []
    assert "Whose is this?" not in browser(other_reader).get("/worklist/").content.decode()
    for act in ("reply", "seen"):
        refused = browser(other_reader).post(f"/problems/{report.pk}/{act}/", {"text": "x"})
        assert refused.status_code == 404
    stranger = personas.person("stranger", "coordinators")
    address = f"/reader-studies/{reader_study.pk}/problems/"
    assert browser(stranger).get(address).status_code == 404
    assert browser(stranger).post(f"{address}{report.pk}/", {"text": "x"}).status_code == 404
    elsewhere = designed_reader_study(stranger, [other_reader], DESIGN, n_cases=4, aided=False)
    browser(stranger).post(
        f"/reader-studies/{elsewhere.pk}/problems/{report.pk}/", {"text": "mine now"}
    )
    assert not report.replies.exists()


def test_a_hidden_repeat_stays_hidden_from_its_reader(
    reader_study: ReaderStudy, reader_client: APIClient, coordinator: User, reader: User
) -> None:
    repeat = own(reader_study, repeat_of__isnull=False)
    put(reader_client, repeat, kind="duplicate", text="I know this spine.")
    page = browser(reader).get("/worklist/").content.decode()
    assert f"Case {repeat.alias}:" in page
    assert f"Case {repeat.case.number}:" not in page
    listed = browser(coordinator).get(f"/reader-studies/{reader_study.pk}/problems/")
    assert f"{repeat.case.number}: Case seen before" in listed.content.decode()
    assert "a hidden repeat" in listed.content.decode()


def test_an_empty_answer_is_refused_but_settling_needs_no_words(
    reader_study: ReaderStudy, reader_client: APIClient, coordinator: User
) -> None:
    put(reader_client, own(reader_study))
    report = ProblemReport.objects.get()
    address = f"/reader-studies/{reader_study.pk}/problems/{report.pk}/"
    browser(coordinator).post(address, {"text": " "})
    assert not report.replies.exists()
    browser(coordinator).post(address, {"settles": "on"})
    report.refresh_from_db()
    assert report.settled_at is not None
    assert not report.replies.exists()
