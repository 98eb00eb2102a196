"""Who must have a second factor, and who has one."""

from __future__ import annotations

from typing import Any, Final

from allauth.mfa.models import Authenticator
from django.conf import settings

EVERYONE: Final = "everyone"
ADMINISTRATORS: Final = "administrators"
_FACTORS: Final = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def is_required(user: Any) -> bool:
    """Whether the site's settings ask a second factor of this person."""
    required = set(settings.SECOND_FACTOR_REQUIRED_FOR)
    if not required:
        return False
    if EVERYONE in required or (ADMINISTRATORS in required and user.is_superuser):
        return True
    return bool(user.groups.filter(name__in=required).exists())


def has_one(user: Any) -> bool:
    """Whether this person has an authenticator app or a passkey."""
    return bool(Authenticator.objects.filter(user=user, type__in=_FACTORS).exists())


def is_missing(user: Any) -> bool:
    """Whether this person must set a second factor up before anything else."""
    return is_required(user) and not has_one(user)


def is_last(authenticator: Authenticator) -> bool:
    """Whether it is the only second factor of its owner."""
    others = Authenticator.objects.filter(user=authenticator.user, type__in=_FACTORS)
    return not others.exclude(pk=authenticator.pk).exists()
