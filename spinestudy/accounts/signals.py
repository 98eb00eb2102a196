"""What happens to an account, into the audit record; changes of roles end sessions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from allauth.account.signals import password_changed, password_set, user_logged_in
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth.models import Group, User
from django.contrib.auth.signals import user_logged_out
from django.db.models.signals import m2m_changed, pre_save
from django.dispatch import receiver

from spinestudy.accounts.services.sessions import end_sessions
from spinestudy.audit.services import record


@receiver(user_logged_in)
def note_sign_in(request: Any, user: User, **kwargs: Any) -> None:
    """Record a finished sign-in and how it was done."""
    methods = request.session.get("account_authentication_methods", [])
    names = [one.get("type") or one["method"] for one in methods]
    record(actor=user, action="account.signed_in", subject=user, methods=names)


@receiver(user_logged_out)
def note_sign_out(user: User | None, **kwargs: Any) -> None:
    """Record a sign-out."""
    if user is not None:
        record(actor=user, action="account.signed_out", subject=user)


@receiver([password_changed, password_set])
def note_password(request: Any, user: User, **kwargs: Any) -> None:
    """Record it, and end every other session."""
    record(actor=user, action="account.password_changed", subject=user)
    keep = request.session.session_key or ""
    end_sessions(user=user, reason="password changed", actor=user, keep=keep)


@receiver(authenticator_added)
def note_factor_added(user: User, authenticator: Any, **kwargs: Any) -> None:
    """Record a new authenticator app, passkey or set of recovery codes."""
    record(actor=user, action="second_factor.added", subject=user, type=authenticator.type)


@receiver(authenticator_removed)
def note_factor_removed(user: User, authenticator: Any, **kwargs: Any) -> None:
    """Record a removed one."""
    record(actor=user, action="second_factor.removed", subject=user, type=authenticator.type)


@receiver(authenticator_reset)
def note_codes_renewed(user: User, authenticator: Any, **kwargs: Any) -> None:
    """Record renewed recovery codes."""
    record(actor=user, action="second_factor.renewed", subject=user, type=authenticator.type)


@receiver(m2m_changed, sender=User.groups.through)
def end_sessions_of_changed_roles(
    instance: User | Group, action: str, reverse: bool, pk_set: set[int] | None, **kwargs: Any
) -> None:
    """Whoever gets or loses a role signs in anew, so that no open page keeps the old one."""
    if action not in {"post_add", "post_remove", "pre_clear"} or (
        pk_set is not None and not pk_set
    ):
        return
    for user in _affected(instance, reverse, pk_set):
        end_sessions(user=user, reason="role changed")


def _affected(instance: User | Group, reverse: bool, pk_set: set[int] | None) -> Iterable[User]:
    if isinstance(instance, User):
        return [instance]
    return User.objects.filter(pk__in=pk_set) if pk_set else instance.user_set.all()


@receiver(pre_save, sender=User)
def end_sessions_of_changed_standing(instance: User, **kwargs: Any) -> None:
    """The same when somebody becomes or stops being an administrator, or is shut out."""
    names = ("is_active", "is_staff", "is_superuser")
    before = User.objects.filter(pk=instance.pk).values(*names).first() if instance.pk else None
    if before and any(before[name] != getattr(instance, name) for name in names):
        end_sessions(user=instance, reason="role changed")
