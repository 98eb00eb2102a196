"""How a reader likes to work."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class ReaderPreference(models.Model):
    """`keys`: action -> keys that replace the usual ones."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reader_preference"
    )
    keys = models.JSONField(default=dict, blank=True)

    def __str__(self) -> str:
        return f"Preferences of {self.user}"
