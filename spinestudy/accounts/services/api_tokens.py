"""Make, revoke and look up API tokens."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from spinestudy.accounts.models import ApiToken
from spinestudy.audit.services import record
from spinestudy.common.errors import InvalidInputError, MissingError
from spinestudy.common.token_scopes import SCOPES

PREFIX: Final = "spine_"
"""Lets a secret scanner and a person tell what this is."""
LONGEST_DAYS: Final = 366
_HINT_LENGTH: Final = len(PREFIX) + 4
_USE_NOTED_EVERY: Final = timedelta(minutes=1)


def _digest(secret: str) -> str:
    # 256 random bits need no slow hash: there is nothing to guess
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def create_token(
    *, owner: User, name: str, scopes: Collection[str], days: int
) -> tuple[ApiToken, str]:
    """Make a token; the secret is returned once and can't be had again."""
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        raise InvalidInputError("Choose at least one scope of the list.", unknown=unknown)
    if not 1 <= days <= LONGEST_DAYS:
        raise InvalidInputError(f"A token can be valid for 1 to {LONGEST_DAYS} days.")
    secret = PREFIX + secrets.token_urlsafe(32)
    now = timezone.now()
    token = ApiToken(
        owner=owner,
        name=name.strip(),
        digest=_digest(secret),
        hint=secret[:_HINT_LENGTH],
        scopes=sorted(set(scopes)),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    token.full_clean()
    token.save()
    record(
        actor=owner,
        action="api_token.created",
        subject=token,
        scopes=token.scopes,
        expires_at=token.expires_at.isoformat(),
    )
    return token, secret


@transaction.atomic
def revoke_token(*, token_id: int, owner: User) -> ApiToken:
    """End a token of one's own at once; again is no error."""
    token = ApiToken.objects.select_for_update().filter(pk=token_id, owner=owner).first()
    if token is None:
        raise MissingError("You have no such API token.")
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        record(actor=owner, action="api_token.revoked", subject=token)
    return token


def token_of(secret: str) -> ApiToken | None:
    """The valid token of that secret, its use noted; None where there is none."""
    now = timezone.now()
    token = (
        ApiToken.objects.select_related("owner")
        .filter(digest=_digest(secret), revoked_at=None, expires_at__gt=now, owner__is_active=True)
        .first()
    )
    if token is not None:
        _note_use(token, now)
    return token


def _note_use(token: ApiToken, now: datetime) -> None:
    if token.last_used_at is None or now - token.last_used_at >= _USE_NOTED_EVERY:
        token.last_used_at = now
        token.save(update_fields=["last_used_at"])
