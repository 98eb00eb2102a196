"""What every template may ask."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from spinestudy.common.roles import is_coordinator, is_reader


def roles(request: HttpRequest) -> dict[str, bool]:
    """The roles of the person, and whether this site is a demonstration."""
    user = getattr(request, "user", None)
    return {
        "is_coordinator": is_coordinator(user),
        "is_reader": is_reader(user),
        "is_demo": settings.DEMO,
    }
