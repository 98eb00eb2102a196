"""How a reader likes to work."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class ReaderPreference(models.Model):
    """`keys`: action -> keys that replace the usual ones.

    ai_opacity: of AI's outlines and boxes, per cent; null as long as the reader hasn't set it.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reader_preference"
    )
    keys = models.JSONField(default=dict, blank=True)
    ai_opacity = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="ai_opacity_is_a_percentage",
                condition=models.Q(ai_opacity=None) | models.Q(ai_opacity__lte=100),
            )
        ]

    def __str__(self) -> str:
        return f"Preferences of {self.user}"
