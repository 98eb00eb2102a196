"""Final reports of locked data, and their files."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from annotations.models.data_lock import DataLock
from annotations.models.reader_study import ReaderStudy
from spinestudy.common.append_only import append_only


class FinalReport(models.Model):
    """One report of one data lock. A worker claims it by a lease, as it does jobs of AI.

    as_of: reference and output of AI count as they stood then; they lie outside the lock.
    software: names and versions with which it was made first. remade_at, is_remade_same: when it
    was last made again, and whether every file came out with the same bytes.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "waiting"
        RUNNING = "running", "being made"
        SUCCEEDED = "succeeded", "done"
        FAILED = "failed", "failed"

    reader_study = models.ForeignKey(ReaderStudy, on_delete=models.PROTECT, related_name="reports")
    lock = models.ForeignKey(DataLock, on_delete=models.PROTECT, related_name="reports")
    preset = models.CharField(max_length=20)
    seed = models.PositiveBigIntegerField()
    as_of = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    progress = models.FloatField(default=0)
    step = models.CharField(max_length=200, blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    error_message = models.CharField(max_length=1000, blank=True, default="")
    software = models.JSONField(default=dict, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    remade_at = models.DateTimeField(null=True, blank=True)
    is_remade_same = models.BooleanField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["lock", "preset"],
                condition=Q(state__in=["queued", "running"]),
                name="final_report_one_at_a_time",
            ),
            models.CheckConstraint(
                name="final_report_running_has_lease",
                condition=~Q(state="running") | Q(lease_expires_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"report {self.pk} of {self.reader_study_id}"


class FinalReportFile(models.Model):
    """One file of a report, kept under its hash; never changed."""

    report = models.ForeignKey(FinalReport, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=40)
    path = models.CharField(max_length=255, help_text="below the storage root")
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["report", "name"], name="final_report_file_unique_name")
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.name} of report {self.report_id}"
