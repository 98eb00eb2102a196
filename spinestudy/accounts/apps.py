"""Django app: accounts."""

from importlib import import_module

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Sign-in, second factors, sessions, API tokens; built on django-allauth."""

    name = "spinestudy.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Listen for what has to be recorded or has to end sessions."""
        import_module("spinestudy.accounts.signals")
