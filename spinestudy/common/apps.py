"""Django app: what the other apps share."""

from importlib import import_module

from django.apps import AppConfig


class CommonConfig(AppConfig):
    """Base templates, page helpers."""

    name = "spinestudy.common"
    label = "common"

    def ready(self) -> None:
        """Load the Celery application, so that tasks are sent through it in every process."""
        import_module("spinestudy.celery")
