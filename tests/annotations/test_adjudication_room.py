"""An adjudicator sees the images of a queued case and its readers' marks, and nobody's name."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from annotations.models import (
    Adjudication,
    Arm,
    Case,
    GradeEvent,
    LevelMark,
    ReaderStudy,
    Reading,
    ReadingEvent,
    ReferenceRecord,
)
from annotations.selectors.adjudication_case import letters_of
from annotations.services.adjudication import queue_disagreements
from annotations.services.memberships import grant_role
from tests import personas
from tests.conftest import client_of
from tests.factories.drawn import draw_length, draw_mask, labelmap, opened, read, submit
from tests.factories.reader_studies import exam

READERS = ("anna", "bela", "cleo")
SCORES = {"anna": [0, 0, 0, 1, 1], "bela": [0, 0, 1, 1, 3], "cleo": [0, 0, 2, 1, 1]}
"""By level: they differ at the third and the fifth."""
LABEL = "typed by anna herself"


@pytest.fixture
def reader_study(coordinator: User, tmp_path: Path) -> ReaderStudy:
    """Queued; anna has measured, all but cleo have drawn."""
    made = opened(coordinator, tmp_path, READERS)
    readings = read(made, SCORES)
    draw_length(readings["anna"], 6, LABEL)
    draw_mask(readings["anna"], labelmap(body=np.s_[2:3, 4:9, 4:9]))
    draw_mask(readings["bela"], labelmap(body=np.s_[2:3, 5:10, 4:9]))
    submit(readings)
    queue_disagreements(arm=Arm.objects.get(), actor=coordinator)
    return made


@pytest.fixture
def adjudicator(reader_study: ReaderStudy, coordinator: User) -> User:
    user = personas.person("judge")
    grant_role(reader_study=reader_study, username="judge", role="adjudicator", actor=coordinator)
    return user


def address(reader_study: ReaderStudy, more: str = "") -> str:
    case, arm = reader_study.cases.order_by("number")[0], reader_study.arms.get()
    return f"/api/v1/reader-studies/{reader_study.pk}/adjudication/{arm.pk}/{case.pk}/{more}"


def shown(reader_study: ReaderStudy, user: User) -> Any:
    answer = client_of(user).get(address(reader_study))
    assert answer.status_code == 200, answer.content
    return answer.json()


def letter_of(code: str) -> str:
    return letters_of(Arm.objects.get(), Case.objects.get())[code]


def decisions(body: Any, score: int | None = 2, **more: Any) -> dict[str, Any]:
    cells = [{"cell": cell["id"], "score": score, "comment": ""} for cell in body["cells"]]
    return {"decisions": cells, "password": personas.PASSWORD, **more}


def post(client: APIClient, reader_study: ReaderStudy, body: dict[str, Any]) -> Any:
    return client.post(address(reader_study), body, format="json")


def test_the_case_comes_with_images_cells_and_answers(
    reader_study: ReaderStudy, adjudicator: User
) -> None:
    body = shown(reader_study, adjudicator)
    assert [cell["disc_level"] for cell in body["cells"]] == ["L3/L4", "L5/S1"]
    assert [len(one["frames"]) for one in body["series"]] == [5]
    assert body["series"][0]["frames"][0]["url"].startswith("/frames/")
    codes = {one.enrolment.reader.username: one.enrolment.code for one in Reading.objects.all()}
    third = {one["reader"]: one["score"] for one in body["cells"][0]["answers"]}
    assert third == {letter_of(codes[name]): SCORES[name][2] for name in READERS}
    assert sorted(third) == ["A", "B", "C"]


def test_nobody_can_be_told_from_it(reader_study: ReaderStudy, adjudicator: User) -> None:
    body = shown(reader_study, adjudicator)
    text = json.dumps(body)
    patient = Case.objects.get().imaging_study.patient.patient_id
    uid = Case.objects.get().imaging_study.study_instance_uid
    for secret in (*READERS, LABEL, patient, uid, '"R1"', '"R2"', '"R3"'):
        assert secret not in text
    assert "prediction" not in body


def test_letters_are_drawn_anew_for_each_case(reader_study: ReaderStudy) -> None:
    arm = Arm.objects.get()
    orders = set()
    for number in range(30):
        case = Case.objects.create(
            reader_study=reader_study, imaging_study=exam(), number=f"X-{number}"
        )
        Adjudication.objects.create(
            arm=arm,
            case=case,
            item=reader_study.items.get(),
            disc_level="L1/L2",
            votes={"R1": 0, "R2": 1, "R3": 2},
            rule={},
        )
        letters = letters_of(arm, case)
        assert letters_of(arm, case) == letters
        orders.add(tuple(sorted(letters, key=letters.__getitem__)))
    assert len(orders) > 3


def test_marks_come_under_the_letter_of_their_reader(
    reader_study: ReaderStudy, adjudicator: User
) -> None:
    body = shown(reader_study, adjudicator)
    codes = {one.enrolment.reader.username: one.enrolment.code for one in Reading.objects.all()}
    by_letter = {one["letter"]: one for one in body["readers"]}
    anna, bela, cleo = (by_letter[letter_of(codes[name])] for name in READERS)
    assert anna["measurements"][0]["values"]["length_mm"] == pytest.approx(6)
    assert [len(one["measurements"]) for one in (bela, cleo)] == [0, 0]
    assert [len(one["masks"]) for one in (anna, bela, cleo)] == [1, 1, 0]
    stack = bela["masks"][0]["stack_id"]
    client = client_of(adjudicator)
    sent = client.get(address(reader_study, f"masks/{bela['letter']}/{stack}/"))
    assert gzip.decompress(sent.content) == labelmap(body=np.s_[2:3, 5:10, 4:9]).tobytes()
    for letter in (cleo["letter"], "Z", "R1"):
        gone = client.get(address(reader_study, f"masks/{letter}/{stack}/"))
        assert gone.status_code == 404


def test_levels_are_those_of_the_case_else_of_one_reader(
    reader_study: ReaderStudy, adjudicator: User
) -> None:
    case = Case.objects.get()
    assert shown(reader_study, adjudicator)["level_marks"] == []
    for number, name in enumerate(READERS):
        reading = Reading.objects.get(enrolment__reader__username=name)
        mark = {"kind": "disc", "level": "L3/L4", "position_lps": [number, 0, 0]}
        LevelMark.objects.create(case=case, reading=reading, **mark)
    (mark,) = shown(reader_study, adjudicator)["level_marks"]
    first = Reading.objects.get(
        enrolment__code=next(c for c in ("R1", "R2", "R3") if letter_of(c) == "A")
    )
    assert mark["position_lps"] == LevelMark.objects.get(reading=first).position_lps
    LevelMark.objects.create(case=case, kind="disc", level="L3/L4", position_lps=[9, 9, 9])
    (mark,) = shown(reader_study, adjudicator)["level_marks"]
    assert (mark["position_lps"], mark["source"]) == ([9, 9, 9], "case")


def test_looking_makes_no_reading_and_counts_no_time(
    reader_study: ReaderStudy, adjudicator: User
) -> None:
    before = list(Reading.objects.values().order_by("pk"))
    shown(reader_study, adjudicator)
    page = client_of(adjudicator).get(address(reader_study, "images/").replace("/api/v1", ""))
    assert page.status_code == 200
    assert list(Reading.objects.values().order_by("pk")) == before
    assert not ReadingEvent.objects.exists()


@pytest.mark.parametrize("who", ["coordinator", "anna", "stranger", "elsewhere"])
def test_only_adjudicators_of_this_reader_study_see_it(
    reader_study: ReaderStudy, adjudicator: User, coordinator: User, tmp_path: Path, who: str
) -> None:
    """Neither its coordinator, nor a reader, nor an adjudicator of another reader study."""
    personas.person("stranger")
    other = opened(coordinator, tmp_path / "other", ("dora", "emil"))
    personas.person("elsewhere")
    grant_role(reader_study=other, username="elsewhere", role="adjudicator", actor=coordinator)
    case = reader_study.cases.get()
    arm = reader_study.arms.get()
    where = f"/reader-studies/{reader_study.pk}/adjudication/{arm.pk}/{case.pk}/"
    client = client_of(User.objects.get(username=who))
    for one in (f"/api/v1{where}", f"/api/v1{where}masks/A/1/", f"{where}images/"):
        assert client.get(one).status_code in (403, 404)
    assert client.post(f"/api/v1{where}", {}, format="json").status_code in (403, 404)


def test_a_case_outside_the_queue_or_decided_is_not_shown(
    reader_study: ReaderStudy, adjudicator: User
) -> None:
    client = client_of(adjudicator)
    unqueued = Case.objects.create(reader_study=reader_study, imaging_study=exam(), number="X-1")
    arm = Arm.objects.get()
    root = f"/reader-studies/{reader_study.pk}/adjudication/"
    where = f"{root}{arm.pk}/{unqueued.pk}/"
    assert client.get(f"/api/v1{where}").status_code == 404
    assert client.get(f"{where}images/").status_code == 404
    body = shown(reader_study, adjudicator)
    decided = client.post(f"/api/v1{root}{arm.pk}/{body['id']}/", decisions(body), format="json")
    assert decided.json() == {"decided": 2, "next": None}
    refused = client.get(f"/api/v1{root}{arm.pk}/{body['id']}/")
    assert (refused.status_code, refused.json()["code"]) == (409, "adjudication")
    back = client.get(f"{root}{arm.pk}/{body['id']}/images/")
    assert (back.status_code, back["Location"]) == (302, root)


def test_a_decision_over_the_api_is_that_of_the_page(
    reader_study: ReaderStudy, adjudicator: User
) -> None:
    client, answers = client_of(adjudicator), list(GradeEvent.objects.values().order_by("pk"))
    body = shown(reader_study, adjudicator)
    wrong = post(client, reader_study, decisions(body) | {"password": "guess"})
    assert (wrong.status_code, wrong.json()["code"]) == (403, "signature")
    half = decisions(body)
    half["decisions"] = half["decisions"][:1]
    assert "every cell" in post(client, reader_study, half).json()["message"]
    twice = decisions(body)
    twice["decisions"] = [*twice["decisions"], twice["decisions"][0]]
    assert "twice" in post(client, reader_study, twice).json()["message"]
    assert "scale" in post(client, reader_study, decisions(body, 9)).json()["message"]
    assert not ReferenceRecord.objects.exists()
    done = post(client, reader_study, decisions(body, None, is_consensus=True))
    assert done.json()["decided"] == 2
    record = ReferenceRecord.objects.get(disc_level="L3/L4")
    assert (record.score, record.provenance) == (None, "consensus")
    assert record.basis["shown_as"] == letters_of(Arm.objects.get(), Case.objects.get())
    assert list(GradeEvent.objects.values().order_by("pk")) == answers


def test_wrong_passwords_over_the_api_are_counted(
    reader_study: ReaderStudy, adjudicator: User
) -> None:
    client = client_of(adjudicator)
    body = decisions(shown(reader_study, adjudicator))
    for _ in range(5):
        post(client, reader_study, body | {"password": "guess"})
    refused = post(client, reader_study, body)
    assert (refused.status_code, refused.json()["code"]) == (403, "signature_limit")


def test_the_queue_is_that_of_the_role(
    reader_study: ReaderStudy, adjudicator: User, coordinator: User
) -> None:
    where = f"/api/v1/reader-studies/{reader_study.pk}/adjudication/"
    (row,) = client_of(adjudicator).get(where).json()
    assert (row["case_number"], row["cells"], row["open_cells"]) == ("C-001", 2, 2)
    assert client_of(coordinator).get(where).json() == [row]
    personas.person("watcher")
    grant_role(reader_study=reader_study, username="watcher", role="observer", actor=coordinator)
    watcher = client_of(User.objects.get(username="watcher"))
    assert watcher.get(where).status_code == 403
