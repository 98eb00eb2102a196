"""What is graded at every disc level."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from annotations.models.reader_study import ReaderStudy
from annotations.vocabulary import Finding, finding


def no_side() -> list[str]:
    """The sides of an item that has none."""
    return [""]


class Item(models.Model):
    """A finding of the vocabulary in one reader study.

    The scores of its scale and its sides are kept here too, so that the database can refuse a
    grade that isn't on the scale. `depends_on`: asked only where that item has at least
    `depends_on_score` at the same level (and side).
    """

    reader_study = models.ForeignKey(ReaderStudy, on_delete=models.PROTECT, related_name="items")
    finding_code = models.CharField(max_length=60)
    scores = ArrayField(models.SmallIntegerField())
    sides = ArrayField(models.CharField(max_length=5, blank=True), default=no_side)
    is_required = models.BooleanField(default=True)
    depends_on = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="dependents"
    )
    depends_on_score = models.SmallIntegerField(null=True, blank=True)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["reader_study_id", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["reader_study", "finding_code"], name="item_unique_finding"
            ),
            models.CheckConstraint(
                name="item_condition_is_whole",
                condition=models.Q(depends_on=None, depends_on_score=None)
                | models.Q(depends_on__isnull=False, depends_on_score__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.finding.name

    @property
    def asked_words(self) -> str:
        """Where and when it is asked: "per side; where Modic is 1 or more"."""
        words = [f"per {self.finding.site}"]
        if self.depends_on is not None:
            words.append(f"where {self.depends_on.finding.short_name} is {self.depends_on_score}+")
        if not self.is_required:
            words.append("may be left empty")
        return "; ".join(words)

    @property
    def finding(self) -> Finding:
        """The entry of the vocabulary."""
        return finding(self.finding_code)
