"""What was read from reports, and what a person says of it. Weak labels: never a reader's grade."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from inference.models.clinical_report import ClinicalReport
from spinestudy.common.append_only import append_only


class ReportRun(models.Model):
    """One reading of a report by one version of engine and lexicon. The newest counts.

    contradictions: what the report says twice and differently, as the engine gives it.
    """

    report = models.ForeignKey(ClinicalReport, on_delete=models.PROTECT, related_name="runs")
    engine_version = models.CharField(max_length=12)
    lexicon_version = models.CharField(max_length=12)
    contradictions = models.JSONField(default=list, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        triggers = append_only()

    def __str__(self) -> str:
        return f"Run {self.pk} of report {self.report_id}"


class ReportLabel(models.Model):
    """One target at one level and side, with the sentence that says so.

    target and category: words of `inference.reports`; grades.toml makes grades of items of them.
    start, end: of the sentence in the stored text.
    """

    SOURCE = "report"

    run = models.ForeignKey(ReportRun, on_delete=models.PROTECT, related_name="labels")
    target = models.CharField(max_length=12)
    disc_level = models.CharField(max_length=6)
    side = models.CharField(max_length=5, blank=True, default="")
    category = models.CharField(max_length=15)
    certainty = models.CharField(max_length=7, help_text="stated, implied or assumed")
    is_uncertain = models.BooleanField()
    section = models.CharField(max_length=10)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "target", "disc_level", "side"], name="report_label_one_per_cell"
            )
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.target} {self.disc_level} {self.side}: {self.category}"


class ReportReview(models.Model):
    """What a coordinator says of one label. The newest of a cell counts.

    category: what the label said then, "" where there was none. corrected: what is right, of a
    correction. A label that is wrong, and not corrected, counts as missing.
    """

    SOURCE = "report-review"

    class Verdict(models.TextChoices):
        RIGHT = "right", "right"
        WRONG = "wrong", "wrong"
        CORRECTED = "corrected", "corrected"

    report = models.ForeignKey(ClinicalReport, on_delete=models.PROTECT, related_name="reviews")
    target = models.CharField(max_length=12)
    disc_level = models.CharField(max_length=6)
    side = models.CharField(max_length=5, blank=True, default="")
    verdict = models.CharField(max_length=9, choices=Verdict)
    category = models.CharField(max_length=15, blank=True, default="")
    corrected = models.CharField(max_length=15, blank=True, default="")
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    reviewed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="report_review_correction_says_what",
                condition=(Q(verdict="corrected") & ~Q(corrected=""))
                | (~Q(verdict="corrected") & Q(corrected="")),
            )
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.target} {self.disc_level} {self.side}: {self.verdict}"


class LexiconChange(models.Model):
    """A site's change of the shipped lexicon: a term added, or one disabled. The newest counts.

    key: of the term (its text; a heading's with a colon). is_disabled: the term is out. Where it
    is false and kind is "", a change is taken back and the shipped term is as it was.
    """

    key = models.CharField(max_length=61)
    text = models.CharField(max_length=60)
    kind = models.CharField(max_length=12, blank=True, default="")
    value = models.CharField(max_length=15, blank=True, default="")
    notes = models.CharField(max_length=200, blank=True, default="")
    is_disabled = models.BooleanField(default=False)
    lexicon_version = models.CharField(max_length=12, help_text="of the lexicon with this change")
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.key}: {'disabled' if self.is_disabled else self.kind or 'as shipped'}"
