"""Remind readers who are late, by e-mail, once a day at most."""

from __future__ import annotations

import logging
from smtplib import SMTPException

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone

from annotations.models import Enrolment, ReaderStudy, Reminder
from annotations.selectors.overdue import Overdue, overdue, overdue_readers
from spinestudy.audit.services import record
from spinestudy.common.errors import ConflictError, MissingError

logger = logging.getLogger(__name__)


class ReminderError(ConflictError):
    """No reminder was sent; the message says why."""

    code = "reminder"


def reminder_text(late: Overdue, address: str = "") -> str:
    """Plain text: what is due, and where. It names no case."""
    lines = [
        f"Dear {late.enrolment.reader.get_username()},",
        "",
        f'in the reader study "{late.enrolment.reader_study.title}" cases of yours are overdue:',
        "",
    ]
    for one in late.periods:
        cases = "1 case is" if one.left == 1 else f"{one.left} cases are"
        lines.append(f"- session {one.period}: {cases} left, due on {one.due_on:%Y-%m-%d}")
    lines += ["", "Sign in and open your worklist to go on." + (f"\n{address}" if address else "")]
    lines += ["", "If you can't go on, tell the coordinator of the reader study.", ""]
    return "\n".join(lines)


@transaction.atomic
def remind(*, enrolment_id: int, sender: User | None = None, address: str = "") -> Reminder:
    """Send one reader what is overdue. Raises ReminderError where nothing was sent.

    The row is written first and lands only with the mail: at the same moment or on the same day
    nobody gets two.
    """
    enrolment = (
        Enrolment.objects.select_for_update(of=("self",))
        .select_related("reader", "reader_study")
        .filter(pk=enrolment_id)
        .first()
    )
    if enrolment is None:
        raise MissingError("There is no such reader.")
    late = overdue(enrolment)
    _require_due(late)
    row = Reminder(
        enrolment=enrolment,
        sent_on=timezone.localdate(),
        sent_by=sender,
        email=late.address,
        n_overdue=late.left,
    )
    row.full_clean()
    row.save()
    try:
        send_mail(
            subject=f"Reminder: {enrolment.reader_study.title}",
            message=reminder_text(late, address or worklist_address()),
            from_email=None,
            recipient_list=[late.address],
        )
    except (SMTPException, OSError) as error:
        logger.warning("a reminder could not be sent: %s", error)
        raise ReminderError(
            f"The mail to {enrolment.code} could not be sent. Ask who runs the site."
        ) from error
    record(
        actor=sender,
        action="reminder.sent",
        subject=enrolment,
        overdue=late.left,
        periods=[one.period for one in late.periods],
    )
    return row


def worklist_address() -> str:
    """The worklist on this site, where the settings name its address."""
    return f"{settings.SITE_ADDRESS.rstrip('/')}/worklist/" if settings.SITE_ADDRESS else ""


def _require_due(late: Overdue) -> None:
    enrolment = late.enrolment
    code = enrolment.code
    if enrolment.reader_study.status != ReaderStudy.Status.OPEN:
        raise ReminderError("Readers are reminded while a reader study is open.")
    if enrolment.status != Enrolment.Status.ACTIVE:
        raise ReminderError(f"{code} is {enrolment.get_status_display()}.")
    if not late.periods:
        raise ReminderError(f"Nothing of {code} is overdue.")
    if not late.address:
        raise ReminderError(
            f"No e-mail address of {code} is known. Give one, or send a message to the worklist."
        )
    if enrolment.reminders.filter(sent_on=timezone.localdate()).exists():
        raise ReminderError(f"{code} was reminded today already.")


def send_reminders() -> tuple[int, list[str]]:
    """Remind everybody who is late; how many were sent, and why others weren't."""
    sent, unsent = 0, []
    for late in list(overdue_readers()):
        try:
            remind(enrolment_id=late.enrolment.pk)
            sent += 1
        except ReminderError as error:
            unsent.append(f"{late.enrolment.reader_study.title}: {error.message}")
    return sent, unsent
