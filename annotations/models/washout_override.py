"""Washouts that a coordinator has cut short."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from annotations.models.reading import Reading
from spinestudy.common.append_only import append_only


class WashoutOverride(models.Model):
    """One decision, with its reason; never changed."""

    reading = models.ForeignKey(Reading, on_delete=models.PROTECT, related_name="overrides")
    not_before_was = models.DateTimeField()
    reason = models.CharField(max_length=1000)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        triggers = append_only()

    def __str__(self) -> str:
        return f"washout of reading {self.reading_id} cut short"
