"""Sessions that end by themselves, and second factors that must be set up first."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone

from spinestudy.accounts.selectors.second_factor import is_missing

Answer = Callable[[HttpRequest], HttpResponse]
PASSIVE_HEADER: Final = "X-Passive"
"""Sent by pages with requests that no person asked for, such as times of an idle reading."""
_BEGAN: Final = "began_at"
_SEEN: Final = "seen_at"
_MOST_BETWEEN_NOTES_S: Final = 60
_OPEN_WITHOUT_FACTOR: Final = ("/account/", "/sign-in/", "/sign-out/", "/static/")


class SessionEndMiddleware:
    """Sign out after a time without a person's act, and after a time in any case.

    The session's own expiry is the idle time; here it is moved on by what people do, at most
    once a minute, and by nothing else.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, as nobody where the session has come to its end."""
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            self._look_after(request)
        return self.get_response(request)

    def _look_after(self, request: HttpRequest) -> None:
        now, session = time.time(), request.session
        idle_s = now - session.get(_SEEN, now)
        began = session.get(_BEGAN, now)
        if idle_s > settings.SESSION_IDLE_S or now - began > settings.SESSION_LIFETIME_S:
            logout(request)
            return
        is_new = _SEEN not in session
        if not is_new and request.headers.get(PASSIVE_HEADER):
            return
        if is_new or idle_s >= min(_MOST_BETWEEN_NOTES_S, settings.SESSION_IDLE_S / 10):
            session[_SEEN], session[_BEGAN] = now, began
            own = UserSession.objects.filter(session_key=session.session_key)
            own.update(last_seen_at=timezone.now())


class SecondFactorMiddleware:
    """Whoever must have a second factor gets nothing else until it is set up."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or send to the account page."""
        if (
            not settings.SECOND_FACTOR_REQUIRED_FOR
            or request.path.startswith(_OPEN_WITHOUT_FACTOR)
            or not request.user.is_authenticated
            or not is_missing(request.user)
        ):
            return self.get_response(request)
        if request.path.startswith(("/api/", "/dicomweb/")):
            message = "Set up a second factor on your account page first."
            body = {"code": "second_factor_required", "message": message, "details": {}}
            return JsonResponse(body, status=403)
        return redirect("account")
