"""Lock the data by two people, and unlock them by an amendment."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from annotations.models import DataLock, Protocol, ReaderStudy, Signature
from annotations.selectors.audit_replay import replay
from annotations.selectors.content_hash import content_sha256
from annotations.selectors.protocols import protocol_of
from annotations.services.protocols import write_version
from annotations.services.reader_studies import lock_reader_study
from annotations.services.schedules import is_as_drawn
from annotations.services.signatures import sign
from spinestudy.audit.services import record, verify_chain_since
from spinestudy.common.errors import ConflictError, InvalidInputError, MissingError


class LockError(ConflictError):
    """The data can't be locked or unlocked now; the message says why."""

    code = "data_lock"


def _locked_row(reader_study_id: int) -> ReaderStudy:
    return ReaderStudy.objects.select_for_update().get(pk=reader_study_id)


@transaction.atomic
def propose_lock(*, reader_study_id: int, actor: User, password: str, reason: str) -> DataLock:
    """The first of two signatures. Readers go on until the second."""
    reader_study = _locked_row(reader_study_id)
    if not reason.strip():
        raise InvalidInputError("Say why the data are locked now.")
    if reader_study.status != ReaderStudy.Status.OPEN:
        raise LockError(
            f"Only an open reader study can be locked; this one is "
            f"{reader_study.get_status_display()}."
        )
    if reader_study.locks.filter(ended_at=None).exists():
        raise LockError("A lock is proposed already. Another person can confirm it.")
    lock = DataLock(
        reader_study=reader_study,
        number=reader_study.locks.count() + 1,
        reason=reason.strip(),
        proposed_by=actor,
        proposed_at=timezone.now(),
    )
    lock.full_clean()
    lock.save()
    sign(
        signer=actor,
        password=password,
        meaning=Signature.Meaning.LOCK_PROPOSED,
        subject=lock,
        reason=lock.reason,
    )
    return lock


def _open_lock(reader_study: ReaderStudy) -> DataLock:
    lock = reader_study.locks.select_for_update().filter(ended_at=None).first()
    if lock is None:
        raise MissingError("No lock is proposed.")
    return lock


@transaction.atomic
def confirm_lock(*, reader_study_id: int, actor: User, password: str) -> DataLock:
    """The second signature, by somebody else: from now on nothing changes, and the hash says so.

    Refused where the schedule isn't the one drawn, answers differ from the audit record, or that
    record isn't whole from the making of this reader study on; `manage.py verify_audit` looks at
    all of it.
    """
    reader_study = _locked_row(reader_study_id)
    lock = _open_lock(reader_study)
    if lock.confirmed_at is not None:
        raise LockError("The data are locked already.")
    if lock.proposed_by_id == actor.pk:
        raise LockError("Another person than the one who proposed the lock has to confirm it.")
    if not is_as_drawn(reader_study):
        raise LockError("The stored readings aren't those of the schedule. Ask who runs the site.")
    found = replay(reader_study)
    if found.altered_marks:
        raise LockError(
            f"{len(found.altered_marks)} marks aren't what the audit record says. Ask who runs the "
            "site."
        )
    altered = found.altered
    if altered:
        raise LockError(
            f"{len(altered)} answers aren't what the audit record says. Ask who runs the site."
        )
    chain = verify_chain_since(reader_study, action="reader_study.created")
    if chain.broken is not None:
        raise LockError(f"The audit record is broken at record {chain.broken.pk}.")
    lock_reader_study(reader_study_id=reader_study.pk, actor=actor, reason=lock.reason)
    lock.confirmed_by, lock.confirmed_at = actor, timezone.now()
    lock.content_sha256, lock.audit_head = content_sha256(reader_study), chain.head
    lock.full_clean()
    lock.save()
    sign(
        signer=actor,
        password=password,
        meaning=Signature.Meaning.LOCK_CONFIRMED,
        subject=lock,
        reason=lock.reason,
        content_sha256=lock.content_sha256,
    )
    return lock


@transaction.atomic
def withdraw_lock(*, reader_study_id: int, actor: User, reason: str) -> DataLock:
    """Take a proposal back."""
    lock = _open_lock(_locked_row(reader_study_id))
    if lock.confirmed_at is not None:
        raise LockError("The data are locked. Unlock them, with a reason.")
    if not reason.strip():
        raise InvalidInputError("Say why the proposal is withdrawn.")
    lock.ended_at, lock.ended_by, lock.ended_reason = timezone.now(), actor, reason.strip()
    lock.save()
    record(actor=actor, action="lock.withdrawn", subject=lock, reason=lock.ended_reason)
    return lock


@transaction.atomic
def unlock(*, reader_study_id: int, actor: User, password: str, reason: str) -> Protocol:
    """Open locked data again. That is an amendment, shown with the others."""
    reader_study = _locked_row(reader_study_id)
    if not reason.strip():
        raise InvalidInputError("Say why the data are unlocked.")
    if reader_study.status != ReaderStudy.Status.LOCKED:
        raise LockError("Only locked data can be unlocked.")
    now = timezone.now()
    number = 0
    for lock in reader_study.locks.select_for_update().filter(ended_at=None):
        lock.ended_at, lock.ended_by, lock.ended_reason = now, actor, reason.strip()
        lock.save()
        number = lock.number
    reader_study.status, reader_study.locked_at = ReaderStudy.Status.OPEN, None
    reader_study.full_clean()
    reader_study.save()
    old = protocol_of(reader_study)
    body = {**old.body, "unlocked": old.body.get("unlocked", 0) + 1}
    version = write_version(
        reader_study=reader_study, body=body, reason=f"Unlocked: {reason.strip()}", actor=actor
    )
    record(
        actor=actor,
        action="reader_study.unlocked",
        subject=reader_study,
        changes={"status": ["locked", "open"]},
        reason=reason.strip(),
        lock=number,
    )
    sign(
        signer=actor,
        password=password,
        meaning=Signature.Meaning.UNLOCKED,
        subject=version,
        reason=reason,
        content_sha256=version.sha256,
    )
    return version
