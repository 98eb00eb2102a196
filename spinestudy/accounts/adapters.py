"""Where django-allauth asks this site for its rules."""

from __future__ import annotations

import base64
import hashlib
from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse, SignupClosedException
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.shortcuts import redirect

from spinestudy.accounts.selectors.second_factor import is_last, is_required

BY_EMAIL: Final = "email"
BY_USERNAME: Final = "username"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by administrators; nobody signs up."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": "That name and password don't match. "
        "Passwords are case-sensitive.",
        "too_many_login_attempts": "Too many failed attempts. Wait five minutes, then try again.",
        "rate_limited": "Too many attempts. Wait five minutes, then try again.",
        "incorrect_password": "That isn't your password. Passwords are case-sensitive.",
        "incorrect_code": "That code isn't right, or is too old. Enter the newest one.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody may make an account by themselves."""
        return False


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of second factors are encrypted at rest; who must have one can't drop the last."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": "This site asks a second factor of you. Add another one "
        "before you remove this.",
        "incorrect_code": "That code isn't right, or is too old. Enter the newest one.",
    }

    def encrypt(self, text: str) -> str:
        """Under a key that comes from SECRET_KEY."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Also what was encrypted under a key of SECRET_KEY_FALLBACKS."""
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Not the last one of somebody who must have one."""
        return not (is_required(authenticator.user) and is_last(authenticator))

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002
        """Passkey 1, passkey 2, ..."""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return f"Passkey {number}"


def _cipher() -> MultiFernet:
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    digests = (hashlib.sha256(b"spinestudy second factor\n" + key.encode()) for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(one.digest())) for one in digests])


class SingleSignOnAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Single sign-on opens accounts that are there; it makes none."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Nobody gets an account by signing in elsewhere."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Tie a first sign-on to the account that it names, as OIDC_MATCH says."""
        if sociallogin.state.get("process") == "connect":
            # by a link alone somebody could tie an identity of theirs to another's account
            messages.error(request, "Sign out, then sign in with single sign-on.")
            raise ImmediateHttpResponse(redirect("account"))
        if sociallogin.is_existing:
            return
        user = _account_of(sociallogin)
        if user is None:
            raise SignupClosedException
        sociallogin.connect(request, user)


def _account_of(sociallogin: Any) -> User | None:
    """The one active account that this identity may open."""
    if settings.OIDC_MATCH == BY_USERNAME:
        wanted = {"username": sociallogin.user.username}
    elif settings.OIDC_MATCH == BY_EMAIL:
        verified = [one.email for one in sociallogin.email_addresses if one.verified]
        wanted = {"email__iexact": verified[0]} if verified else {}
    else:
        return None
    if not all(wanted.values()) or not wanted:
        return None
    found = list(User.objects.filter(is_active=True, **wanted)[:2])
    return found[0] if len(found) == 1 else None
