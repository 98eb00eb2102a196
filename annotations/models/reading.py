"""One reader's reading of one case in one session."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from annotations.models.arm import ReadingSession
from annotations.models.case import Case
from annotations.models.enrolment import Enrolment


class Reading(models.Model):
    """Never deleted. `position` is the seeded place in this reader's order, from 1."""

    class Status(models.TextChoices):
        ASSIGNED = "assigned", "assigned"
        IN_PROGRESS = "in_progress", "in progress"
        SUBMITTED = "submitted", "submitted"
        AMENDED = "amended", "amended"

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="readings")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="readings")
    reading_session = models.ForeignKey(
        ReadingSession, on_delete=models.PROTECT, related_name="readings"
    )
    position = models.PositiveIntegerField()
    status = models.CharField(max_length=12, choices=Status, default=Status.ASSIGNED)
    started_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(
        null=True, blank=True, help_text="first seen in the reading room, by the server's clock"
    )
    active_s = models.FloatField(null=True, blank=True, help_text="work, without what follows")
    idle_s = models.FloatField(null=True, blank=True)
    hidden_s = models.FloatField(null=True, blank=True)
    paused_s = models.FloatField(null=True, blank=True)
    image_load_s = models.FloatField(null=True, blank=True)
    seconds_by_level = models.JSONField(default=dict, blank=True)
    is_time_plausible = models.BooleanField(
        null=True, blank=True, help_text="work fits between the server's stamps"
    )

    class Meta:
        ordering = ["enrolment_id", "reading_session_id", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "case", "reading_session"], name="reading_once_per_session"
            ),
            models.UniqueConstraint(
                fields=["enrolment", "reading_session", "position"],
                name="reading_unique_position",
            ),
            models.CheckConstraint(
                name="reading_submitted_has_time",
                condition=Q(status__in=["assigned", "in_progress"]) | Q(submitted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment} {self.case}"
