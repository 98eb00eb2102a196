"""Planned looks at the arms apart, opened by two people, each logged."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from annotations.models import Look, ReaderStudy, Reading, ReadingSession
from annotations.selectors.look_charges import information_fraction
from annotations.selectors.protocols import protocol_body
from annotations.selectors.worklist import DONE
from spinestudy.audit.services import record
from spinestudy.common.errors import ConflictError, InvalidInputError, MissingError


class LookError(ConflictError):
    """No look is due, or the same person would open it alone."""

    code = "look"


def share_read(reader_study: ReaderStudy) -> float:
    """Share of the pivotal readings that are submitted."""
    pivotal = Reading.objects.filter(
        enrolment__reader_study=reader_study,
        reading_session__phase=ReadingSession.Phase.PIVOTAL,
    ).exclude(status=Reading.Status.WITHDRAWN)
    total = pivotal.count()
    return pivotal.filter(status__in=DONE).count() / total if total else 0.0


@transaction.atomic
def propose_look(*, reader_study_id: int, actor: User, reason: str) -> Look:
    """Ask for the next planned look; somebody else has to open it."""
    reader_study = ReaderStudy.objects.select_for_update().get(pk=reader_study_id)
    if not reason.strip():
        raise InvalidInputError("Say why you look now.")
    if reader_study.status != ReaderStudy.Status.OPEN:
        raise LookError("Looks are for reader studies that are being read.")
    planned = sorted(protocol_body(reader_study)["planned_looks"])
    looks = reader_study.looks.count()
    if reader_study.looks.filter(closed_at=None).exists():
        raise LookError("A look is under way. Close it first.")
    if looks >= len(planned):
        raise LookError("The protocol plans no further look.")
    share = share_read(reader_study)
    if share < planned[looks]:
        raise LookError(
            f"The next look is planned when {planned[looks]:.0%} of the readings are submitted; "
            f"{share:.0%} are."
        )
    look = Look.objects.create(
        reader_study=reader_study,
        number=looks + 1,
        reason=reason.strip(),
        proposed_by=actor,
        proposed_at=timezone.now(),
        share_read=share,
    )
    record(actor=actor, action="look.proposed", subject=look, reason=look.reason, share_read=share)
    return look


def look_of(reader_study: ReaderStudy, look_id: int) -> Look:
    """The look of this reader study; MissingError where it is of another."""
    look = reader_study.looks.filter(pk=look_id).first()
    if look is None:
        raise MissingError("There is no such look.")
    return look


def _locked(look_id: int) -> Look:
    look = Look.objects.select_for_update().filter(pk=look_id).first()
    if look is None:
        raise MissingError("There is no such look.")
    return look


@transaction.atomic
def open_look(*, look_id: int, actor: User) -> Look:
    """Open a proposed look as the second person; both see the arms apart from now on."""
    look = _locked(look_id)
    if look.closed_at or look.opened_at:
        raise LookError("This look is open or closed already.")
    if look.proposed_by_id == actor.pk:
        raise LookError("Another person than the one who proposed the look has to open it.")
    look.opened_by, look.opened_at = actor, timezone.now()
    look.information = information_fraction(look.reader_study)
    look.full_clean()
    look.save()
    record(
        actor=actor,
        action="look.opened",
        subject=look,
        number=look.number,
        information=look.information,
    )
    return look


@transaction.atomic
def close_look(*, look_id: int, actor: User, decision: str) -> Look:
    """End a look, with what was decided."""
    look = _locked(look_id)
    if look.closed_at:
        raise LookError("This look is closed already.")
    if not decision.strip():
        raise InvalidInputError("Say what was decided: go on, or stop.")
    look.closed_at = timezone.now()
    look.save(update_fields=["closed_at"])
    record(actor=actor, action="look.closed", subject=look, reason=decision.strip())
    return look
