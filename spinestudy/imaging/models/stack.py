"""Parallel slices of one series that can be scrolled as one."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from spinestudy.imaging.models.series import Series


class Stack(models.Model):
    """Frames of one series with one orientation, grid and contrast, in spatial order.

    `slice_spacing_mm` is the median distance along the normal, null for a single slice.
    """

    class Plane(models.TextChoices):
        SAGITTAL = "sagittal", "sagittal"
        AXIAL = "axial", "axial"
        CORONAL = "coronal", "coronal"
        OBLIQUE = "oblique", "oblique"
        UNKNOWN = "unknown", "unknown"

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="stacks")
    index = models.PositiveIntegerField()
    plane = models.CharField(max_length=12, choices=Plane)
    weighting = models.CharField(max_length=16, help_text="T1, T2, PD, STIR, T2*, T1-GRE, unknown")
    weighting_source = models.CharField(max_length=40, blank=True)
    weighting_confidence = models.FloatField(default=0)
    is_fat_suppressed = models.BooleanField(default=False)
    is_contrast_enhanced = models.BooleanField(default=False)
    is_reference_for_reading = models.BooleanField(
        default=True, help_text="False for localizers, derived images and unusable geometry"
    )
    rows = models.PositiveIntegerField()
    columns = models.PositiveIntegerField()
    row_spacing_mm = models.FloatField(null=True, blank=True)
    column_spacing_mm = models.FloatField(null=True, blank=True)
    slice_spacing_mm = models.FloatField(null=True, blank=True)
    slice_count = models.PositiveIntegerField()
    orientation_lps = ArrayField(models.FloatField(), size=6, null=True, blank=True)
    frame_of_reference_uid = models.CharField(max_length=64, blank=True)
    photometric_interpretation = models.CharField(max_length=16)
    voi_center = models.FloatField(help_text="one fixed window for all slices")
    voi_width = models.FloatField()
    flags = models.JSONField(default=list, blank=True, help_text="what is unusual, in words")

    class Meta:
        ordering = ["series_id", "index"]
        constraints = [
            models.UniqueConstraint(fields=["series", "index"], name="stack_unique_index")
        ]

    def __str__(self) -> str:
        return f"{self.plane} {self.weighting}, {self.slice_count} slices"
