"""Django app: the demonstration site."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Synthetic cohort, virtual readers, sign-ins."""

    name = "spinestudy.demo"
    label = "demo"
