"""Locks, grades and submissions at the same moment end in one state and a clear message."""

from __future__ import annotations

from annotations.models import DataLock, Grade, ReaderStudy, Reading
from annotations.selectors.audit_replay import replay
from annotations.selectors.content_hash import content_sha256
from annotations.services.grades import store_grade
from annotations.services.locking import (
    LockError,
    confirm_lock,
    propose_lock,
)
from annotations.services.readings import ReadingClosedError
from annotations.services.submission import submit_reading
from spinestudy.audit.models import AuditRecord
from spinestudy.audit.services import verify_chain
from tests import personas
from tests.annotations.test_locking import PASSWORD, a_reader_study
from tests.committed import at_once, committed_db  # noqa: F401
from tests.factories.reader_studies import answer, fill


def test_a_lock_during_a_grade_leaves_the_hash_of_what_is_stored(
    committed_db: None,  # noqa: F811
) -> None:
    first, other = personas.coordinator(), personas.person("second", "coordinators")
    reader_study = a_reader_study(first, personas.reader())
    propose_lock(reader_study_id=reader_study.pk, actor=first, password=PASSWORD, reason="done")
    reading = Reading.objects.get(order=2)
    acts = [
        lambda level=level, score=score: store_grade(
            reading_id=reading.pk, answer=answer("modic", level, score)
        )
        for level in ("L1/L2", "L2/L3", "L3/L4")
        for score in (1, 2)
    ]
    results = at_once(
        *acts,
        lambda: confirm_lock(reader_study_id=reader_study.pk, actor=other, password=PASSWORD),
    )
    errors = [one for one in results if isinstance(one, Exception)]
    assert all(isinstance(one, ReadingClosedError) for one in errors), errors
    lock = DataLock.objects.get()
    assert lock.content_sha256 == content_sha256(ReaderStudy.objects.get())
    assert replay(reader_study).altered == ()
    assert verify_chain().broken is None


def test_two_confirmations_at_once_lock_once(committed_db: None) -> None:  # noqa: F811
    first = personas.coordinator()
    others = [personas.person(name, "coordinators") for name in ("second", "third")]
    reader_study = a_reader_study(first, personas.reader())
    propose_lock(reader_study_id=reader_study.pk, actor=first, password=PASSWORD, reason="done")
    results = at_once(
        *[
            lambda person=person: confirm_lock(
                reader_study_id=reader_study.pk, actor=person, password=PASSWORD
            )
            for person in others
        ]
    )
    (error,) = [one for one in results if isinstance(one, Exception)]
    assert isinstance(error, LockError)
    assert error.message == "The data are locked already."
    assert AuditRecord.objects.filter(action="reader_study.locked").count() == 1


def test_two_submissions_at_once_submit_once(committed_db: None) -> None:  # noqa: F811
    a_reader_study(personas.coordinator(), personas.reader())
    reading = Reading.objects.get(order=3)
    fill(reading)
    results = at_once(*[lambda: submit_reading(reading_id=reading.pk)] * 2)
    (error,) = [one for one in results if isinstance(one, Exception)]
    assert isinstance(error, ReadingClosedError)
    assert "submitted" in error.message
    assert (
        AuditRecord.objects.filter(action="reading.submitted", subject_id=str(reading.pk)).count()
        == 1
    )
    assert Grade.objects.filter(reading__order=4).count() == 5, "carried over once"
