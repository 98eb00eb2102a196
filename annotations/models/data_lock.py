"""Data locks by two people, and what they have signed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from annotations.models.reader_study import ReaderStudy
from spinestudy.common.append_only import append_only


class DataLock(models.Model):
    """Proposed by one person; in force once another has confirmed it, until it is released.

    content_sha256: over answers, schedule and protocol. audit_head: last hash of the audit record
    when the lock came into force.
    """

    reader_study = models.ForeignKey(ReaderStudy, on_delete=models.PROTECT, related_name="locks")
    number = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=1000)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    content_sha256 = models.CharField(max_length=64, blank=True, default="")
    audit_head = models.CharField(max_length=64, blank=True, default="")
    ended_at = models.DateTimeField(
        null=True, blank=True, help_text="released, or the proposal withdrawn"
    )
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_reason = models.CharField(max_length=1000, blank=True, default="")

    class Meta:
        ordering = ["reader_study_id", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["reader_study", "number"], name="data_lock_unique_number"
            ),
            models.UniqueConstraint(
                fields=["reader_study"],
                condition=Q(ended_at=None),
                name="data_lock_one_at_a_time",
            ),
            models.CheckConstraint(
                name="data_lock_takes_two",
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="data_lock_in_force_has_hash",
                condition=Q(confirmed_at=None) | ~Q(content_sha256=""),
            ),
        ]

    def __str__(self) -> str:
        return f"lock {self.number} of {self.reader_study_id}"

    @property
    def is_in_force(self) -> bool:
        """Whether it is confirmed and not released."""
        return self.confirmed_at is not None and self.ended_at is None


class Signature(models.Model):
    """An electronic signature: who, what it means, over what, why. Never changed."""

    class Meaning(models.TextChoices):
        CASES_READ = "cases_read", "I have read these cases; the answers are mine"
        LOCK_PROPOSED = "lock_proposed", "I propose to lock these data"
        LOCK_CONFIRMED = "lock_confirmed", "I have checked these data and lock them"
        UNLOCKED = "unlocked", "I unlock these data"
        AMENDED = "amended", "I amend this protocol"
        PLAN_AMENDED = "plan_amended", "I amend the schedule"
        ADJUDICATED = "adjudicated", "This is my decision"

    signer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    meaning = models.CharField(max_length=14, choices=Meaning)
    reason = models.CharField(max_length=1000, blank=True, default="")
    subject_type = models.CharField(max_length=80)
    subject_id = models.CharField(max_length=80)
    content_sha256 = models.CharField(max_length=64, blank=True, default="")
    signed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="signature_by_subject")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.signer_id} {self.meaning} {self.subject_type} {self.subject_id}"
