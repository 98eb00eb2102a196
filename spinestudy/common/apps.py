"""Django app: what the other apps share."""

from django.apps import AppConfig


class CommonConfig(AppConfig):
    """Base templates, page helpers."""

    name = "spinestudy.common"
    label = "common"
