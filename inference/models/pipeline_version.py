"""What a site has decided about a version of a pipeline."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class PipelineVersion(models.Model):
    """A row only where something was decided, or where predictions were brought in from a run.

    A retired version can't be chosen for a new arm; arms that have it keep it.
    """

    class Origin(models.TextChoices):
        REGISTERED = "registered", "runs here"
        IMPORTED = "imported", "predictions brought in"

    pipeline = models.CharField(max_length=80, unique=True, help_text="name@version")
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.REGISTERED)
    is_retired = models.BooleanField(default=False)
    reason = models.CharField(max_length=1000, blank=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField(auto_now=True)
    metadata = models.JSONField(default=dict, blank=True, help_text="of an imported version")
    card = models.TextField(blank=True, help_text="Markdown, of an imported version")

    class Meta:
        ordering = ["pipeline"]
        constraints = [
            models.CheckConstraint(
                name="retired_version_has_a_reason", condition=Q(is_retired=False) | ~Q(reason="")
            )
        ]

    def __str__(self) -> str:
        return self.pipeline
