"""API tokens: the secret itself is never stored."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models


class ApiToken(models.Model):
    """A key with which a program acts for its owner, within scopes, until it expires."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="api_tokens"
    )
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=12)
    scopes = ArrayField(models.CharField(max_length=40))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="api_token_expires_after_it_is_made",
                condition=models.Q(expires_at__gt=models.F("created_at")),
            ),
            models.CheckConstraint(name="api_token_has_scopes", condition=~models.Q(scopes__len=0)),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"
