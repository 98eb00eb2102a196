"""What a reader has measured or marked on the images, and every version of it."""

from __future__ import annotations

from django.db import models

from annotations.models.locked_data import refuse_when_locked
from annotations.models.reading import Reading
from annotations.vocabulary import TOOLS
from spinestudy.common.append_only import append_only
from spinestudy.imaging.models import Stack


class Measurement(models.Model):
    """The current form of one mark; `measurement_key` is made by the browser.

    points_lps: [[x, y, z], ...] in mm. values: computed by the server from points and pixels.
    """

    reading = models.ForeignKey(Reading, on_delete=models.PROTECT, related_name="measurements")
    measurement_key = models.UUIDField(unique=True)
    kind = models.CharField(max_length=12, choices=list(TOOLS.items()))
    stack = models.ForeignKey(Stack, on_delete=models.PROTECT, related_name="+")
    stack_position = models.PositiveIntegerField()
    points_lps = models.JSONField()
    label = models.CharField(max_length=120, blank=True)
    values = models.JSONField(default=dict, blank=True)
    is_deleted = models.BooleanField(default=False)
    drawn_at = models.DateTimeField(help_text="clock of the reader's browser")
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["reading_id", "id"]
        triggers = [refuse_when_locked()]

    def __str__(self) -> str:
        return f"{self.kind} of reading {self.reading_id}"


class MeasurementEvent(models.Model):
    """Every version, in order; never changed. `act_key` makes a resend harmless."""

    measurement = models.ForeignKey(Measurement, on_delete=models.PROTECT, related_name="events")
    act_key = models.UUIDField(unique=True)
    revision = models.PositiveIntegerField()
    points_lps = models.JSONField()
    label = models.CharField(max_length=120, blank=True)
    values = models.JSONField(default=dict, blank=True)
    is_deleted = models.BooleanField()
    drawn_at = models.DateTimeField()
    stored_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.measurement_id} revision {self.revision}"
