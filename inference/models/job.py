"""A piece of work for a worker; this row, not the broker's message, is the truth."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from spinestudy.imaging.models import ImagingStudy


class Job(models.Model):
    """Run one pipeline on one exam.

    A worker claims it by a lease and renews that as its heartbeat; a job whose lease ran
    out belongs to nobody and is queued again.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "waiting"
        RUNNING = "running", "running"
        SUCCEEDED = "succeeded", "done"
        FAILED = "failed", "failed"

    imaging_study = models.ForeignKey(ImagingStudy, on_delete=models.PROTECT, related_name="jobs")
    pipeline = models.CharField(max_length=80, help_text="name@version")
    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    progress = models.FloatField(default=0)
    step = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    error_code = models.CharField(max_length=60, blank=True)
    error_message = models.CharField(max_length=1000, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="jobs",
    )
    worker = models.CharField(
        max_length=120, blank=True, help_text="host and process that took it last"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["imaging_study", "pipeline"],
                condition=Q(state__in=["queued", "running"]),
                name="job_one_at_a_time",
            ),
            models.CheckConstraint(
                name="job_running_has_lease",
                condition=~Q(state="running") | Q(lease_expires_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Job {self.pk}: {self.pipeline}"
