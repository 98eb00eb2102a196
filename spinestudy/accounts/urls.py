"""Addresses of accounts: django-allauth's views under our paths, and pages of our own.

Only what this site offers is listed, so that sign-up, e-mail and password reset have no address.
The names are those that django-allauth looks up.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import views as oidc
from django.urls import include, path
from django.views.generic import TemplateView

from spinestudy.accounts.pages import single_sign_on
from spinestudy.accounts.pages.account import AccountView, EndSessionsView
from spinestudy.accounts.pages.api_tokens import CreateTokenView, RevokeTokenView

SIGN_IN = [
    path("sign-in/", account.login, name="account_login"),
    path("sign-in/second-factor/", mfa.authenticate, name="mfa_authenticate"),
    path("sign-in/passkey/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("sign-in/closed/", account.account_inactive, name="account_inactive"),
    path("sign-in/done/", TemplateView.as_view(template_name="accounts/done.html"), name="done"),
    path("sign-in/cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("sign-in/error/", social.login_error, name="socialaccount_login_error"),
    path("sign-in/sso/<str:provider_id>/", single_sign_on.start, name="openid_connect_login"),
    path("sign-in/sso/<str:provider_id>/callback/", oidc.callback, name="openid_connect_callback"),
    path("sign-out/", account.logout, name="account_logout"),
]
SECOND_FACTORS = [
    path("authenticator/", totp.activate_totp, name="mfa_activate_totp"),
    path("authenticator/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("passkeys/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("passkeys/add/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path("passkeys/<int:pk>/remove/", webauthn.remove_webauthn, name="mfa_remove_webauthn"),
    path("passkeys/<int:pk>/name/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
    path("recovery-codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "recovery-codes/renew/",
        recovery_codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
]
CONFIRM = [
    path("password/", account.reauthenticate, name="account_reauthenticate"),
    path("code/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("passkey/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
]
"""Ask again who it is, before something that matters."""

page_urlpatterns = [
    *SIGN_IN,
    path("account/", AccountView.as_view(), name="account"),
    path("account/second-factor/", AccountView.as_view(), name="mfa_index"),
    path("account/password/", account.password_change, name="account_change_password"),
    path("account/password/new/", account.password_set, name="account_set_password"),
    path("account/sessions/end/", EndSessionsView.as_view(), name="end-sessions"),
    path("account/second-factor/", include(SECOND_FACTORS)),
    path("account/confirm/", include(CONFIRM)),
    path("api-tokens/create/", CreateTokenView.as_view(), name="create-api-token"),
    path("api-tokens/<int:token_id>/revoke/", RevokeTokenView.as_view(), name="revoke-api-token"),
]
