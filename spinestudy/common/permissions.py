"""Who may use an API view: nobody, unless the view names one of these."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from spinestudy.common.roles import is_coordinator, is_reader

if TYPE_CHECKING:  # the settings load this module before rest_framework.views is ready
    from rest_framework.views import APIView


class DenyAll(BasePermission):
    """The default: a view that names no permission answers nobody."""

    message = "This address is closed."

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Nobody."""
        return False


class IsCoordinator(BasePermission):
    """Signed in and in the group of coordinators."""

    message = "Only coordinators may do this."

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether the person is a coordinator."""
        return is_coordinator(request.user)


class IsReader(BasePermission):
    """Signed in and in the group of readers."""

    message = "Only readers may do this."

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether the person is a reader."""
        return is_reader(request.user)
