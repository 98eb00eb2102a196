"""Numbers that follow the grades by increments equal those counted anew, in every process."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from contextlib import suppress
from itertools import combinations
from threading import Event, Thread
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import ProgrammingError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotations.models import Grade, Item, ReaderStudy, Reading, ReadingSession
from annotations.selectors import live_ratings
from annotations.selectors.agreement import agreement_view
from annotations.selectors.live_ratings import forget_copies
from annotations.services.anatomy import set_anatomy
from annotations.services.grades import Answer, store_grade
from annotations.services.submission import submit_reading
from spinestudy.common.errors import DomainError
from tests import personas
from tests.annotations.batch_agreement import batch_pair
from tests.committed import committed_db  # noqa: F401
from tests.factories.reader_studies import ANSWERED_AT, answer, fill, opened_reader_study

LEVELS = ("L1/L2", "L4/L5", "L5/S1", "L6/S1")
CODES = ("modic", "modic_extent", "foraminal_stenosis")


@pytest.fixture
def readers(committed_db: None) -> list[User]:  # noqa: F811
    return [personas.reader(f"reader{number}") for number in (1, 2, 3)]


@pytest.fixture
def reader_study(readers: list[User]) -> ReaderStudy:
    return opened_reader_study(personas.coordinator(), readers, n_cases=3, items=CODES)


@pytest.fixture(autouse=True)
def _no_copies() -> Iterator[None]:
    forget_copies()
    yield
    forget_copies()


def assert_as_counted_anew(reader_study: ReaderStudy, item_code: str | None = None) -> None:
    enrolments = {one.code: one.pk for one in reader_study.enrolments.all()}
    for arm in reader_study.arms.all():
        view = agreement_view(reader_study, arm.pk, item_code=item_code)
        for item_view in view["items"]:
            item = Item.objects.get(reader_study=reader_study, finding_code=item_view["code"])
            pairs = {(one["a"], one["b"]): one for one in item_view["pairs"]}
            assert set(pairs) == set(combinations(enrolments, 2))
            for (a, b), found in pairs.items():
                right = batch_pair(arm, item, enrolments[a], enrolments[b])
                assert (found["n_items"], found["n_patients"], found["undefined"]) == (
                    right.n_items,
                    right.n_clusters,
                    right.undefined,
                ), (arm, item, a, b)
                assert found["value"] == pytest.approx(right.value, abs=1e-9)
                assert found["ci"] == (right.ci and pytest.approx(list(right.ci), abs=1e-8))


EDIT = st.tuples(
    st.integers(0, 10**6),  # which reading
    st.sampled_from(CODES),
    st.sampled_from(LEVELS),
    st.sampled_from(["", "right", "left"]),
    st.sampled_from([0, 1, 2, 3, None, "not gradable", "four", "five", "six", "fill", "look"]),
)


def edit(readings: list[Reading], drawn: tuple[int, str, str, str, Any]) -> None:
    """One act of a reader through the services; what they refuse changes nothing."""
    number, item, level, side, what = drawn
    reading = readings[number % len(readings)]
    with suppress(DomainError):
        if what in ("four", "five", "six"):
            anatomy = getattr(Reading.objects.get(pk=reading.pk), "anatomy", None)
            set_anatomy(
                reading_id=reading.pk,
                lumbar_count={"four": 4, "five": 5, "six": 6}[what],
                transition="none",
                base_revision=anatomy.revision if anatomy else 0,
                act_key=uuid.uuid4(),
            )
        elif what == "fill":
            fill(reading)
            submit_reading(reading_id=reading.pk)
        elif what == "not gradable":
            not_gradable = Answer(
                item, level, None, True, uuid.uuid4(), ANSWERED_AT, side, "artefact"
            )
            store_grade(reading_id=reading.pk, answer=not_gradable)
        else:
            store_grade(reading_id=reading.pk, answer=answer(item, level, what, side=side))


def test_after_any_acts_of_readers_the_numbers_are_those_counted_anew(
    reader_study: ReaderStudy,
) -> None:
    """Answers, corrections, not gradable, taken back, anatomy, conditions, submissions; two arms.

    The acts of one example follow on those of the one before, and so does this process's copy.
    """
    readings = list(Reading.objects.all())
    random.Random(7).shuffle(readings)

    @settings(
        max_examples=12,
        deadline=None,
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(edits=st.lists(EDIT, min_size=5, max_size=25), forgets=st.booleans())
    def follow(edits: list[tuple[int, str, str, str, Any]], forgets: bool) -> None:
        if forgets:
            forget_copies()  # as another process would begin
        for drawn in edits:
            if drawn[4] == "look":
                assert_as_counted_anew(reader_study, drawn[1])
            else:
                edit(readings, drawn)
        assert_as_counted_anew(reader_study)

    follow()


def graded(
    reader_study: ReaderStudy, reader: User, score: int, level: str = "L4/L5", case: int = 0
) -> None:
    store_grade(
        reading_id=reading_at(reader_study, reader, case).pk,
        answer=answer("modic", level, score),
    )


def reading_at(reader_study: ReaderStudy, reader: User, case: int) -> Reading:
    """The unaided reading of the case at that place."""
    return Reading.objects.filter(
        enrolment__reader=reader, reading_session__arm=reader_study.arms.all()[0]
    ).order_by("case__number")[case]


def n_items(reader_study: ReaderStudy) -> int:
    view = agreement_view(reader_study, None, item_code="modic")
    return int(view["items"][0]["pairs"][0]["n_items"])


def test_a_grade_whose_transaction_ends_late_is_not_missed(
    reader_study: ReaderStudy, readers: list[User]
) -> None:
    """The slow one began first and is committed after the look that saw the quick one."""
    for case in (0, 1):
        graded(reader_study, readers[0], 1, case=case)
    assert n_items(reader_study) == 0
    has_written, may_end = Event(), Event()

    def slow() -> None:
        with transaction.atomic():
            graded(reader_study, readers[1], 2)
            has_written.set()
            assert may_end.wait(30)
        connection.close()

    writer = Thread(target=slow)
    writer.start()
    assert has_written.wait(30)
    Grade.objects.create(  # not by the service: the slow one holds the audit record
        reading=reading_at(reader_study, readers[1], 1),
        item=Item.objects.get(reader_study=reader_study, finding_code="modic"),
        disc_level="L4/L5",
        score=0,
        answered_at=ANSWERED_AT,
    )
    assert n_items(reader_study) == 1
    may_end.set()
    writer.join(30)
    assert n_items(reader_study) == 2
    assert_as_counted_anew(reader_study, "modic")


def test_only_what_changed_is_read_again(
    reader_study: ReaderStudy, readers: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    for reader in readers:
        for level in ("L1/L2", "L2/L3", "L3/L4", "L4/L5"):
            graded(reader_study, reader, 1, level)
    n_items(reader_study)
    n_items(reader_study)  # by now every transaction before is known to be over
    read: list[int] = []
    changed_rows = live_ratings.changed_rows

    def counting(*arguments: Any) -> Any:
        rows = list(changed_rows(*arguments))
        read.append(len(rows))
        return iter(rows)

    monkeypatch.setattr(live_ratings, "changed_rows", counting)
    graded(reader_study, readers[0], 2, "L4/L5")
    assert n_items(reader_study) == 4
    assert n_items(reader_study) == 4
    forget_copies()
    assert n_items(reader_study) == 4
    assert read[0] == 1
    assert read[1] <= 1
    assert read[2] == 12
    assert_as_counted_anew(reader_study, "modic")


def test_a_look_from_inside_a_transaction_that_is_undone_leaves_nothing(
    reader_study: ReaderStudy, readers: list[User]
) -> None:
    graded(reader_study, readers[0], 1)
    assert n_items(reader_study) == 0
    with transaction.atomic():
        graded(reader_study, readers[1], 2)
        assert n_items(reader_study) == 1
        transaction.set_rollback(True)
    assert n_items(reader_study) == 0


def test_a_patient_who_is_put_right_moves_to_the_other_cluster(
    reader_study: ReaderStudy, readers: list[User]
) -> None:
    arm = reader_study.arms.all()[0]
    for reading in Reading.objects.filter(reading_session__arm=arm):
        store_grade(reading_id=reading.pk, answer=answer("modic", "L4/L5", reading.pk % 4))
    before = agreement_view(reader_study, None, item_code="modic")["items"][0]["pairs"][0]
    assert (before["n_items"], before["n_patients"]) == (3, 3)
    first, second = (case.imaging_study for case in reader_study.cases.all()[:2])
    second.patient = first.patient
    second.save()
    after = agreement_view(reader_study, None, item_code="modic")["items"][0]["pairs"][0]
    assert (after["n_items"], after["n_patients"]) == (3, 2)


def test_a_second_session_of_the_arm_and_the_earliest_grade_counts(
    reader_study: ReaderStudy, readers: list[User]
) -> None:
    """Answered later first; then the earlier session; then taken back there."""
    arm = reader_study.arms.all()[0]
    first = Reading.objects.filter(enrolment__reader=readers[0], reading_session__arm=arm)[0]
    graded_later = Reading(
        enrolment=first.enrolment,
        case=first.case,
        reading_session=ReadingSession.objects.create(arm=arm, period=9),
        position=1,
    )
    graded_later.save()
    other = Reading.objects.get(
        enrolment__reader=readers[1], case=first.case, reading_session=first.reading_session
    )
    for reading, score in ((other, 3), (graded_later, 3), (first, 0), (first, None)):
        store_grade(reading_id=reading.pk, answer=answer("modic", "L4/L5", score))
        assert_as_counted_anew(reader_study, "modic")


def test_the_database_deletes_no_grade(reader_study: ReaderStudy, readers: list[User]) -> None:
    graded(reader_study, readers[0], 1)
    with (
        pytest.raises(ProgrammingError, match="Cannot delete"),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM annotations_grade")
    assert Grade.objects.count() == 1
