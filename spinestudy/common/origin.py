"""Where the act that is being done comes from, for the audit record."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Final

from django.http import HttpRequest, HttpResponse

_ORIGIN: Final[ContextVar[str]] = ContextVar("origin", default="server")
LONGEST: Final = 200


def origin() -> str:
    """Network address, method and path of the request under way; "server" outside requests."""
    return _ORIGIN.get()


class OriginMiddleware:
    """Keep where the request comes from for as long as it lasts."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the origin set."""
        address = request.META.get("REMOTE_ADDR", "")
        token = _ORIGIN.set(f"{address} {request.method} {request.path}"[:LONGEST])
        try:
            return self.get_response(request)
        finally:
            _ORIGIN.reset(token)
