"""Changes of a schedule after it was drawn, each with its reason; never changed themselves."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Func

from annotations.models.enrolment import Enrolment
from annotations.models.reader_study import ReaderStudy
from spinestudy.common.append_only import append_only


class ScheduleAmendment(models.Model):
    """One change. The schedule in force is the one drawn, changed by these in order.

    before_sha256, after_sha256: hash of the schedule in force. added, removed: its assignments
    that the change has brought or closed, as lists. detail: what else it says, field -> [old, new].
    made_at: start of the transaction; a frozen schedule changes in that transaction only.
    """

    class Kind(models.TextChoices):
        READER_ADDED = "reader_added", "reader added"
        READER_WITHDRAWN = "reader_withdrawn", "reader withdrawn"
        CASES_REASSIGNED = "cases_reassigned", "cases re-assigned"
        READER_PAUSED = "reader_paused", "reader paused"
        READER_RESUMED = "reader_resumed", "reader goes on"
        DUE_DATE_EXTENDED = "due_extended", "due date extended"

    reader_study = models.ForeignKey(
        ReaderStudy, on_delete=models.PROTECT, related_name="schedule_amendments"
    )
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=16, choices=Kind)
    enrolment = models.ForeignKey(
        Enrolment,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="schedule_amendments",
        help_text="the reader whom it is about; empty for all",
    )
    reason = models.CharField(max_length=1000)
    before_sha256 = models.CharField(max_length=64)
    after_sha256 = models.CharField(max_length=64)
    added = models.JSONField(default=list, blank=True)
    removed = models.JSONField(default=list, blank=True)
    detail = models.JSONField(default=dict, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(
        db_default=Func(function="transaction_timestamp", output_field=models.DateTimeField()),
        editable=False,
    )

    class Meta:
        ordering = ["reader_study_id", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["reader_study", "number"], name="schedule_amendment_unique_number"
            ),
            models.CheckConstraint(
                name="schedule_amendment_has_reason", condition=~models.Q(reason="")
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"amendment {self.number} of the schedule of {self.reader_study_id}"

    @property
    def sha256(self) -> str:
        """What a signature of it covers: the schedule that it gives."""
        return self.after_sha256
