"""A reader in one reader study."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models

from annotations.design.protocol import SENIORITIES
from annotations.models.reader_study import ReaderStudy


class Enrolment(models.Model):
    """`code` (R1, R2, ...) stands for the person in tables and exports.

    email: where reminders go, if not to the account's address. due_dates: period -> date that
    stands for this reader in place of the session's.
    """

    class Status(models.TextChoices):
        ACTIVE = "active", "reads"
        PAUSED = "paused", "paused"
        WITHDRAWN = "withdrawn", "withdrawn"

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

    status = models.CharField(max_length=9, choices=Status, default=Status.ACTIVE)
    email = models.EmailField(blank=True, default="")
    due_dates = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["reader_study_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["reader_study", "reader"], name="enrolment_unique_reader"
            ),
            models.UniqueConstraint(fields=["reader_study", "code"], name="enrolment_unique_code"),
            models.CheckConstraint(
                name="enrolment_status_is_known",
                condition=models.Q(status__in=["active", "paused", "withdrawn"]),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def due_on(self, period: int, usual: date | None) -> date | None:
        """The day by which this reader's cases of a period are due."""
        own = self.due_dates.get(str(period))
        return date.fromisoformat(own) if own else usual
