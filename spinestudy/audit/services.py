"""Write and verify the audit record."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final

from django.db import connection, models, transaction
from django.utils import timezone

from spinestudy.audit.models import AuditRecord

GENESIS: Final = "0" * 64
_CHAIN_LOCK: Final = 0x5350494E  # one writer at a time keeps the chain a chain


def _digest(record: AuditRecord) -> str:
    body = {
        "recorded_at": record.recorded_at.isoformat(),
        "actor": record.actor_id,
        "action": record.action,
        "subject_type": record.subject_type,
        "subject_id": record.subject_id,
        "data": record.data,
        "previous_hash": record.previous_hash,
    }
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def record(*, actor: Any, action: str, subject: models.Model, **data: Any) -> AuditRecord:
    """Append one act inside the transaction that does it; both land or neither does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHAIN_LOCK])
    last = AuditRecord.objects.order_by("-id").values_list("hash", flat=True).first()
    entry = AuditRecord(
        recorded_at=timezone.now(),
        actor=actor if getattr(actor, "pk", None) else None,
        action=action,
        subject_type=subject._meta.label,
        subject_id=str(subject.pk),
        data=data,
        previous_hash=last or GENESIS,
    )
    entry.hash = _digest(entry)
    entry.full_clean()
    entry.save()
    return entry


def first_broken_record() -> AuditRecord | None:
    """The first record that doesn't follow from the one before it; None when all do."""
    previous = GENESIS
    for entry in AuditRecord.objects.order_by("id").iterator():
        if entry.previous_hash != previous or entry.hash != _digest(entry):
            return entry
        previous = entry.hash
    return None
