"""Locking by two people, signed; what is locked stays."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.test import Client

from annotations.design.protocol import LiveView, ReaderStudyDesign
from annotations.models import DataLock, Grade, ReaderStudy, Reading, Signature
from annotations.selectors.audit_replay import replay, stored_answers
from annotations.selectors.content_hash import content_sha256, session_sha256
from annotations.services.grades import store_grade
from annotations.services.locking import (
    LockError,
    confirm_lock,
    propose_lock,
    unlock,
    withdraw_lock,
)
from annotations.services.protocols import AmendmentError, ProtocolLockedError, amend_protocol
from annotations.services.readings import ReadingClosedError
from annotations.services.sign_off import SignOffError, sign_session
from annotations.services.signatures import SignatureError
from annotations.services.submission import submit_reading
from spinestudy.audit.models import AuditRecord
from spinestudy.audit.services import verify_chain
from tests import personas
from tests.committed import at_once, committed_db  # noqa: F401
from tests.conftest import client_of
from tests.factories.reader_studies import answer, designed_reader_study, fill

PASSWORD = personas.PASSWORD


@pytest.fixture
def second(db: None) -> User:
    return personas.person("second", "coordinators")


@pytest.fixture
def reader_study(coordinator: User, reader: User) -> ReaderStudy:
    return a_reader_study(coordinator, reader)


def a_reader_study(coordinator: User, reader: User) -> ReaderStudy:
    design = ReaderStudyDesign("sequential", live_view=LiveView(min_patients=0))
    reader_study = designed_reader_study(
        coordinator, [reader], design, n_cases=2, items=("modic",), opened=True
    )
    first = Reading.objects.get(order=1)
    fill(first)
    submit_reading(reading_id=first.pk)
    store_grade(reading_id=Reading.objects.get(order=2).pk, answer=answer("modic", "L4/L5", 3))
    return reader_study


def locked(reader_study: ReaderStudy, first: User, second: User) -> DataLock:
    propose_lock(
        reader_study_id=reader_study.pk, actor=first, password=PASSWORD, reason="all is read"
    )
    lock = confirm_lock(reader_study_id=reader_study.pk, actor=second, password=PASSWORD)
    reader_study.refresh_from_db()
    return lock


def test_a_lock_takes_two_people_and_says_the_hash_of_what_it_locks(
    coordinator: User, second: User, reader_study: ReaderStudy
) -> None:
    propose_lock(
        reader_study_id=reader_study.pk, actor=coordinator, password=PASSWORD, reason="done"
    )
    reading = Reading.objects.get(order=2)
    store_grade(reading_id=reading.pk, answer=answer("modic", "L1/L2", 1))  # not locked yet
    with pytest.raises(LockError, match="Another person"):
        confirm_lock(reader_study_id=reader_study.pk, actor=coordinator, password=PASSWORD)
    lock = confirm_lock(reader_study_id=reader_study.pk, actor=second, password=PASSWORD)
    reader_study.refresh_from_db()
    assert reader_study.status == ReaderStudy.Status.LOCKED
    assert lock.content_sha256 == content_sha256(reader_study)
    assert AuditRecord.objects.filter(hash=lock.audit_head).exists()
    meanings = Signature.objects.values_list("signer__username", "meaning", "content_sha256")
    assert list(meanings) == [
        ("coordinator", "lock_proposed", ""),
        ("second", "lock_confirmed", lock.content_sha256),
    ]
    with pytest.raises(ReadingClosedError, match="locked"):
        store_grade(reading_id=reading.pk, answer=answer("modic", "L1/L2", 2))


def test_a_wrong_password_signs_nothing(
    coordinator: User, second: User, reader_study: ReaderStudy
) -> None:
    with pytest.raises(SignatureError, match="isn't your password"):
        propose_lock(
            reader_study_id=reader_study.pk, actor=coordinator, password="guess", reason="done"
        )
    assert not DataLock.objects.exists()
    propose_lock(
        reader_study_id=reader_study.pk, actor=coordinator, password=PASSWORD, reason="done"
    )
    with pytest.raises(SignatureError):
        confirm_lock(reader_study_id=reader_study.pk, actor=second, password=PASSWORD + "x")
    reader_study.refresh_from_db()
    assert reader_study.status == ReaderStudy.Status.OPEN
    assert DataLock.objects.get().confirmed_at is None
    assert not AuditRecord.objects.filter(action="reader_study.locked").exists()


def test_the_database_refuses_grades_of_locked_data(
    coordinator: User, second: User, reader_study: ReaderStudy
) -> None:
    locked(reader_study, coordinator, second)
    grade = Grade.objects.all()[0]
    for change in ({"score": 0}, {"comment": "late"}):
        with pytest.raises(IntegrityError, match="locked"), transaction.atomic():
            Grade.objects.filter(pk=grade.pk).update(**change)


def test_any_change_of_answers_schedule_or_protocol_changes_the_hash(
    coordinator: User, reader_study: ReaderStudy
) -> None:
    hashes = {content_sha256(reader_study)}
    reading = Reading.objects.get(order=2)
    store_grade(reading_id=reading.pk, answer=answer("modic", "L1/L2", 2))
    hashes.add(content_sha256(reader_study))
    store_grade(reading_id=reading.pk, answer=answer("modic", "L1/L2", 2, comment="x"))
    hashes.add(content_sha256(reader_study))
    amend_protocol(
        reader_study_id=reader_study.pk,
        actor=coordinator,
        changes={"due_days": 30},
        reason="a date helps",
    )
    hashes.add(content_sha256(reader_study))
    assert len(hashes) == 4
    assert content_sha256(reader_study) in hashes


def test_unlocking_is_an_amendment(
    coordinator: User, second: User, reader_study: ReaderStudy
) -> None:
    first = locked(reader_study, coordinator, second)
    with pytest.raises(ProtocolLockedError):
        amend_protocol(
            reader_study_id=reader_study.pk, actor=coordinator, changes={"due_days": 1}, reason="x"
        )
    version = unlock(
        reader_study_id=reader_study.pk,
        actor=coordinator,
        password=PASSWORD,
        reason="a case was exchanged",
    )
    assert (version.version, version.reason) == (2, "Unlocked: a case was exchanged")
    reading = Reading.objects.get(order=2)
    store_grade(reading_id=reading.pk, answer=answer("modic", "L1/L2", 1))
    reader_study.refresh_from_db()
    again = locked(reader_study, second, coordinator)
    first.refresh_from_db()
    assert (first.is_in_force, again.is_in_force, again.number) == (False, True, 2)
    assert again.content_sha256 != first.content_sha256
    assert verify_chain().broken is None


def test_a_proposal_can_be_withdrawn(coordinator: User, reader_study: ReaderStudy) -> None:
    propose_lock(
        reader_study_id=reader_study.pk, actor=coordinator, password=PASSWORD, reason="done"
    )
    with pytest.raises(LockError, match="proposed already"):
        propose_lock(
            reader_study_id=reader_study.pk, actor=coordinator, password=PASSWORD, reason="done"
        )
    withdraw_lock(reader_study_id=reader_study.pk, actor=coordinator, reason="too early")
    propose_lock(
        reader_study_id=reader_study.pk, actor=coordinator, password=PASSWORD, reason="now"
    )


def test_answers_made_again_from_the_audit_record_are_those_of_the_tables(
    reader_study: ReaderStudy,
) -> None:
    reading = Reading.objects.get(order=2)
    for score in (1, None, 3):
        store_grade(reading_id=reading.pk, answer=answer("modic", "L2/L3", score))
    found = replay(reader_study)
    assert found.answers == len(stored_answers(reader_study)) == 10
    assert (found.altered, found.unrecorded) == ((), ())


def test_an_answer_altered_behind_the_products_back_is_found_and_stops_the_lock(
    coordinator: User, second: User, reader_study: ReaderStudy
) -> None:
    grade = Grade.objects.filter(reading__order=1)[0]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE annotations_grade SET score = score + 1 WHERE id = %s", [grade.pk])
    assert replay(reader_study).altered == (grade.pk,)
    propose_lock(
        reader_study_id=reader_study.pk, actor=coordinator, password=PASSWORD, reason="done"
    )
    with pytest.raises(LockError, match="1 answers aren't what the audit record says"):
        confirm_lock(reader_study_id=reader_study.pk, actor=second, password=PASSWORD)


def test_amending_needs_a_known_field(coordinator: User, reader_study: ReaderStudy) -> None:
    with pytest.raises(AmendmentError):
        amend_protocol(
            reader_study_id=reader_study.pk, actor=coordinator, changes={"colour": 1}, reason="x"
        )


def test_an_export_says_the_lock(
    coordinator: User, second: User, reader_study: ReaderStudy
) -> None:
    address = f"/api/v1/reader-studies/{reader_study.pk}/readings.json"
    client = client_of(coordinator)
    assert client.get(address).json()["about"]["lock"] is None
    lock = locked(reader_study, coordinator, second)
    about = client.get(address).json()["about"]
    assert about["lock"]["content_sha256"] == lock.content_sha256
    assert about["schedule_sha256"] == reader_study.schedule.sha256


def test_a_reader_signs_a_finished_session_once(reader: User, reader_study: ReaderStudy) -> None:
    unaided = Reading.objects.get(order=1).reading_session
    client, stranger = Client(), Client()
    client.force_login(reader)
    stranger.force_login(personas.reader("stranger"))

    def signed(password: str = PASSWORD) -> Signature:
        return sign_session(reading_session_id=unaided.pk, reader=reader, password=password)

    with pytest.raises(SignOffError, match="Submit the 1 cases"):
        signed()
    other = Reading.objects.get(order=3)
    fill(other)
    submit_reading(reading_id=other.pk)
    assert "Sign session" in client.get("/worklist/").content.decode()
    with pytest.raises(SignatureError):
        signed("guess")
    client.post(f"/sessions/{unaided.pk}/sign/", {"password": PASSWORD})
    signature = Signature.objects.get()
    assert (signature.signer, signature.meaning) == (reader, "cases_read")
    assert signature.content_sha256 == session_sha256(other.enrolment, unaided.pk)
    assert "All cases read, signed" in client.get("/worklist/").content.decode()
    with pytest.raises(SignOffError, match="already"):
        signed()
    response = stranger.post(f"/sessions/{unaided.pk}/sign/", {"password": PASSWORD})
    assert response.status_code == 404
