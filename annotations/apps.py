"""Django app: readings, grades, agreement."""

from django.apps import AppConfig


class AnnotationsConfig(AppConfig):
    """Reader studies."""

    name = "annotations"
