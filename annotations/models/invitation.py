"""Invitations into one reader study, by a link that is shown once."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from annotations.design.protocol import SENIORITIES
from annotations.models.enrolment import Enrolment
from annotations.models.reader_study import ReaderStudy


class Invitation(models.Model):
    """Used once, until it expires or is revoked. Of the link only a hash is kept."""

    class Role(models.TextChoices):
        READER = "reader", "reader"
        COORDINATOR = "coordinator", "coordinator"
        ADJUDICATOR = "adjudicator", "adjudicator"
        STATISTICIAN = "statistician", "statistician"
        OBSERVER = "observer", "observer"

    reader_study = models.ForeignKey(
        ReaderStudy, on_delete=models.PROTECT, related_name="invitations"
    )
    role = models.CharField(max_length=12, choices=Role)
    seniority = models.CharField(
        max_length=6, blank=True, default="", choices=list(SENIORITIES.items())
    )
    case_limit = models.PositiveIntegerField(null=True, blank=True)
    takes_over = models.ForeignKey(
        Enrolment,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="whose unread cases the new reader gets, instead of cases of their own",
    )
    email = models.EmailField(blank=True, default="")
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=12)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["reader_study_id", "-id"]
        constraints = [
            models.CheckConstraint(
                name="invitation_expires_after_it_is_made",
                condition=Q(expires_at__gt=F("created_at")),
            ),
            models.CheckConstraint(
                name="invitation_accepted_by_somebody",
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
            ),
            models.CheckConstraint(
                name="invitation_accepted_or_revoked",
                condition=Q(accepted_at=None) | Q(revoked_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.reader_study_id} ({self.hint}…)"
