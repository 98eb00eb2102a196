"""What an invited person sees: what it is about, and two ways in.

The secret of the link leaves the address at once and waits in the session, so that it stands in no
history, referrer or record of what follows.
"""

from __future__ import annotations

from typing import Final

from allauth.account.utils import complete_signup
from allauth.decorators import rate_limit
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.debug import sensitive_post_parameters

from annotations.models import Invitation
from annotations.services.invitations import (
    accept_invitation,
    invitation_of,
    join_with_new_account,
    require_usable,
)
from spinestudy.accounts.pages.forms import InvitedAccountForm
from spinestudy.common.errors import DomainError, MissingError
from spinestudy.common.roles import signed_in

_SECRET: Final = "invitation"  # noqa: S105 - a name in the session


class JoinLink(View):
    """The link itself."""

    def get(self, request: HttpRequest, secret: str) -> HttpResponse:
        """Keep the secret, and go on without it in the address."""
        request.session[_SECRET] = secret
        return redirect("join")


def _found(request: HttpRequest) -> Invitation:
    """The invitation of this session, if it can be used."""
    invitation = invitation_of(request.session.get(_SECRET, ""))
    require_usable(invitation)
    return invitation


def _refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    status = 404 if isinstance(error, MissingError) else 409
    return render(request, "annotations/join_refused.html", {"words": error.message}, status=status)


class Join(LoginRequiredMixin, View):
    """What the invitation is for; signed in, one button."""

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Everybody may look; joining asks who it is."""
        if request.method == "GET":
            return self.get(request)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page, or why the invitation can't be used."""
        try:
            invitation = _found(request)
        except DomainError as error:
            return _refused(request, error)
        context = {"invitation": invitation, "form": InvitedAccountForm()}
        return render(request, "annotations/join.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Join with the account that is signed in."""
        try:
            invitation = accept_invitation(
                secret=request.session.get(_SECRET, ""), user=signed_in(request)
            )
        except DomainError as error:
            return _refused(request, error)
        if request.session.exists(request.session.session_key or ""):
            request.session.pop(_SECRET, None)
        else:
            request.session.flush()  # a new role has ended it: sign in anew
        return _welcome(request, invitation)


@method_decorator(sensitive_post_parameters("password1", "password2"), name="dispatch")
@method_decorator(rate_limit(action="signup"), name="dispatch")
class JoinWithNewAccount(View):
    """An account for the invited person; without an invitation there is none."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make it, join, and sign in."""
        if request.user.is_authenticated:
            return redirect("join")
        try:
            invitation = _found(request)
        except DomainError as error:
            return _refused(request, error)
        form = InvitedAccountForm(request.POST)
        if form.is_valid():
            try:
                invitation = join_with_new_account(
                    secret=request.session[_SECRET],
                    username=form.cleaned_data["username"],
                    password=form.cleaned_data["password1"],
                )
            except DomainError as error:
                form.add_error(None, error.message)
            else:
                request.session.pop(_SECRET, None)
                to = _welcome(request, invitation)["Location"]
                response: HttpResponse = complete_signup(
                    request, invitation.accepted_by, "none", to
                )
                return response
        context = {"invitation": invitation, "form": form}
        return render(request, "annotations/join.html", context, status=400)


def _welcome(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    title = invitation.reader_study.title
    if invitation.role == Invitation.Role.READER:
        when = "" if invitation.reader_study.status == "open" else " once it is opened"
        messages.success(request, f"You have joined {title}. Your cases stand here{when}.")
        return redirect("worklist")
    messages.success(request, f"You have joined {title} as {invitation.get_role_display()}.")
    return redirect("reader-study", invitation.reader_study_id)
