"""A reader's labelmap of one stack, and every version of it."""

from __future__ import annotations

from django.db import models

from annotations.models.reading import Reading
from spinestudy.common.append_only import append_only
from spinestudy.imaging.models import Stack


class Segmentation(models.Model):
    """The labelmap that a reader has drawn on one stack; its newest revision counts."""

    reading = models.ForeignKey(Reading, on_delete=models.PROTECT, related_name="segmentations")
    stack = models.ForeignKey(Stack, on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["reading_id", "stack_id"]
        constraints = [
            models.UniqueConstraint(fields=["reading", "stack"], name="segmentation_one_per_stack")
        ]

    def __str__(self) -> str:
        return f"Masks of reading {self.reading_id} on stack {self.stack_id}"


class SegmentationRevision(models.Model):
    """One version; never changed.

    data: gzip of uint8 (slices, rows, columns) in the order of the stack, as the browser sent it.
    voxels: label value (as text) -> number of voxels.
    """

    segmentation = models.ForeignKey(
        Segmentation, on_delete=models.PROTECT, related_name="revisions"
    )
    act_key = models.UUIDField(unique=True)
    revision = models.PositiveIntegerField()
    data = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    voxels = models.JSONField()
    stored_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["segmentation", "revision"], name="segmentation_unique_revision"
            )
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.segmentation_id} revision {self.revision}"
