"""The protocol of a reader study, in every version, and the schedule drawn from it."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from annotations.models.reader_study import ReaderStudy
from spinestudy.common.append_only import append_only


class Protocol(models.Model):
    """One version; never changed. Version 1 is the design, later ones are amendments."""

    reader_study = models.ForeignKey(
        ReaderStudy, on_delete=models.PROTECT, related_name="protocols"
    )
    version = models.PositiveIntegerField()
    body = models.JSONField(help_text="everything that was decided, as annotations.design has it")
    sha256 = models.CharField(max_length=64)
    reason = models.CharField(max_length=1000, blank=True, default="")
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["reader_study_id", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["reader_study", "version"], name="protocol_unique_version"
            ),
            models.CheckConstraint(
                name="protocol_amendment_has_reason",
                condition=models.Q(version=1) | ~models.Q(reason=""),
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"protocol of {self.reader_study_id}, version {self.version}"


class Schedule(models.Model):
    """Which readings there are, as a hash. From `frozen_at` on the database keeps them so."""

    reader_study = models.OneToOneField(
        ReaderStudy, on_delete=models.PROTECT, related_name="schedule"
    )
    sha256 = models.CharField(max_length=64)
    n_readings = models.PositiveIntegerField()
    drawn_at = models.DateTimeField(auto_now_add=True)
    frozen_at = models.DateTimeField(
        null=True, blank=True, help_text="the first reading was opened then"
    )

    def __str__(self) -> str:
        return f"schedule of {self.reader_study_id}"
