"""How many lumbar bodies a spine has, as one reader says, and every version of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from annotations.models.locked_data import refuse_when_locked
from annotations.models.reading import Reading
from annotations.vocabulary import LUMBAR_COUNTS, TRANSITIONS
from spinestudy.common.append_only import append_only


class SpineAnatomy(models.Model):
    """The current word of one reading; where there is none, five lumbar bodies are assumed."""

    reading = models.OneToOneField(Reading, on_delete=models.PROTECT, related_name="anatomy")
    lumbar_count = models.PositiveSmallIntegerField(default=5)
    transition = models.CharField(max_length=16, choices=list(TRANSITIONS.items()), default="none")
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name_plural = "spine anatomies"
        triggers = [refuse_when_locked()]
        constraints = [
            models.CheckConstraint(
                name="spine_anatomy_count_is_known",
                condition=Q(lumbar_count__in=list(LUMBAR_COUNTS)),
            )
        ]

    def __str__(self) -> str:
        return f"{self.reading_id}: {self.lumbar_count} lumbar bodies, {self.transition}"


class SpineAnatomyEvent(models.Model):
    """Every version, in order; never changed. `act_key` makes a resend harmless."""

    anatomy = models.ForeignKey(SpineAnatomy, on_delete=models.PROTECT, related_name="events")
    act_key = models.UUIDField(unique=True)
    revision = models.PositiveIntegerField()
    lumbar_count = models.PositiveSmallIntegerField()
    transition = models.CharField(max_length=16)
    stored_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.anatomy_id} revision {self.revision}"
