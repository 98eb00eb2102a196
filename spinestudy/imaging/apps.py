"""Django app: DICOM in, exam index out."""

from django.apps import AppConfig


class ImagingConfig(AppConfig):
    """The exam index."""

    name = "spinestudy.imaging"
    label = "imaging"
