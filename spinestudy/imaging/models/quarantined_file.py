"""A file that can't be used, kept with the reason."""

from django.db import models

from spinestudy.imaging.models.upload import Upload


class QuarantinedFile(models.Model):
    """Kept byte for byte below the storage root; `reason` says what to do."""

    upload = models.ForeignKey(Upload, on_delete=models.PROTECT, related_name="quarantined_files")
    original_name = models.CharField(max_length=1000)
    reason_code = models.CharField(max_length=60)
    reason = models.CharField(max_length=500)
    path = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.original_name}: {self.reason_code}"
