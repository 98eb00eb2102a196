"""What is shown as right in the training phase."""

from __future__ import annotations

from django.db import models

from annotations.models.case import Case
from annotations.models.item import Item


class ReferenceGrade(models.Model):
    """The reference answer of one cell of a case, with its explanation."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reference_grades")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="reference_grades")
    disc_level = models.CharField(max_length=6)
    side = models.CharField(max_length=5, blank=True, default="")
    score = models.SmallIntegerField()
    explanation = models.CharField(max_length=1000, blank=True, default="")

    class Meta:
        ordering = ["case_id", "item_id", "disc_level"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "item", "disc_level", "side"], name="reference_grade_one_per_cell"
            )
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.disc_level}: {self.score}"
