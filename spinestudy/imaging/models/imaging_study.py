"""An exam: the DICOM entity of PS3.3 C.7.2.1."""

from django.db import models

from spinestudy.imaging.models.cohort import Cohort
from spinestudy.imaging.models.patient import Patient


class ImagingStudy(models.Model):
    """One exam of one patient."""

    study_instance_uid = models.CharField("Study Instance UID", max_length=64, unique=True)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="imaging_studies")
    cohorts = models.ManyToManyField(Cohort, related_name="imaging_studies", blank=True)
    performed_on = models.DateField(null=True, blank=True)
    accession_number = models.CharField(max_length=64, blank=True)
    description = models.CharField(max_length=255, blank=True)
    is_synthetic = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"Exam {self.pk}"
