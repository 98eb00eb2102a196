"""A pipeline over many exams, as one thing to follow."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from inference.models.job import Job


class Batch(models.Model):
    """One pipeline over the exams of a cohort, of a reader study, or over single exams.

    Asked for again, it takes in what is new and what has failed; the row stays the same.
    """

    class Purpose(models.TextChoices):
        COHORT = "cohort", "cohort"
        EXAMS = "exams", "single exams"
        SHADOW = "shadow", "shadow run"

    pipeline = models.CharField(max_length=80, help_text="name@version")
    purpose = models.CharField(max_length=8, choices=Purpose)
    key = models.CharField(max_length=80, help_text="which cohort or reader study; never shown")
    title = models.CharField(max_length=250)
    jobs = models.ManyToManyField(Job, through="BatchJob", related_name="batches")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["pipeline", "purpose", "key"], name="batch_unique")
        ]

    def __str__(self) -> str:
        return f"{self.pipeline} over {self.title}"


class BatchJob(models.Model):
    """A job as a part of a batch; an exam that was predicted before brings its old job."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="parts")
    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="+")
    is_new = models.BooleanField(help_text="queued by this batch")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "job"], name="batch_job_once"),
        ]

    def __str__(self) -> str:
        return f"{self.job_id} in {self.batch_id}"
