"""One slice of a stack, its pixels extracted once at import."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from spinestudy.imaging.models.instance import Instance
from spinestudy.imaging.models.stack import Stack


class Frame(models.Model):
    """One image plane.

    `pixel_path` (below the storage root) holds gzip-compressed little-endian pixels,
    rows x columns, `bits_allocated` 8 or 16 (colour: RGB interleaved, 8 bits).
    `position_lps` is ImagePositionPatient in mm (PS3.3 C.7.6.2.1.1), null without geometry;
    `orientation_lps` the six direction cosines of this very frame.
    """

    stack = models.ForeignKey(Stack, on_delete=models.PROTECT, related_name="frames")
    instance = models.ForeignKey(Instance, on_delete=models.PROTECT, related_name="frames")
    frame_number = models.PositiveIntegerField(help_text="1-based, as DICOM counts")
    stack_position = models.PositiveIntegerField(help_text="0-based, in spatial order")
    position_lps = ArrayField(models.FloatField(), size=3, null=True, blank=True)
    orientation_lps = ArrayField(models.FloatField(), size=6, null=True, blank=True)
    rescale_slope = models.FloatField(default=1)
    rescale_intercept = models.FloatField(default=0)
    bits_allocated = models.PositiveSmallIntegerField()
    is_signed = models.BooleanField(default=False)
    samples_per_pixel = models.PositiveSmallIntegerField(default=1)
    pixel_min = models.IntegerField()
    pixel_max = models.IntegerField()
    pixel_path = models.CharField(max_length=255)

    class Meta:
        ordering = ["stack_id", "stack_position"]
        constraints = [
            models.UniqueConstraint(
                fields=["stack", "stack_position"],
                name="frame_unique_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(
                fields=["instance", "frame_number"], name="frame_unique_in_instance"
            ),
        ]

    def __str__(self) -> str:
        return f"slice {self.stack_position + 1} of stack {self.stack_id}"
