"""The way to the sign-in service, with an answer where it is gone."""

from __future__ import annotations

import logging

import requests
from allauth.socialaccount.providers.openid_connect import views as oidc
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

logger = logging.getLogger(__name__)


def start(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Go there; its description is asked first, and that can fail."""
    try:
        response: HttpResponse = oidc.login(request, provider_id)
    except (requests.RequestException, ValueError) as error:
        logger.warning("single sign-on can't start: %s", error)
        return render(request, "socialaccount/authentication_error.html", status=503)
    return response
