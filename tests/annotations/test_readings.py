"""Grades: stored at once, on their scale, once an answer, never after submission."""

from __future__ import annotations

import dataclasses

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, IntegrityError, connection, transaction

from annotations.models import Grade, GradeEvent, Reading
from annotations.services import grades, readings
from annotations.services.reader_studies import lock_reader_study
from annotations.services.submission import ReadingIncompleteError, submit_reading
from annotations.vocabulary import DISC_LEVELS, FINDINGS
from tests.factories.reader_studies import ITEMS, answer, fill, opened_reader_study, reading_of


@pytest.fixture
def reading(coordinator: User, reader: User) -> Reading:
    return reading_of(opened_reader_study(coordinator, [reader]), reader, aided=False)


def test_an_answer_is_stored_and_starts_the_reading(reading: Reading) -> None:
    grade = grades.store_grade(reading_id=reading.pk, answer=answer(score=2))
    reading.refresh_from_db()
    assert (grade.score, grade.revision) == (2, 1)
    assert reading.status == Reading.Status.IN_PROGRESS
    assert reading.started_at is not None


def test_the_same_answer_sent_twice_changes_nothing(reading: Reading) -> None:
    sent = answer(score=2)
    grades.store_grade(reading_id=reading.pk, answer=sent)
    again = grades.store_grade(reading_id=reading.pk, answer=sent)
    assert again.revision == 1
    assert GradeEvent.objects.count() == 1


def test_a_changed_answer_keeps_every_version(reading: Reading) -> None:
    for score in (1, 3, 2):
        grades.store_grade(reading_id=reading.pk, answer=answer(score=score))
    assert Grade.objects.get().score == 2
    assert list(GradeEvent.objects.values_list("score", flat=True)) == [1, 3, 2]


@pytest.mark.parametrize("score", [-1, 4, 99])
def test_a_score_off_the_scale_is_refused(reading: Reading, score: int) -> None:
    with pytest.raises(grades.GradeNotOnScaleError, match="not on the scale"):
        grades.store_grade(reading_id=reading.pk, answer=answer(score=score))
    assert not Grade.objects.exists()


def test_the_database_itself_refuses_a_score_off_the_scale(reading: Reading) -> None:
    grade = grades.store_grade(reading_id=reading.pk, answer=answer(score=1))
    with pytest.raises(IntegrityError, match="not on the scale"), transaction.atomic():
        Grade.objects.filter(pk=grade.pk).update(score=9)


def test_no_event_can_be_changed_or_deleted(reading: Reading) -> None:
    grades.store_grade(reading_id=reading.pk, answer=answer())
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        GradeEvent.objects.update(score=0)
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        GradeEvent.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="can only be added"), transaction.atomic():
            cursor.execute("TRUNCATE annotations_gradeevent")


def test_an_unknown_cell_is_refused(reading: Reading) -> None:
    with pytest.raises(grades.GradeNotOnScaleError, match="no cell"):
        grades.store_grade(reading_id=reading.pk, answer=answer(level="C5/C6"))


def test_an_incomplete_reading_names_its_empty_cells(reading: Reading) -> None:
    grades.store_grade(reading_id=reading.pk, answer=answer("modic", "L4/L5"))
    with pytest.raises(ReadingIncompleteError) as caught:
        submit_reading(reading_id=reading.pk)
    missing = caught.value.details["missing"]
    assert isinstance(missing, list)
    columns = sum(len(FINDINGS[c].sides) for c in ITEMS if FINDINGS[c].depends_on is None)
    asked = len(DISC_LEVELS) * columns
    assert len(missing) == asked - 1 + 1  # the graded Modic change asks for its extent
    assert {"item": "modic", "disc_level": "L4/L5", "side": ""} not in missing
    assert {"item": "modic_extent", "disc_level": "L4/L5", "side": ""} in missing


def test_a_submitted_reading_takes_no_more_answers(reading: Reading) -> None:
    fill(reading)
    submit_reading(reading_id=reading.pk)
    with pytest.raises(readings.ReadingClosedError, match="submitted"):
        grades.store_grade(reading_id=reading.pk, answer=answer())
    reading.refresh_from_db()
    assert reading.status == Reading.Status.SUBMITTED


def test_an_answer_that_was_on_its_way_at_submission_is_confirmed(reading: Reading) -> None:
    fill(reading)
    sent = answer(score=3)
    grades.store_grade(reading_id=reading.pk, answer=sent)
    submit_reading(reading_id=reading.pk)
    assert grades.store_grade(reading_id=reading.pk, answer=sent).score == 3


def test_not_gradable_and_a_score_exclude_each_other(reading: Reading) -> None:
    both = dataclasses.replace(answer(score=1), is_not_gradable=True)
    with pytest.raises(grades.GradeNotOnScaleError, match="not both"):
        grades.store_grade(reading_id=reading.pk, answer=both)


def test_locked_data_take_no_more_answers(coordinator: User, reading: Reading) -> None:
    lock_reader_study(
        reader_study_id=reading.case.reader_study_id, actor=coordinator, reason="all read"
    )
    with pytest.raises(readings.ReadingClosedError, match="locked"):
        grades.store_grade(reading_id=reading.pk, answer=answer())


def test_the_aided_session_waits_for_the_unaided_one(coordinator: User, reader: User) -> None:
    reader_study = opened_reader_study(coordinator, [reader], has_ordered_sessions=True)
    aided = reading_of(reader_study, reader, aided=True)
    with pytest.raises(readings.SessionNotOpenError, match="3 cases are left"):
        grades.store_grade(reading_id=aided.pk, answer=answer())
