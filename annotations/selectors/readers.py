"""Invitations and amendments of the schedule, in words for the page of readers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from annotations.design.allocation import Assignment
from annotations.models import Enrolment, Invitation, ReaderStudy, ScheduleAmendment


@dataclass(frozen=True)
class InvitationView:
    """An invitation and how it stands: open, used, withdrawn, expired."""

    invitation: Invitation
    state: str

    @property
    def is_open(self) -> bool:
        """Whether it can still be used."""
        return self.state == "open"


def invitation_views(reader_study: ReaderStudy) -> list[InvitationView]:
    """All invitations, the newest first."""
    now = timezone.now()
    rows = reader_study.invitations.select_related(
        "created_by", "accepted_by", "takes_over"
    ).order_by("-id")
    return [InvitationView(one, _state(one, now)) for one in rows]


def _state(one: Invitation, now: datetime) -> str:
    if one.accepted_at is not None:
        return "used"
    if one.revoked_at is not None:
        return "withdrawn"
    return "expired" if one.expires_at <= now else "open"


@dataclass(frozen=True)
class AmendmentView:
    """An amendment with what it changed, in words."""

    amendment: ScheduleAmendment
    changes: tuple[str, ...]


def amendment_views(
    reader_study: ReaderStudy, enrolment: Enrolment | None = None
) -> list[AmendmentView]:
    """All amendments of the schedule, the newest first; those of one reader where one is given."""
    rows = reader_study.schedule_amendments.select_related("enrolment", "made_by")
    if enrolment is not None:
        rows = rows.filter(enrolment=enrolment)
    return [AmendmentView(one, tuple(_words(one))) for one in rows.order_by("-number")]


def amendment_rows(reader_study: ReaderStudy) -> list[dict[str, Any]]:
    """All amendments as exports tell them, the oldest first; people by code only."""
    rows = reader_study.schedule_amendments.select_related("enrolment").order_by("number")
    return [
        {
            "number": one.number,
            "kind": one.kind,
            "reader": one.enrolment.code if one.enrolment else None,
            "made_at_utc": one.made_at.isoformat(timespec="seconds"),
            "reason": one.reason,
            "changes": one.detail,
            "readings_added": len(one.added),
            "readings_withdrawn": len(one.removed),
            "before_sha256": one.before_sha256,
            "after_sha256": one.after_sha256,
        }
        for one in rows
    ]


def _words(one: ScheduleAmendment) -> list[str]:
    words = [f"{field}: {old or 'none'}, then {new}" for field, (old, new) in one.detail.items()]
    for name, rows in (("readings added", one.added), ("closed as withdrawn", one.removed)):
        if rows:
            cases = {Assignment(*row).case for row in rows}
            words.append(f"{len(rows)} {name} ({len(cases)} cases)")
    return words
