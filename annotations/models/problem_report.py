"""Problems with a case, as its reader reports them, and the thread that follows."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from annotations.models.reading import Reading
from annotations.vocabulary.problems import PROBLEM_KINDS
from spinestudy.common.append_only import append_only


class ProblemReport(models.Model):
    """One report of one reader. `report_key` makes a resend harmless.

    Only this reader and the coordinators see it and its thread.
    """

    report_key = models.UUIDField(unique=True)
    reading = models.ForeignKey(Reading, on_delete=models.PROTECT, related_name="problem_reports")
    kind = models.CharField(max_length=16, choices=list(PROBLEM_KINDS.items()))
    text = models.CharField(max_length=2000, blank=True, default="")
    reported_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(
        null=True, blank=True, help_text="when the reader last saw the thread"
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="problem_kind_is_known",
                condition=models.Q(kind__in=list(PROBLEM_KINDS)),
            ),
        ]

    def __str__(self) -> str:
        return f"problem {self.pk} of reading {self.reading_id}"


class ProblemReply(models.Model):
    """One answer in the thread; never changed."""

    report = models.ForeignKey(ProblemReport, on_delete=models.PROTECT, related_name="replies")
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    is_from_reader = models.BooleanField(default=False)
    text = models.CharField(max_length=2000)
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="problem_reply_has_text", condition=~models.Q(text=""))
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"reply {self.pk} to problem {self.report_id}"
