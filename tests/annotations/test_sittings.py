"""What the server enforces while cases are read: sequential sittings, washout, withheld numbers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from annotations.design.protocol import LiveView, ReaderStudyDesign
from annotations.models import Grade, GradeEvent, ReaderStudy, Reading, WashoutOverride
from annotations.selectors.ai_assistance import ai_assistance
from annotations.selectors.worklist import next_reading, worklist
from annotations.services.grades import store_grade
from annotations.services.protocols import amend_protocol
from annotations.services.readings import ReadingClosedError, SessionNotOpenError
from annotations.services.submission import submit_reading
from annotations.services.washouts import (
    WashoutNotElapsedError,
    WashoutOverrideError,
    override_washout,
)
from spinestudy.audit.models import AuditRecord
from tests.annotations.test_ai_gate import EVIDENCE, PICTURE, TELLTALE, predict
from tests.conftest import client_of
from tests.factories.reader_studies import answer, designed_reader_study, fill


def read(reading: Reading) -> None:
    fill(reading)
    submit_reading(reading_id=reading.pk)
    reading.refresh_from_db()


def reading_at(period: int, order: int) -> Reading:
    return Reading.objects.select_related("reading_session__arm", "case__imaging_study").get(
        reading_session__period=period, order=order
    )


@pytest.fixture
def sequential(coordinator: User, reader: User) -> ReaderStudy:
    return designed_reader_study(
        coordinator,
        [reader],
        ReaderStudyDesign("sequential"),
        n_cases=2,
        items=("modic",),
        opened=True,
    )


@pytest.fixture
def crossover(coordinator: User, reader: User) -> ReaderStudy:
    return a_crossover(coordinator, reader)


def a_crossover(coordinator: User, reader: User) -> ReaderStudy:
    return designed_reader_study(
        coordinator,
        [reader],
        ReaderStudyDesign("crossover", washout_days=28, live_view=LiveView(min_patients=0)),
        n_cases=2,
        items=("modic",),
        opened=True,
    )


def test_ai_leaves_the_server_only_after_the_unaided_answers_are_locked(
    reader: User, sequential: ReaderStudy
) -> None:
    unaided, aided = reading_at(1, 1), reading_at(1, 2)
    predict(unaided)
    client = client_of(reader)
    address = f"/api/v1/readings/{aided.pk}/"
    for reading in (unaided, aided):
        body = client.get(f"/api/v1/readings/{reading.pk}/").content.decode()
        assert str(TELLTALE) not in body
        assert client.get(EVIDENCE.format(reading.pk, "modic", "L4-L5")).status_code in (404, 409)
    assert ai_assistance(aided) is None
    assert client.get(address).status_code == 409
    fill(unaided)
    assert ai_assistance(aided) is None, "complete isn't locked"
    assert client.get(EVIDENCE.format(aided.pk, "modic", "L4-L5")).status_code in (404, 409)
    submit_reading(reading_id=unaided.pk)
    assert str(TELLTALE) in client.get(address).content.decode()
    assert PICTURE[0] in client.get(EVIDENCE.format(aided.pk, "modic", "L4-L5")).content.decode()
    assert client.get(EVIDENCE.format(unaided.pk, "modic", "L4-L5")).status_code == 404
    assert str(TELLTALE) not in client.get(f"/api/v1/readings/{unaided.pk}/").content.decode()


def test_the_locked_unaided_answer_is_carried_over_and_stays_as_it_was(
    sequential: ReaderStudy,
) -> None:
    unaided, aided = reading_at(1, 1), reading_at(1, 2)
    store_grade(reading_id=unaided.pk, answer=answer("modic", "L4/L5", 1))
    store_grade(reading_id=unaided.pk, answer=answer("modic", "L4/L5", 2))
    read_rest(unaided)
    copy = Grade.objects.get(reading=aided, disc_level="L4/L5")
    assert (copy.score, copy.revision) == (2, 1)
    assert GradeEvent.objects.get(grade=copy).is_carried_over
    store_grade(reading_id=aided.pk, answer=answer("modic", "L4/L5", 3))
    with pytest.raises(ReadingClosedError):
        store_grade(reading_id=unaided.pk, answer=answer("modic", "L4/L5", 3))
    assert Grade.objects.get(reading=unaided, disc_level="L4/L5").score == 2
    scores = GradeEvent.objects.filter(grade=copy).values_list("score", "is_carried_over")
    assert list(scores) == [(2, True), (3, False)]


def read_rest(reading: Reading) -> None:
    from annotations.vocabulary import DISC_LEVELS

    for level in set(DISC_LEVELS) - {"L4/L5"}:
        store_grade(reading_id=reading.pk, answer=answer("modic", level, 0))
    submit_reading(reading_id=reading.pk)


def test_the_aided_reading_comes_next_then_the_following_case(
    reader: User, sequential: ReaderStudy
) -> None:
    first = reading_at(1, 1)
    assert next_reading(first) == reading_at(1, 2)
    assert next_reading(reading_at(1, 3)) == reading_at(1, 4)
    read(first)
    assert next_reading(reading_at(1, 2)) == reading_at(1, 3)
    lists = {one.reading_session.arm.label: one for one in worklist(reader)}
    assert lists["AI-aided"].next_reading == reading_at(1, 2)
    assert lists["AI-aided"].available == {reading_at(1, 2).pk}


def test_a_case_comes_again_only_after_its_washout(reader: User, crossover: ReaderStudy) -> None:
    first = reading_at(1, 1)
    again = Reading.objects.get(case=first.case, reading_session__period=2)
    with pytest.raises(WashoutNotElapsedError, match="only after you have read it"):
        store_grade(reading_id=again.pk, answer=answer("modic"))
    read(first)
    again.refresh_from_db()
    assert again.not_before == first.submitted_at + timedelta(days=28)  # type: ignore[operator]
    with pytest.raises(WashoutNotElapsedError, match="too recently"):
        store_grade(reading_id=again.pk, answer=answer("modic"))
    response = client_of(reader).get(f"/api/v1/readings/{again.pk}/")
    assert (response.status_code, response.json()["code"]) == (409, "washout_not_elapsed")
    assert again.pk not in {pk for one in worklist(reader) for pk in one.available}
    Reading.objects.filter(pk=again.pk).update(not_before=timezone.now() - timedelta(seconds=1))
    store_grade(reading_id=again.pk, answer=answer("modic"))


def test_an_amended_washout_holds_for_cases_read_before_it(coordinator: User, reader: User) -> None:
    reader_study = designed_reader_study(
        coordinator,
        [reader],
        ReaderStudyDesign("crossover"),
        n_cases=2,
        items=("modic",),
        opened=True,
    )
    first = reading_at(1, 1)
    read(first)
    again = Reading.objects.get(case=first.case, reading_session__period=2)
    assert again.not_before is None
    amend_protocol(
        reader_study_id=reader_study.pk,
        actor=coordinator,
        changes={"washout_days": 14},
        reason="as approved",
    )
    with pytest.raises(WashoutNotElapsedError, match="too recently"):
        store_grade(reading_id=again.pk, answer=answer("modic"))
    again.refresh_from_db()
    assert again.not_before == first.submitted_at + timedelta(days=14)  # type: ignore[operator]


def test_the_database_itself_keeps_the_washout(crossover: ReaderStudy) -> None:
    first = reading_at(1, 1)
    read(first)
    again = Reading.objects.get(case=first.case, reading_session__period=2)
    for field in ("started_at", "opened_at"):
        with (
            pytest.raises(IntegrityError, match="reading_waits_for_washout"),
            transaction.atomic(),
        ):
            Reading.objects.filter(pk=again.pk).update(**{field: timezone.now()})


def test_a_coordinator_can_cut_a_washout_short_with_a_reason(
    coordinator: User, crossover: ReaderStudy
) -> None:
    first = reading_at(1, 1)
    again = Reading.objects.get(case=first.case, reading_session__period=2)
    with pytest.raises(WashoutOverrideError, match="No washout is running"):
        override_washout(reading_id=again.pk, actor=coordinator, reason="early")
    read(first)
    with pytest.raises(WashoutOverrideError, match="Say why"):
        override_washout(reading_id=again.pk, actor=coordinator, reason=" ")
    override_washout(reading_id=again.pk, actor=coordinator, reason="the reader leaves")
    store_grade(reading_id=again.pk, answer=answer("modic"))
    kept = WashoutOverride.objects.get()
    assert kept.not_before_was == first.submitted_at + timedelta(days=28)  # type: ignore[operator]
    entry = AuditRecord.objects.get(action="washout.overridden")
    assert (entry.actor, entry.reason) == (coordinator, "the reader leaves")


def test_a_session_of_the_same_sitting_says_what_to_do_first(sequential: ReaderStudy) -> None:
    with pytest.raises(SessionNotOpenError, match="without AI first"):
        store_grade(reading_id=reading_at(1, 2).pk, answer=answer("modic"))
