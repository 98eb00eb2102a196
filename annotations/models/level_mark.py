"""Where discs and vertebral bodies are, as a person or the phantom's truth says."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from annotations.models.case import Case
from annotations.models.locked_data import refuse_when_locked
from annotations.models.reading import Reading


class LevelMark(models.Model):
    """Centre of a disc or body, LPS mm. With a reading: that reader's own; without: the case's."""

    class Kind(models.TextChoices):
        DISC = "disc", "disc"
        VERTEBRA = "vertebra", "vertebra"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="level_marks")
    reading = models.ForeignKey(
        Reading, null=True, blank=True, on_delete=models.PROTECT, related_name="level_marks"
    )
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.DISC)
    level = models.CharField(max_length=8)
    position_lps = ArrayField(models.FloatField(), size=3)

    class Meta:
        ordering = ["case_id", "id"]
        triggers = [refuse_when_locked()]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "reading", "kind", "level"],
                name="level_mark_one_per_level",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.level}"
