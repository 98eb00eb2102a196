"""What a pipeline said about an exam. Written once by the worker, never by a reader."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F
from django.db.models.functions import Length
from django.db.models.lookups import Exact

from inference.models.job import Job
from spinestudy.common.append_only import append_only
from spinestudy.imaging.models import ImagingStudy, Stack


class Prediction(models.Model):
    """One run's result. The newest of a pipeline counts."""

    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="prediction")
    imaging_study = models.ForeignKey(
        ImagingStudy, on_delete=models.PROTECT, related_name="predictions"
    )
    pipeline = models.CharField(max_length=80)
    weights_sha256 = models.CharField(max_length=64)
    notes = models.JSONField(default=list, blank=True)
    flags = models.JSONField(
        default=list, blank=True, help_text="[{code, words}]: what makes the result less sure"
    )
    device = models.CharField(max_length=80, blank=True, help_text="what it was computed on")
    stage_seconds = models.JSONField(
        default=list, blank=True, help_text="[stage, seconds], in the order of the stages"
    )
    provenance = models.JSONField(
        default=dict, blank=True, help_text="input series, hashes, versions, host"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"Prediction {self.pk} by {self.pipeline}"


class LocatedLevel(models.Model):
    """Centre of a disc or body, LPS mm."""

    prediction = models.ForeignKey(Prediction, on_delete=models.CASCADE, related_name="levels")
    level = models.CharField(max_length=6)
    kind = models.CharField(max_length=6)
    center_lps = ArrayField(models.FloatField(), size=3)
    confidence = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["prediction", "kind", "level"], name="located_level_unique"
            )
        ]

    def __str__(self) -> str:
        return self.level


class PredictedGrade(models.Model):
    """`probabilities`: score (as text) -> probability, sums to 1."""

    prediction = models.ForeignKey(Prediction, on_delete=models.CASCADE, related_name="grades")
    item_code = models.CharField(max_length=60)
    disc_level = models.CharField(max_length=6)
    side = models.CharField(max_length=5, blank=True, default="")
    score = models.SmallIntegerField()
    probabilities = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["prediction", "item_code", "disc_level", "side"],
                name="predicted_grade_unique",
            )
        ]

    def __str__(self) -> str:
        return f"{self.item_code} {self.disc_level}: {self.score}"


class PredictedSegmentation(models.Model):
    """Label map of one stack; `path` (below the storage root) is a compressed numpy file.

    It holds `labels`, and where bodies and discs were told apart `instances` with their names.
    """

    prediction = models.ForeignKey(
        Prediction, on_delete=models.CASCADE, related_name="segmentations"
    )
    stack = models.ForeignKey(Stack, on_delete=models.PROTECT, related_name="+")
    path = models.CharField(max_length=255)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["prediction", "stack"], name="predicted_segmentation_unique"
            )
        ]

    def __str__(self) -> str:
        return self.path


class PredictedOutline(models.Model):
    """Closed polygon on one slice: `points_lps` is a list of [x, y, z] in mm."""

    prediction = models.ForeignKey(Prediction, on_delete=models.CASCADE, related_name="outlines")
    stack = models.ForeignKey(Stack, on_delete=models.PROTECT, related_name="+")
    stack_position = models.PositiveIntegerField()
    structure = models.CharField(max_length=40)
    points_lps = models.JSONField()

    def __str__(self) -> str:
        return f"{self.structure} on slice {self.stack_position + 1}"


class PredictedDetection(models.Model):
    """A finding in a box: `item_code` has at least the score `at_least`. Never changed.

    axes_lps: three unit vectors, one after the other; size_mm: whole lengths along them.
    """

    prediction = models.ForeignKey(Prediction, on_delete=models.PROTECT, related_name="detections")
    stack = models.ForeignKey(Stack, on_delete=models.PROTECT, related_name="+")
    item_code = models.CharField(max_length=60)
    at_least = models.SmallIntegerField()
    disc_level = models.CharField(max_length=6, blank=True, default="")
    side = models.CharField(max_length=5, blank=True, default="")
    center_lps = ArrayField(models.FloatField(), size=3)
    axes_lps = ArrayField(models.FloatField(), size=9)
    size_mm = ArrayField(models.FloatField(), size=3)
    score = models.FloatField()
    is_calibrated = models.BooleanField(help_text="score is a probability, checked on other cases")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="detection_score_is_a_share", condition=models.Q(score__range=(0, 1))
            )
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.item_code} {self.disc_level}: {self.score:.2f}"


class PredictedMeasure(models.Model):
    """A number behind a grade, or the reason why there is none. Never changed."""

    prediction = models.ForeignKey(Prediction, on_delete=models.PROTECT, related_name="measures")
    code = models.CharField(max_length=60)
    disc_level = models.CharField(max_length=6)
    side = models.CharField(max_length=5, blank=True, default="")
    value = models.FloatField(null=True)
    unit = models.CharField(max_length=12, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["prediction", "code", "disc_level", "side"],
                name="predicted_measure_unique",
            ),
            models.CheckConstraint(
                name="measure_has_a_value_or_a_reason",
                condition=models.Q(value__isnull=False, reason="")
                | (models.Q(value__isnull=True) & ~models.Q(reason="")),
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.code} {self.disc_level}: {self.value if not self.reason else self.reason}"


class PredictedEvidence(models.Model):
    """A picture that the network saw, with heat where a grade of it rested. Never changed.

    pixels, heat: uint8 row by row, over the same field. axes_lps: unit vectors in which the column
    index and the row index grow, one after the other.
    """

    grade = models.ForeignKey(PredictedGrade, on_delete=models.PROTECT, related_name="evidence")
    stack = models.ForeignKey(Stack, on_delete=models.PROTECT, related_name="+")
    stack_position = models.PositiveIntegerField()
    plane = models.CharField(max_length=10)
    center_lps = ArrayField(models.FloatField(), size=3)
    axes_lps = ArrayField(models.FloatField(), size=6)
    pixel_mm = models.FloatField()
    rows = models.PositiveSmallIntegerField()
    columns = models.PositiveSmallIntegerField()
    pixels = models.BinaryField()
    heat_rows = models.PositiveSmallIntegerField()
    heat_columns = models.PositiveSmallIntegerField()
    heat = models.BinaryField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="evidence_pixels_are_whole",
                condition=Exact(Length("pixels"), F("rows") * F("columns")),
            ),
            models.CheckConstraint(
                name="evidence_heat_is_whole",
                condition=Exact(Length("heat"), F("heat_rows") * F("heat_columns")),
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.grade} on a {self.plane} picture"
