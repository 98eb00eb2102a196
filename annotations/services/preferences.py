"""Keep how a reader likes to work."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from annotations.models import ReaderPreference


@transaction.atomic
def set_preferences(*, user: User, **changed: Any) -> ReaderPreference:
    """Replace `keys` or `ai_opacity`; what isn't given stays as it is."""
    row, _ = ReaderPreference.objects.select_for_update().get_or_create(user=user)
    for name, value in changed.items():
        setattr(row, name, value)
    row.full_clean()
    row.save()
    return row
