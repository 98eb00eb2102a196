"""Write and verify the audit record."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection, models, transaction

from spinestudy.audit.models import AuditRecord
from spinestudy.common.origin import origin

GENESIS: Final = "0" * 64
FORM: Final = 2
_CHAIN_LOCK: Final = 0x5350494E  # one writer at a time keeps the chain a chain


def _digest(record: AuditRecord) -> str:
    body: dict[str, Any] = {
        "recorded_at": record.recorded_at.isoformat(),
        "actor": record.actor_id,
        "action": record.action,
        "subject_type": record.subject_type,
        "subject_id": record.subject_id,
        "data": record.data,
        "previous_hash": record.previous_hash,
    }
    if record.form >= FORM:
        body |= {
            "form": record.form,
            "changes": record.changes,
            "reason": record.reason,
            "source": record.source,
        }
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Field -> [old, new] of what differs; a field that isn't there counts as None."""
    return {
        field: [before.get(field), after.get(field)]
        for field in sorted({*before, *after})
        if before.get(field) != after.get(field)
    }


@transaction.atomic
def record(
    *,
    actor: Any,
    action: str,
    subject: models.Model,
    changes: Mapping[str, Sequence[Any]] | None = None,
    reason: str = "",
    **data: Any,
) -> AuditRecord:
    """Append one act inside the transaction that does it; both land or neither does.

    changes: field -> [old, new], values that JSON can hold. Take all row locks before this: the
    chain is held for other writers until the transaction ends.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHAIN_LOCK])
        # A statement of its own: it must see what the last holder of the lock has committed.
        cursor.execute(
            "SELECT clock_timestamp(),"
            " (SELECT hash FROM audit_auditrecord ORDER BY id DESC LIMIT 1)"
        )
        now, last = cursor.fetchone()
    entry = AuditRecord(
        recorded_at=now,
        actor=actor if getattr(actor, "pk", None) else None,
        action=action,
        subject_type=subject._meta.label,
        subject_id=str(subject.pk),
        data=data,
        changes={field: list(pair) for field, pair in (changes or {}).items()},
        reason=reason,
        source=origin(),
        form=FORM,
        previous_hash=last or GENESIS,
    )
    entry.hash = _digest(entry)
    entry.clean_fields()
    entry.save(force_insert=True)
    return entry


@dataclass(frozen=True)
class Chain:
    """length: records that follow from each other. head: hash of the last of them.

    broken: the first record that doesn't follow from the one before it, None where all do.
    """

    length: int
    head: str
    broken: AuditRecord | None


def verify_chain() -> Chain:
    """Follow the chain from its beginning."""
    return _followed(GENESIS, AuditRecord.objects.all())


def verify_chain_since(subject: models.Model, *, action: str) -> Chain:
    """Follow the chain from the record of an action on a subject (its making) to its end.

    Every record between the two is looked at, whatever it is about: only so a record that was
    altered, put in or taken out in between shows. What lies before isn't vouched for, so this
    costs what has happened since, not what the whole site has ever done. Without that record, be
    it that somebody has altered it, the whole chain is followed.
    """
    first = (
        AuditRecord.objects.filter(
            subject_type=subject._meta.label, subject_id=str(subject.pk), action=action
        )
        .order_by("id")
        .first()
    )
    if first is None:
        return verify_chain()
    before = AuditRecord.objects.filter(id__lt=first.pk).order_by("-id").first()
    if before is not None and before.hash != _digest(before):
        return Chain(0, before.hash, before)
    start = GENESIS if before is None else before.hash
    return _followed(start, AuditRecord.objects.filter(id__gte=first.pk))


def _followed(previous: str, records: models.QuerySet[AuditRecord]) -> Chain:
    length = 0
    for entry in records.order_by("id").iterator(5000):
        if entry.previous_hash != previous or entry.hash != _digest(entry):
            return Chain(length, previous, entry)
        previous, length = entry.hash, length + 1
    return Chain(length, previous, None)


def first_broken_record() -> AuditRecord | None:
    """The first record that doesn't follow from the one before it; None when all do."""
    return verify_chain().broken
