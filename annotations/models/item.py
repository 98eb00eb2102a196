"""What is graded at every disc level."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from annotations.models.reader_study import ReaderStudy
from annotations.vocabulary import Finding, finding


class Item(models.Model):
    """A finding of the vocabulary in one reader study.

    The scores of its scale are kept here too, so that the database can refuse a grade
    that isn't on the scale.
    """

    reader_study = models.ForeignKey(ReaderStudy, on_delete=models.PROTECT, related_name="items")
    finding_code = models.CharField(max_length=60)
    scores = ArrayField(models.SmallIntegerField())
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["reader_study_id", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["reader_study", "finding_code"], name="item_unique_finding"
            )
        ]

    def __str__(self) -> str:
        return self.finding.name

    @property
    def finding(self) -> Finding:
        """The entry of the vocabulary."""
        return finding(self.finding_code)
