"""Django app: the audit record."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Append-only record of decisive acts."""

    name = "spinestudy.audit"
    label = "audit"
