"""Reminders by e-mail, once a day, without a word about cases; messages on the worklist."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from annotations.design.protocol import ReaderStudyDesign
from annotations.models import Enrolment, ReaderMessage, ReaderStudy, Reading, Reminder
from annotations.services.readers import pause_reader
from annotations.services.reminders import ReminderError, remind
from annotations.tasks import send_reminders_task
from spinestudy.audit.models import AuditRecord
from tests import personas
from tests.factories.reader_studies import designed_reader_study


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def make_late(enrolment: Enrolment, email: str = "reader@example.org") -> None:
    """Due yesterday, with an address."""
    yesterday = timezone.localdate() - timedelta(days=1)
    enrolment.due_dates = {"1": yesterday.isoformat()}
    enrolment.email = email
    enrolment.save()


@pytest.fixture
def reader_study(coordinator: User, reader: User) -> ReaderStudy:
    readers = [reader, personas.reader("reader-2")]
    design = ReaderStudyDesign("unaided_only")
    return designed_reader_study(coordinator, readers, design, n_cases=3, aided=False, opened=True)


@pytest.fixture
def late(reader_study: ReaderStudy) -> Enrolment:
    enrolment = reader_study.enrolments.get(code="R1")
    make_late(enrolment)
    return enrolment


def test_the_button_sends_what_is_due_and_names_no_case(
    reader_study: ReaderStudy, late: Enrolment, coordinator: User
) -> None:
    address = f"/reader-studies/{reader_study.pk}/readers/{late.pk}/"
    page = browser(coordinator).get(address).content.decode()
    assert "Remind (3 overdue)" in page
    browser(coordinator).post(f"{address}remind/")
    (sent,) = mail.outbox
    assert sent.to == ["reader@example.org"]
    assert "session 1: 3 cases are left, due on" in sent.body
    assert "http://testserver/worklist/" in sent.body
    numbers = set(reader_study.cases.values_list("number", flat=True))
    assert not any(number in f"{sent.subject} {sent.body}" for number in numbers)
    browser(coordinator).post(f"{address}remind/")
    assert len(mail.outbox) == 1
    row = Reminder.objects.get()
    assert (row.n_overdue, row.sent_by) == (3, coordinator)
    assert AuditRecord.objects.filter(action="reminder.sent").count() == 1


def test_the_command_reminds_everybody_late_once_a_day(late: Enrolment) -> None:
    said = StringIO()
    call_command("send_reminders", "--dry-run", stdout=said)
    assert "R1, 3 overdue" in said.getvalue()
    assert not mail.outbox
    call_command("send_reminders", stdout=said)
    call_command("send_reminders", stdout=said)
    assert said.getvalue().count("1 reminders sent.") == 1
    assert "reminded today already" in said.getvalue()
    assert send_reminders_task() == 0
    assert len(mail.outbox) == 1
    Reminder.objects.update(sent_on=timezone.localdate() - timedelta(days=1))
    assert send_reminders_task() == 1
    assert Reminder.objects.filter(sent_by=None).count() == 2


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        ("no address", "No e-mail address"),
        ("not late", "Nothing of R1 is overdue"),
        ("paused", "is paused"),
        ("locked", "while a reader study is open"),
    ],
)
def test_who_is_not_reminded_and_why(
    late: Enrolment, coordinator: User, spoil: str, words: str
) -> None:
    if spoil == "no address":
        make_late(late, "")
    elif spoil == "not late":
        Enrolment.objects.filter(pk=late.pk).update(due_dates={})
    elif spoil == "paused":
        pause_reader(
            reader_study_id=late.reader_study_id,
            enrolment_id=late.pk,
            reason="on leave",
            actor=coordinator,
        )
    else:
        ReaderStudy.objects.filter(pk=late.reader_study_id).update(status="locked")
    with pytest.raises(ReminderError, match=words):
        remind(enrolment_id=late.pk)
    assert not Reminder.objects.exists()
    assert not mail.outbox


def test_a_mail_that_fails_leaves_nothing_written(late: Enrolment, settings: object) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # type: ignore[attr-defined]
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # type: ignore[attr-defined]
    with pytest.raises(ReminderError, match="could not be sent"):
        remind(enrolment_id=late.pk)
    assert not Reminder.objects.exists()


def test_a_message_stands_on_one_worklist_until_it_is_dismissed(
    reader_study: ReaderStudy, late: Enrolment, coordinator: User, reader: User
) -> None:
    address = f"/reader-studies/{reader_study.pk}/readers/{late.pk}/message/"
    browser(coordinator).post(address, {"text": "The <b>viewer</b> is down at noon."})
    mine, other = browser(reader), browser(User.objects.get(username="reader-2"))
    page = mine.get("/worklist/").content.decode()
    assert "The &lt;b&gt;viewer&lt;/b&gt; is down at noon." in page
    assert "down at noon" not in other.get("/worklist/").content.decode()
    row = ReaderMessage.objects.get()
    assert other.post(f"/messages/{row.pk}/dismiss/").status_code == 404
    mine.post(f"/messages/{row.pk}/dismiss/")
    assert "down at noon" not in mine.get("/worklist/").content.decode()
    for text in (" ", "x" * 1001):
        browser(coordinator).post(address, {"text": text})
    assert ReaderMessage.objects.count() == 1
    assert Reading.objects.exclude(status="assigned").count() == 0


def test_where_reminders_go_can_be_set(
    reader_study: ReaderStudy, late: Enrolment, coordinator: User
) -> None:
    address = f"/reader-studies/{reader_study.pk}/readers/{late.pk}/address/"
    browser(coordinator).post(address, {"email": "nonsense"})
    late.refresh_from_db()
    assert late.email == "reader@example.org"
    browser(coordinator).post(address, {"email": "new@example.org"})
    late.refresh_from_db()
    assert late.email == "new@example.org"
    entry = AuditRecord.objects.get(action="enrolment.address_set")
    assert "example.org" not in str(entry.changes) + str(entry.data)
