"""Keep how a reader likes to work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.contrib.auth.models import User

from annotations.models import ReaderPreference


def set_keys(*, user: User, keys: Mapping[str, Sequence[str]]) -> None:
    """Replace the keys that the reader has chosen."""
    ReaderPreference.objects.update_or_create(
        user=user, defaults={"keys": {action: list(names) for action, names in keys.items()}}
    )
