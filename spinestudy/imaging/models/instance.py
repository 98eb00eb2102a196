"""One DICOM file, kept byte for byte."""

from django.db import models

from spinestudy.imaging.models.series import Series


class Instance(models.Model):
    """DICOM PS3.3 C.12.1. `path` is below the storage root; the file never changes.

    `frame_headers` holds what stacks are built from, one object a frame (see
    `imaging.dicom.frames.StoredFrame`), so that a series can be stacked anew when more of
    its files arrive, without opening any file.
    """

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="instances")
    sop_instance_uid = models.CharField("SOP Instance UID", max_length=64, unique=True)
    sop_class_uid = models.CharField("SOP Class UID", max_length=64)
    transfer_syntax_uid = models.CharField("Transfer Syntax UID", max_length=64)
    number = models.IntegerField(null=True, blank=True)
    frame_count = models.PositiveIntegerField(default=1)
    path = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField()
    frame_headers = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["series_id", "number", "id"]

    def __str__(self) -> str:
        return self.sop_instance_uid
