"""An exam as placed in one reader study."""

from __future__ import annotations

from django.db import models

from annotations.models.reader_study import ReaderStudy
from spinestudy.imaging.models import ImagingStudy


class Case(models.Model):
    """Readers see only its blinded number."""

    reader_study = models.ForeignKey(ReaderStudy, on_delete=models.PROTECT, related_name="cases")
    imaging_study = models.ForeignKey(ImagingStudy, on_delete=models.PROTECT, related_name="cases")
    number = models.CharField(max_length=12)
    hanging = models.JSONField(
        null=True,
        blank=True,
        help_text="role -> stack, found when the reader study was opened; the same for all",
    )

    class Meta:
        ordering = ["reader_study_id", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["reader_study", "imaging_study"], name="case_unique_exam"
            ),
            models.UniqueConstraint(fields=["reader_study", "number"], name="case_unique_number"),
        ]

    def __str__(self) -> str:
        return self.number
