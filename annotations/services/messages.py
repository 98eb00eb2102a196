"""Notes from coordinators to one reader, shown on the worklist."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from annotations.models import ReaderMessage, ReaderStudy
from spinestudy.audit.services import record
from spinestudy.common.errors import InvalidInputError, MissingError

LONGEST = 1000


@transaction.atomic
def send_message(
    *, reader_study: ReaderStudy, enrolment_id: int, text: str, sender: User
) -> ReaderMessage:
    """Put a note on the worklist of one reader; nobody else sees it."""
    enrolment = reader_study.enrolments.filter(pk=enrolment_id).first()
    if enrolment is None:
        raise MissingError("There is no such reader in this reader study.")
    if not text.strip() or len(text.strip()) > LONGEST:
        raise InvalidInputError(f"Write a message of at most {LONGEST} characters.")
    row = ReaderMessage(enrolment=enrolment, text=text.strip(), sent_by=sender)
    row.full_clean()
    row.save()
    record(actor=sender, action="message.sent", subject=row, reader=enrolment.code, text=row.text)
    return row


@transaction.atomic
def dismiss_message(*, message_id: int, reader: User) -> ReaderMessage:
    """Take a note off one's own worklist; again is no error."""
    row = (
        ReaderMessage.objects.select_for_update(of=("self",))
        .filter(pk=message_id, enrolment__reader=reader)
        .first()
    )
    if row is None:
        raise MissingError("There is no such message for you.")
    if row.dismissed_at is None:
        row.dismissed_at = timezone.now()
        row.save(update_fields=["dismissed_at"])
        record(actor=reader, action="message.dismissed", subject=row)
    return row
