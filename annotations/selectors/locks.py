"""The data lock as exports and reports tell it."""

from __future__ import annotations

from typing import Any

from annotations.models import ReaderStudy


def lock_view(reader_study: ReaderStudy) -> dict[str, Any] | None:
    """The lock in force, or None while data can change."""
    lock = reader_study.locks.filter(ended_at=None, confirmed_at__isnull=False).first()
    if lock is None or lock.confirmed_at is None:
        return None
    return {
        "number": lock.number,
        "confirmed_at_utc": lock.confirmed_at.isoformat(timespec="seconds"),
        "content_sha256": lock.content_sha256,
        "audit_head": lock.audit_head,
        "reason": lock.reason,
    }
