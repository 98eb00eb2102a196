"""A patient, as the DICOM files name one."""

from django.db import models

from spinestudy.imaging.dicom.headers import NO_PATIENT_ID


class Patient(models.Model):
    """DICOM PS3.3 C.7.1.1. Statistics cluster by this row.

    Files without a patient ID make a patient of their own for each exam.
    """

    patient_id = models.CharField("patient ID", max_length=255)
    issuer = models.CharField("issuer of patient ID", max_length=255, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "patient_id"], name="patient_unique_id")
        ]

    def __str__(self) -> str:
        return "no patient ID" if self.issuer == NO_PATIENT_ID else self.patient_id
