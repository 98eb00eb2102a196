"""Who is what: two groups, asked in one place."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.auth.models import User
from django.http import HttpRequest

COORDINATORS: Final = "coordinators"
READERS: Final = "readers"


def _in_group(user: Any, name: str) -> bool:
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return False
    names = getattr(user, "_group_names", None)
    if names is None:
        names = frozenset(user.groups.values_list("name", flat=True))
        user._group_names = names
    return name in names


def forget_groups(user: Any) -> None:
    """Ask the database anew after the groups of this person have changed."""
    if hasattr(user, "_group_names"):
        del user._group_names


def is_coordinator(user: Any) -> bool:
    """Whether this person coordinates reader studies."""
    return _in_group(user, COORDINATORS)


def is_reader(user: Any) -> bool:
    """Whether this person reads cases."""
    return _in_group(user, READERS)


def signed_in(request: HttpRequest) -> User:
    """The person of a request that a permission has let through."""
    if not isinstance(request.user, User):
        raise PermissionError("Nobody is signed in.")
    return request.user
