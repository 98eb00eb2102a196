"""Forms of accounts, with this site's words."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ReauthenticateForm,
    SetPasswordForm,
    SignupForm,
)
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateByCodeForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from spinestudy.accounts.services.api_tokens import LONGEST_DAYS
from spinestudy.common.token_scopes import SCOPES


def _in_our_words(form: forms.Form, **labels: str) -> None:
    for name, label in labels.items():
        field = form.fields[name]
        field.label, field.help_text = label, ""
        field.widget.attrs.pop("placeholder", None)


class SignInForm(LoginForm):  # type: ignore[misc]
    """Name and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _in_our_words(self, login="Name", password="Password")  # noqa: S106 - a label
        self.fields["login"].widget.attrs["autofocus"] = True


def _new_password(form: forms.Form, **labels: str) -> None:
    new = {"password1": "New password", "password2": "New password again"}
    _in_our_words(form, **labels, **new)
    form.fields[
        "password1"
    ].help_text = "12 characters or more, none of the common ones. A few random words do well."


class PasswordForm(ChangePasswordForm):  # type: ignore[misc]
    """The password now, and the new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _new_password(self, oldpassword="Password now")


class FirstPasswordForm(SetPasswordForm):  # type: ignore[misc]
    """A password for somebody who has had none: single sign-on only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _new_password(self)


class InvitedAccountForm(SignupForm):  # type: ignore[misc]
    """Name and password of somebody who was invited; nobody else can make an account."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _new_password(self, username="Name")
        self.fields["password1"].label = "Password"
        self.fields["password2"].label = "Password again"


class ConfirmPasswordForm(ReauthenticateForm):  # type: ignore[misc]
    """The password, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _in_our_words(self, password="Password")  # noqa: S106 - a label


class CodeForm(AuthenticateForm):  # type: ignore[misc]
    """A code of the authenticator app, or a recovery code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _in_our_words(self, code="Code")


class ConfirmCodeForm(ReauthenticateByCodeForm):  # type: ignore[misc]
    """The same, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _in_our_words(self, code="Code")


class AddAuthenticatorForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new authenticator app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _in_our_words(self, code="Code")


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """What to call it; every one can sign in by itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].initial = True
        self.fields["passwordless"].widget = forms.HiddenInput()
        self.fields["name"].help_text = "So that you can tell it apart, such as the device's name."


class ApiTokenForm(forms.Form):
    """Name, scopes and validity of a new API token."""

    name = forms.CharField(max_length=80, help_text="Which program uses it, and where.")
    scopes = forms.MultipleChoiceField(
        choices=[(scope, f"{words} ({scope})") for scope, words in SCOPES.items()],
        widget=forms.CheckboxSelectMultiple,
        label="May",
        help_text="Never more than you may do yourself.",
    )
    days = forms.IntegerField(
        label="Valid for days",
        initial=90,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_DAYS)],
    )
