"""Free-text reports of exams, as they came in."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from spinestudy.common.append_only import append_only
from spinestudy.imaging.models import Cohort, ImagingStudy


class ReportImport(models.Model):
    """One file of reports: what of it found its exam, and what didn't and why.

    unmatched: [[line, reason], ...], without any text of the file.
    """

    class Handling(models.TextChoices):
        QUARANTINE = "quarantine", "hold back reports with likely identifiers until somebody looks"
        MASK = "mask", "mask likely identifiers and keep only the masked text"

    source = models.CharField(max_length=255, help_text="name of the file")
    cohort = models.ForeignKey(
        Cohort, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    handling = models.CharField(max_length=10, choices=Handling)
    n_rows = models.PositiveIntegerField()
    n_new = models.PositiveIntegerField()
    n_known = models.PositiveIntegerField(help_text="the same text of the same exam, already here")
    n_flagged = models.PositiveIntegerField(help_text="of the new ones, with likely identifiers")
    unmatched = models.JSONField(default=list, blank=True)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    imported_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        triggers = append_only()

    def __str__(self) -> str:
        return f"Import {self.pk} of {self.source}"


class ClinicalReport(models.Model):
    """A report's text. Only coordinators ever see it; readers of the exam must not.

    sha256: of the text as it came in, also where only the masked text is kept. identifiers: kind
    -> how many were found then. A held-back report isn't read by the engine.
    """

    class State(models.TextChoices):
        HELD_BACK = "held_back", "held back"
        IN_USE = "in_use", "in use"

    imaging_study = models.ForeignKey(
        ImagingStudy, on_delete=models.PROTECT, related_name="clinical_reports"
    )
    report_import = models.ForeignKey(
        ReportImport, on_delete=models.PROTECT, related_name="reports"
    )
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=9, choices=State)
    is_masked = models.BooleanField(default=False)
    identifiers = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["imaging_study", "sha256"], name="clinical_report_once_per_exam"
            ),
            models.CheckConstraint(
                name="clinical_report_masked_is_in_use",
                condition=Q(is_masked=False) | Q(state="in_use"),
            ),
        ]

    def __str__(self) -> str:
        return f"Report {self.pk}"
