"""A person's own account: password, second factors, sessions, API tokens."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views import View
from django.views.generic import TemplateView

from spinestudy.accounts.selectors.account import (
    identities_of,
    second_factors,
    sessions_of,
    tokens_of,
)
from spinestudy.accounts.services.sessions import end_sessions
from spinestudy.common.roles import signed_in


class AccountView(LoginRequiredMixin, TemplateView):
    """Everything on one page; changes have pages of their own."""

    template_name = "accounts/account.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the person has set up."""
        user = signed_in(self.request)
        return {
            **super().get_context_data(**kwargs),
            "nav": "account",
            "factors": second_factors(user),
            "sessions": sessions_of(user),
            "tokens": tokens_of(user),
            "identities": identities_of(user),
        }


class EndSessionsView(LoginRequiredMixin, View):
    """Sign out everywhere: all other sessions, or this one too."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """End them, stay where we are unless asked otherwise."""
        user = signed_in(request)
        is_everywhere = request.POST.get("which") == "all"
        keep = "" if is_everywhere else request.session.session_key or ""
        ended = end_sessions(user=user, reason="asked by the person", actor=user, keep=keep)
        if not is_everywhere:
            messages.success(request, f"Other sessions ended: {ended}.")
        return redirect("account")
