"""Sides, conditions, optional items, transitional anatomy, conflicts between two computers."""

from __future__ import annotations

import dataclasses
import uuid

import pytest
from django.contrib.auth.models import User

from annotations.models import Grade, GradeEvent, Reading, SpineAnatomyEvent
from annotations.selectors.cells import empty_cells
from annotations.selectors.readings_export import grade_rows
from annotations.services import anatomy, grades
from annotations.services.submission import ReadingIncompleteError, submit_reading
from tests.conftest import client_of
from tests.factories.reader_studies import (
    ANSWERED_AT,
    answer,
    fill,
    opened_reader_study,
    reading_of,
)


@pytest.fixture
def reading(coordinator: User, reader: User) -> Reading:
    return reading_of(opened_reader_study(coordinator, [reader]), reader, aided=False)


def store(reading: Reading, *what: object, **more: object) -> Grade:
    return grades.store_grade(reading_id=reading.pk, answer=answer(*what, **more))  # type: ignore[arg-type]


def six_bodies(reading: Reading, base_revision: int = 0) -> None:
    anatomy.set_anatomy(
        reading_id=reading.pk,
        lumbar_count=6,
        transition="lumbarised_s1",
        base_revision=base_revision,
        act_key=uuid.uuid4(),
    )


def test_right_and_left_are_two_cells(reading: Reading) -> None:
    store(reading, "foraminal_stenosis", "L4/L5", 1, side="right")
    store(reading, "foraminal_stenosis", "L4/L5", 3, side="left")
    stored = Grade.objects.filter(reading=reading).values_list("side", "score")
    assert dict(stored) == {"right": 1, "left": 3}


@pytest.mark.parametrize(("item", "side"), [("foraminal_stenosis", ""), ("modic", "left")])
def test_a_side_that_the_item_has_not_is_refused(reading: Reading, item: str, side: str) -> None:
    with pytest.raises(grades.GradeNotOnScaleError, match="no cell"):
        store(reading, item, "L4/L5", 1, side=side)
    assert not GradeEvent.objects.exists()


def test_the_extent_is_asked_only_where_there_is_a_modic_change(reading: Reading) -> None:
    cell = ("modic_extent", "L4/L5", "")
    assert cell not in empty_cells(reading)
    store(reading, "modic", "L4/L5", 2)
    assert cell in empty_cells(reading)
    store(reading, "modic", "L4/L5", 0)
    assert cell not in empty_cells(reading)


def test_an_answer_whose_condition_falls_is_kept_and_counts_no_more(reading: Reading) -> None:
    store(reading, "modic", "L4/L5", 2)
    extent = store(reading, "modic_extent", "L4/L5", 3)
    store(reading, "modic", "L4/L5", 0)
    extent.refresh_from_db()
    assert (extent.score, extent.is_applicable) == (3, False)
    store(reading, "modic", "L4/L5", 1)
    extent.refresh_from_db()
    assert extent.is_applicable


def test_a_cell_that_is_not_gradable_says_why(reading: Reading) -> None:
    bare = dataclasses.replace(answer(score=None), is_not_gradable=True)
    with pytest.raises(grades.GradeNotOnScaleError, match="Say why"):
        grades.store_grade(reading_id=reading.pk, answer=bare)
    said = dataclasses.replace(bare, reason="surgery", comment="rods L3 to S1")
    grade = grades.store_grade(reading_id=reading.pk, answer=said)
    assert (grade.reason, grade.comment) == ("surgery", "rods L3 to S1")


def test_an_answer_to_what_was_changed_elsewhere_is_not_stored(reading: Reading) -> None:
    store(reading, "modic", "L4/L5", 1, base_revision=0)
    store(reading, "modic", "L4/L5", 2, base_revision=1)
    with pytest.raises(grades.ChangedElsewhereError) as caught:
        store(reading, "modic", "L4/L5", 3, base_revision=1)
    there = caught.value.details["grade"]
    assert isinstance(there, dict)
    assert (there["score"], there["revision"]) == (2, 2)
    assert Grade.objects.get(reading=reading).score == 2


def test_the_conflict_reaches_the_browser_with_what_is_stored(
    reading: Reading, reader: User
) -> None:
    store(reading, "modic", "L4/L5", 1)
    body = {
        "item": "modic",
        "disc_level": "L4/L5",
        "side": "",
        "score": 3,
        "not_gradable": False,
        "reason": "",
        "confidence": None,
        "comment": "",
        "answer_key": str(uuid.uuid4()),
        "answered_at": ANSWERED_AT.isoformat(),
        "base_revision": 0,
    }
    sent = client_of(reader).put(
        f"/api/v1/readings/{reading.pk}/grades/", body, content_type="application/json"
    )
    assert sent.status_code == 409
    assert sent.json()["code"] == "changed_elsewhere"
    assert sent.json()["details"]["grade"]["score"] == 1


def test_six_lumbar_bodies_give_six_levels_and_reach_the_export(reading: Reading) -> None:
    fill(reading)
    six_bodies(reading)
    levels = {level for _, level, _ in empty_cells(reading)}
    assert levels == {"L5/L6", "L6/S1"}
    with pytest.raises(ReadingIncompleteError):
        submit_reading(reading_id=reading.pk)
    rows = [row for row in grade_rows(reading.case.reader_study) if row.lumbar_count == 6]
    assert {row.transition for row in rows} == {"lumbarised_s1"}
    assert "L5/S1" not in {row.disc_level for row in rows}
    assert not Grade.objects.filter(disc_level="L5/S1", is_applicable=True).exists()


def test_the_anatomy_changed_elsewhere_is_not_overwritten(reading: Reading) -> None:
    six_bodies(reading)
    with pytest.raises(grades.ChangedElsewhereError):
        six_bodies(reading, base_revision=0)
    six_bodies(reading, base_revision=1)
    assert SpineAnatomyEvent.objects.count() == 2


def test_a_level_that_this_spine_has_not_is_refused(reading: Reading) -> None:
    six_bodies(reading)
    with pytest.raises(grades.GradeNotOnScaleError, match="no cell"):
        store(reading, "modic", "L5/S1", 1)
