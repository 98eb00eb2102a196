"""What the account page shows of its owner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import User
from django.utils import timezone

from spinestudy.accounts.models import ApiToken
from spinestudy.accounts.selectors.second_factor import is_required


@dataclass(frozen=True)
class SecondFactors:
    """What a person has set up, and whether the site asks for it."""

    authenticator: Any
    passkeys: list[Any]
    recovery_codes_left: int
    is_required: bool

    @property
    def are_missing(self) -> bool:
        """Whether the person must set one up now."""
        return self.is_required and not self.authenticator and not self.passkeys


def second_factors(user: User) -> SecondFactors:
    """The authenticator app, passkeys and unused recovery codes of a person."""
    by_type: dict[str, list[Any]] = {}
    for one in Authenticator.objects.filter(user=user).order_by("id"):
        by_type.setdefault(one.type, []).append(one)
    codes = by_type.get(Authenticator.Type.RECOVERY_CODES, [])
    return SecondFactors(
        authenticator=next(iter(by_type.get(Authenticator.Type.TOTP, [])), None),
        passkeys=by_type.get(Authenticator.Type.WEBAUTHN, []),
        recovery_codes_left=sum(len(one.wrap().get_unused_codes()) for one in codes),
        is_required=is_required(user),
    )


def sessions_of(user: User) -> list[UserSession]:
    """Where a person is signed in, the latest first."""
    sessions = UserSession.objects.purge_and_list(user)
    return sorted(sessions, key=lambda one: one.last_seen_at, reverse=True)


def tokens_of(user: User) -> list[tuple[ApiToken, str]]:
    """API tokens of a person with their state, the newest first."""
    now = timezone.now()
    return [(token, _state(token, now)) for token in ApiToken.objects.filter(owner=user)]


def _state(token: ApiToken, now: Any) -> str:
    if token.revoked_at is not None:
        return "revoked"
    return "expired" if token.expires_at <= now else "valid"


def identities_of(user: User) -> list[SocialAccount]:
    """Identities elsewhere that open this account."""
    return list(SocialAccount.objects.filter(user=user))
