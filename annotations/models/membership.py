"""Who has which part in one reader study. Readers have theirs by enrolment."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from annotations.models.reader_study import ReaderStudy


class Membership(models.Model):
    """One role of one person; a person may have several."""

    class Role(models.TextChoices):
        COORDINATOR = "coordinator", "coordinator"
        ADJUDICATOR = "adjudicator", "adjudicator"
        STATISTICIAN = "statistician", "statistician"
        OBSERVER = "observer", "observer"

    reader_study = models.ForeignKey(
        ReaderStudy, on_delete=models.PROTECT, related_name="memberships"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships"
    )
    role = models.CharField(max_length=12, choices=Role)
    granted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["reader_study_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["reader_study", "user", "role"], name="membership_unique_role"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} in {self.reader_study_id}"
