"""A reader signs the cases of a session, once all are submitted."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction

from annotations.models import Enrolment, Reading, ReadingSession, Signature
from annotations.selectors.content_hash import session_sha256
from annotations.selectors.worklist import CLOSED, UNSEEN, signatures_of
from annotations.services.signatures import sign
from spinestudy.common.errors import ConflictError, MissingError


class SignOffError(ConflictError):
    """Cases are left, or the session is signed already."""

    code = "sign_off"


@transaction.atomic
def sign_session(*, reading_session_id: int, reader: User, password: str) -> Signature:
    """Sign the answers of one session, with a hash over them. MissingError for others' sessions."""
    session = ReadingSession.objects.filter(
        pk=reading_session_id, readings__enrolment__reader=reader
    ).first()
    if session is None:
        raise MissingError("There is no such session on your worklist.")
    enrolment = Enrolment.objects.select_for_update(of=("self",)).get(
        reader=reader, reader_study=session.arm.reader_study_id
    )
    if session.arm.reader_study.status in UNSEEN:
        raise MissingError("There is no such session on your worklist.")
    own = Reading.objects.filter(enrolment=enrolment, reading_session=session)
    left = own.exclude(status__in=CLOSED).count()
    if left:
        raise SignOffError(f"Submit the {left} cases that are left, then sign.")
    if session.pk in signatures_of(reader):
        raise SignOffError("You have signed this session already.")
    return sign(
        signer=reader,
        password=password,
        meaning=Signature.Meaning.CASES_READ,
        subject=session,
        content_sha256=session_sha256(enrolment, session.pk),
    )
