"""Planned looks at the arms apart while cases are being read."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from annotations.models.reader_study import ReaderStudy


class Look(models.Model):
    """Proposed by one person, opened by another; both see the arms apart until it is closed."""

    reader_study = models.ForeignKey(ReaderStudy, on_delete=models.PROTECT, related_name="looks")
    number = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=1000)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    share_read = models.FloatField(help_text="share of all readings submitted when proposed")
    information = models.FloatField(
        default=0, help_text="share of patients complete in all arms when opened"
    )

    class Meta:
        ordering = ["reader_study_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["reader_study", "number"], name="look_unique_number"),
            models.CheckConstraint(
                name="look_opened_by_another",
                condition=Q(opened_by=None) | ~Q(opened_by=F("proposed_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"look {self.number} of {self.reader_study_id}"
