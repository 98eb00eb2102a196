"""Evidence of a grade goes through the door of proposals, and only when it is asked for."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from annotations.models import Reading
from tests.annotations.test_ai_gate import (
    EVIDENCE,
    PICTURE,
    PLACE_MM,
    predict,
)
from tests.conftest import client_of
from tests.factories.reader_studies import opened_reader_study, reading_of


@pytest.fixture
def readings(coordinator: User, reader: User) -> tuple[Reading, Reading]:
    """Of one case with a prediction: unaided and aided."""
    reader_study = opened_reader_study(coordinator, [reader], n_cases=1)
    unaided = reading_of(reader_study, reader, aided=False)
    predict(unaided)
    return unaided, reading_of(reader_study, reader, aided=True)


def test_the_aided_arm_gives_the_evidence_of_one_grade_when_it_is_asked_for(
    reader: User, readings: tuple[Reading, Reading]
) -> None:
    _, aided = readings
    client = client_of(reader)
    assert PICTURE[0] not in client.get(f"/api/v1/readings/{aided.pk}/").content.decode()
    answer = client.get(EVIDENCE.format(aided.pk, "modic", "L4-L5"))
    assert answer["Cache-Control"] == "no-store"
    body = answer.json()
    (picture,) = body["pictures"]
    assert body["score"] == 2
    assert (picture["plane"], picture["weighting"], picture["slice_count"]) == ("sagittal", "T2", 1)
    assert picture["center_lps"][0] == PLACE_MM
    assert picture["image"] == {"rows": 4, "columns": 4, "values": PICTURE[0]}
    assert picture["heat"] == {"rows": 2, "columns": 2, "values": PICTURE[1]}


@pytest.mark.parametrize(
    ("item", "level"),
    [
        ("pfirrmann", "L4-L5"),
        ("modic", "L5-S1"),
        ("modic", "nonsense"),
        ("spondylolisthesis", "L4"),
    ],
)
def test_a_cell_without_evidence_says_so(
    reader: User, readings: tuple[Reading, Reading], item: str, level: str
) -> None:
    answer = client_of(reader).get(EVIDENCE.format(readings[1].pk, item, level))
    assert (answer.status_code, answer.json()["code"]) == (404, "no_evidence")


def test_the_unaided_arm_answers_the_same_whether_there_is_evidence_or_not(
    reader: User, readings: tuple[Reading, Reading]
) -> None:
    unaided, _ = readings
    client = client_of(reader)
    kept, not_kept = (
        client.get(EVIDENCE.format(unaided.pk, "modic", level)) for level in ("L4-L5", "L5-S1")
    )
    assert (kept.status_code, kept.content) == (404, not_kept.content)


def test_evidence_of_an_item_that_is_not_asked_stays_on_the_server(
    coordinator: User, reader: User
) -> None:
    reader_study = opened_reader_study(coordinator, [reader], n_cases=1, items=("pfirrmann",))
    aided = reading_of(reader_study, reader, aided=True)
    predict(aided)
    answer = client_of(reader).get(EVIDENCE.format(aided.pk, "modic", "L4-L5"))
    assert (answer.status_code, answer.json()["code"]) == (404, "no_evidence")
