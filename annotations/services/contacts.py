"""Where reminders to a reader go."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction

from annotations.models import Enrolment, ReaderStudy
from spinestudy.audit.services import record
from spinestudy.common.errors import MissingError


@transaction.atomic
def set_address(
    *, reader_study: ReaderStudy, enrolment_id: int, email: str, actor: User
) -> Enrolment:
    """Keep an address with the enrolment; empty means that of the account."""
    enrolment = reader_study.enrolments.select_for_update().filter(pk=enrolment_id).first()
    if enrolment is None:
        raise MissingError("There is no such reader in this reader study.")
    before, enrolment.email = enrolment.email, email
    enrolment.full_clean()
    enrolment.save(update_fields=["email"])
    record(
        actor=actor,
        action="enrolment.address_set",
        subject=enrolment,
        changes={"has_address": [bool(before), bool(email)]},
    )
    return enrolment
