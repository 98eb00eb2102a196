"""End the sessions of a person, wherever they are signed in."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib.auth.models import User
from django.db import transaction

from spinestudy.audit.services import record


@transaction.atomic
def end_sessions(*, user: User, reason: str, actor: User | None = None, keep: str = "") -> int:
    """End every session of a person but the one whose key is kept; return how many ended."""
    ended = 0
    for session in UserSession.objects.filter(user=user).exclude(session_key=keep):
        ended += session.exists()  # a row may outlive its session
        session.end()
    if ended:
        record(actor=actor, action="sessions.ended", subject=user, reason=reason, count=ended)
    return ended
