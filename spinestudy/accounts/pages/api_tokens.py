"""Make and revoke API tokens."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.views import View
from django.views.generic import FormView

from spinestudy.accounts.pages.forms import ApiTokenForm
from spinestudy.accounts.services.api_tokens import create_token, revoke_token
from spinestudy.common.errors import MissingError
from spinestudy.common.pages import CoordinatorRequiredMixin
from spinestudy.common.roles import signed_in


class CreateTokenView(CoordinatorRequiredMixin, FormView):  # type: ignore[type-arg]
    """The form; then the secret, once."""

    template_name = "accounts/create_api_token.html"
    form_class = ApiTokenForm

    def form_valid(self, form: ApiTokenForm) -> HttpResponse:
        """Show the secret in the answer itself, so that it is kept nowhere."""
        token, secret = create_token(owner=signed_in(self.request), **form.cleaned_data)
        return self.render_to_response({"token": token, "secret": secret})

    @method_decorator(reauthentication_required)
    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Ask for the password first, unless that was minutes ago."""
        return super().get(request, *args, **kwargs)

    @method_decorator(reauthentication_required)
    def post(self, request: HttpRequest, *args: str, **kwargs: object) -> HttpResponse:
        """The same."""
        return super().post(request, *args, **kwargs)


class RevokeTokenView(LoginRequiredMixin, View):
    """End a token of one's own."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, token_id: int) -> HttpResponse:
        """Revoke it; somebody else's is as good as none."""
        try:
            token = revoke_token(token_id=token_id, owner=signed_in(request))
        except MissingError as error:
            raise Http404(error.message) from error
        messages.success(request, f"API token {token.name} is revoked.")
        return redirect("account")
