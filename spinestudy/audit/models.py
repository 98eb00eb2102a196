"""The audit record: who did what, when, chained by hash, never changed."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from spinestudy.common.append_only import append_only


class AuditRecord(models.Model):
    """One decisive act. Rows can only be added; the database itself refuses the rest."""

    recorded_at = models.DateTimeField(help_text="clock of the database")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    action = models.CharField(max_length=80)
    subject_type = models.CharField(max_length=80)
    subject_id = models.CharField(max_length=80)
    data = models.JSONField(default=dict, blank=True)
    changes = models.JSONField(default=dict, blank=True, help_text="field -> [old, new]")
    reason = models.CharField(max_length=2000, blank=True, default="")
    source = models.CharField(
        max_length=200, blank=True, default="", help_text="network address, method and path"
    )
    form = models.PositiveSmallIntegerField(
        default=1, help_text="which fields the hash covers: 1 without changes, reason and source"
    )
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["subject_type", "subject_id"])]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.recorded_at:%Y-%m-%d %H:%M} {self.action} {self.subject_id}"
