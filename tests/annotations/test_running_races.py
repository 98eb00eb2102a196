"""Two acts at the same moment end in one state and a clear message."""

from __future__ import annotations

from annotations.design.protocol import LiveView, ReaderStudyDesign
from annotations.models import Invitation, ReaderStudy, Reading, Reminder
from annotations.services.drafts import back_to_draft
from annotations.services.grades import store_grade
from annotations.services.invitations import (
    Guest,
    InvitationError,
    accept_invitation,
    invite,
)
from annotations.services.joining import add_reader
from annotations.services.readers import withdraw_reader
from annotations.services.readings import ReadingClosedError
from annotations.services.reminders import ReminderError, remind
from annotations.services.schedules import is_as_drawn
from annotations.services.submission import submit_reading
from spinestudy.audit.models import AuditRecord
from spinestudy.audit.services import verify_chain
from tests import personas
from tests.annotations.test_reminders import make_late
from tests.committed import at_once, committed_db  # noqa: F401
from tests.factories.reader_studies import answer, designed_reader_study, fill

DESIGN = ReaderStudyDesign("unaided_only", live_view=LiveView("by_arm", 0))


def opened(n_cases: int = 3) -> tuple[ReaderStudy, object]:
    coordinator = personas.coordinator()
    reader = personas.reader()
    reader_study = designed_reader_study(
        coordinator, [reader], DESIGN, n_cases=n_cases, aided=False, opened=True
    )
    return reader_study, coordinator


def test_two_acceptances_of_one_invitation_let_one_in(
    committed_db: None,  # noqa: F811
) -> None:
    reader_study, coordinator = opened()
    people = [personas.reader(name) for name in ("reader-2", "reader-3")]
    _, secret = invite(
        reader_study_id=reader_study.pk,
        guest=Guest("reader"),
        actor=coordinator,  # type: ignore[arg-type]
    )
    results = at_once(
        *[lambda user=user: accept_invitation(secret=secret, user=user) for user in people]
    )
    (error,) = [one for one in results if isinstance(one, Exception)]
    assert isinstance(error, InvitationError), error
    assert "used already" in error.message
    assert reader_study.enrolments.count() == 2
    assert Invitation.objects.get().accepted_by == reader_study.enrolments.get(code="R2").reader
    assert is_as_drawn(reader_study)
    assert verify_chain().broken is None


def test_a_withdrawal_during_a_submission_keeps_one_of_the_two(
    committed_db: None,  # noqa: F811
) -> None:
    reader_study, coordinator = opened()
    reading = Reading.objects.get(order=1)
    fill(reading)
    enrolment = reader_study.enrolments.get()
    results = at_once(
        lambda: submit_reading(reading_id=reading.pk),
        lambda: withdraw_reader(
            reader_study_id=reader_study.pk,
            enrolment_id=enrolment.pk,
            reason="moved away",
            actor=coordinator,  # type: ignore[arg-type]
        ),
    )
    errors = [one for one in results if isinstance(one, Exception)]
    reading.refresh_from_db()
    if errors:
        (error,) = errors
        assert isinstance(error, ReadingClosedError), error
        assert "ended your part" in error.message
        assert reading.status == Reading.Status.WITHDRAWN
    else:
        assert reading.status == Reading.Status.SUBMITTED
    closed = Reading.objects.filter(status=Reading.Status.WITHDRAWN).count()
    assert closed == (3 if errors else 2)
    assert reading.grades.count() == 10, "what was answered is kept either way"
    assert is_as_drawn(reader_study)
    assert verify_chain().broken is None


def test_amendments_at_once_follow_one_another(committed_db: None) -> None:  # noqa: F811
    reader_study, coordinator = opened(n_cases=6)
    people = [personas.reader(f"reader-{number}") for number in (2, 3, 4)]
    results = at_once(
        *[
            lambda user=user: add_reader(
                reader_study_id=reader_study.pk,
                reader=user,
                reason="more readers",
                actor=coordinator,  # type: ignore[arg-type]
            )
            for user in people
        ],
        lambda: store_grade(
            reading_id=Reading.objects.get(order=1, enrolment__code="R1").pk, answer=answer("modic")
        ),
    )
    assert not [one for one in results if isinstance(one, Exception)], results
    assert list(reader_study.schedule_amendments.values_list("number", flat=True)) == [1, 2, 3]
    assert sorted(reader_study.enrolments.values_list("code", flat=True)) == [
        "R1",
        "R2",
        "R3",
        "R4",
    ]
    assert is_as_drawn(reader_study)


def test_a_frozen_schedule_changes_in_the_transaction_of_an_amendment_only(
    committed_db: None,  # noqa: F811
) -> None:
    import pytest
    from django.db import IntegrityError

    reader_study, coordinator = opened()
    store_grade(reading_id=Reading.objects.get(order=1).pk, answer=answer("modic"))
    row = add_reader(
        reader_study_id=reader_study.pk,
        reader=personas.reader("reader-2"),
        reason="more readers",
        actor=coordinator,  # type: ignore[arg-type]
    )
    one = Reading.objects.filter(enrolment=row.enrolment)[0]
    with pytest.raises(IntegrityError, match="frozen"):
        Reading.objects.create(
            enrolment=one.enrolment,
            case=one.case,
            reading_session=one.reading_session,
            repeat_of=one,
            position=99,
        )
    with pytest.raises(IntegrityError, match="frozen"):
        Reading.objects.filter(pk=one.pk).update(order=77)
    with pytest.raises(IntegrityError, match="frozen"):
        one.delete()


def test_two_reminders_at_once_send_one(committed_db: None) -> None:  # noqa: F811
    from django.core import mail

    reader_study, _ = opened()
    enrolment = reader_study.enrolments.get()
    make_late(enrolment)
    results = at_once(*[lambda: remind(enrolment_id=enrolment.pk)] * 2)
    (error,) = [one for one in results if isinstance(one, Exception)]
    assert isinstance(error, ReminderError), error
    assert "reminded today already" in error.message
    assert Reminder.objects.count() == len(mail.outbox) == 1
    assert AuditRecord.objects.filter(action="reminder.sent").count() == 1


def test_a_first_answer_while_it_goes_back_to_a_draft_is_kept_or_refused(
    committed_db: None,  # noqa: F811
) -> None:
    reader_study, coordinator = opened()
    reading = Reading.objects.get(order=1)
    stored, taken_back = at_once(
        lambda: store_grade(reading_id=reading.pk, answer=answer("modic")),
        lambda: back_to_draft(
            reader_study_id=reader_study.pk,
            reason="a mistake",
            actor=coordinator,  # type: ignore[arg-type]
        ),
    )
    reader_study.refresh_from_db()
    assert isinstance(stored, Exception) != isinstance(taken_back, Exception), (stored, taken_back)
    expected = "draft" if isinstance(stored, Exception) else "open"
    assert reader_study.status == expected
    assert reading.grades.count() == (0 if expected == "draft" else 1)
