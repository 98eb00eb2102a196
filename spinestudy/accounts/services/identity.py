"""Whether what somebody types is theirs alone: a password, or a code of their authenticator app."""

from __future__ import annotations

from typing import Literal

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User

Proof = Literal["password", "authenticator code"]


def proof_of_identity(user: User, typed: str) -> Proof | None:
    """By what it proves the person; None where it doesn't. A code counts once."""
    if not user.is_active or not typed:
        return None
    if user.check_password(typed):
        return "password"
    app = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    if app is not None and app.wrap().validate_code(typed):
        return "authenticator code"
    return None


def can_prove_identity(user: User) -> bool:
    """Whether there is anything to type; a person of single sign-on alone may have nothing."""
    return (
        user.has_usable_password()
        or Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()
    )
