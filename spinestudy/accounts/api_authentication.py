"""`Authorization: Bearer` with an API token, for every API view that names a scope."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from spinestudy.accounts.models import ApiToken
from spinestudy.accounts.selectors.second_factor import is_missing
from spinestudy.accounts.services.api_tokens import token_of
from spinestudy.common.token_scopes import ANY_SCOPE


class ApiTokenAuthentication(BaseAuthentication):
    """Closed by default: a method of a view that names no scope answers no token."""

    def authenticate(self, request: Request) -> tuple[Any, ApiToken] | None:
        """The owner and the token; None where there is no bearer header."""
        scheme, _, secret = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = token_of(secret.strip())
        if token is None:
            raise AuthenticationFailed(
                "This API token is unknown, expired or revoked. Make a new one on your account "
                "page."
            )
        self._require_scope(request, token)
        if is_missing(token.owner):
            raise PermissionDenied("Set up a second factor on your account page first.")
        return token.owner, token

    def _require_scope(self, request: Request, token: ApiToken) -> None:
        view = request.parser_context["view"]
        needed = getattr(view, "token_scopes", {}).get(_asked(request))
        if needed is None:
            raise PermissionDenied("API tokens can't be used here. Sign in with a browser.")
        if needed != ANY_SCOPE and needed not in token.scopes:
            raise PermissionDenied(f"This API token lacks the scope {needed}.")

    def authenticate_header(self, request: Request) -> str:
        """What a refused client is told to send."""
        return 'Bearer realm="api"'


def _asked(request: Request) -> str:
    method = request.method or ""
    return "GET" if method == "HEAD" else method


class _Scheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = ApiTokenAuthentication
    name = "apiToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
