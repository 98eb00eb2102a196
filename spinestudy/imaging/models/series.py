"""A DICOM series."""

from django.db import models

from spinestudy.imaging.models.imaging_study import ImagingStudy


class Series(models.Model):
    """DICOM PS3.3 C.7.3.1. Its images are split by geometry into stacks."""

    imaging_study = models.ForeignKey(
        ImagingStudy, on_delete=models.PROTECT, related_name="series_set"
    )
    series_instance_uid = models.CharField("Series Instance UID", max_length=64, unique=True)
    modality = models.CharField(max_length=16)
    number = models.IntegerField(null=True, blank=True)
    description = models.CharField(max_length=255, blank=True)
    body_part = models.CharField(max_length=64, blank=True)
    manufacturer = models.CharField(max_length=255, blank=True)

    class Meta:
        ordering = ["imaging_study_id", "number", "id"]
        verbose_name_plural = "series"

    def __str__(self) -> str:
        return f"Series {self.number}: {self.description}"
