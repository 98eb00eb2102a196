"""One import run: of a page's upload or of the management command."""

from django.conf import settings
from django.db import models

from spinestudy.imaging.models.cohort import Cohort


class Upload(models.Model):
    """Counts and state of an import; every file ends in exactly one of the counts."""

    class State(models.TextChoices):
        RECEIVING = "receiving", "receiving"
        QUEUED = "queued", "waiting"
        RUNNING = "running", "importing"
        DONE = "done", "done"
        FAILED = "failed", "failed"

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="uploads",
    )
    cohort = models.ForeignKey(
        Cohort, null=True, blank=True, on_delete=models.PROTECT, related_name="uploads"
    )
    state = models.CharField(max_length=12, choices=State, default=State.RECEIVING)
    source = models.CharField(max_length=500, help_text="what was imported, in words")
    files_total = models.PositiveIntegerField(default=0)
    files_accepted = models.PositiveIntegerField(default=0)
    files_known = models.PositiveIntegerField(default=0, help_text="byte-identical, already here")
    files_quarantined = models.PositiveIntegerField(default=0)
    message = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"Upload {self.pk}"
