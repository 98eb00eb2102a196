"""The exam index, one model a file."""

from spinestudy.imaging.models.cohort import Cohort
from spinestudy.imaging.models.frame import Frame
from spinestudy.imaging.models.imaging_study import ImagingStudy
from spinestudy.imaging.models.instance import Instance
from spinestudy.imaging.models.patient import Patient
from spinestudy.imaging.models.quarantined_file import QuarantinedFile
from spinestudy.imaging.models.series import Series
from spinestudy.imaging.models.stack import Stack
from spinestudy.imaging.models.upload import Upload

__all__ = [
    "Cohort",
    "Frame",
    "ImagingStudy",
    "Instance",
    "Patient",
    "QuarantinedFile",
    "Series",
    "Stack",
    "Upload",
]
