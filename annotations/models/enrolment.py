"""A reader in one reader study."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from annotations.design.protocol import SENIORITIES
from annotations.models.reader_study import ReaderStudy


class Enrolment(models.Model):
    """`code` (R1, R2, ...) stands for the person in tables and exports."""

    reader_study = models.ForeignKey(
        ReaderStudy, on_delete=models.PROTECT, related_name="enrolments"
    )
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="enrolments"
    )
    code = models.CharField(max_length=20)
    seniority = models.CharField(
        max_length=6, blank=True, default="", choices=list(SENIORITIES.items())
    )
    case_limit = models.PositiveIntegerField(
        null=True, blank=True, help_text="most cases this reader reads; empty for all"
    )

    class Meta:
        ordering = ["reader_study_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["reader_study", "reader"], name="enrolment_unique_reader"
            ),
            models.UniqueConstraint(fields=["reader_study", "code"], name="enrolment_unique_code"),
        ]

    def __str__(self) -> str:
        return self.code
