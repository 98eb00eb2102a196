"""Take second factors away, when a phone is lost."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.db import transaction

from spinestudy.accounts.services.sessions import end_sessions
from spinestudy.audit.services import record


@transaction.atomic
def reset_second_factors(*, user: User, actor: User | None = None) -> int:
    """Take every second factor and recovery code away and end all sessions."""
    removed = int(Authenticator.objects.filter(user=user).delete()[0])
    end_sessions(user=user, reason="second factor reset", actor=actor)
    record(actor=actor, action="second_factor.reset", subject=user, count=removed)
    return removed
