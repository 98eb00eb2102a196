"""Django app: exam in, prediction out."""

from django.apps import AppConfig


class InferenceConfig(AppConfig):
    """Jobs, predictions, pipelines."""

    name = "inference"
