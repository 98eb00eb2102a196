"""Settings of sign-in: django-allauth, sessions, second factors, single sign-on."""

from __future__ import annotations

from typing import Any

import environ

env = environ.Env()

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"

ACCOUNT_ADAPTER = "spinestudy.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_FORMS = {
    "login": "spinestudy.accounts.pages.forms.SignInForm",
    "change_password": "spinestudy.accounts.pages.forms.PasswordForm",
    "set_password": "spinestudy.accounts.pages.forms.FirstPasswordForm",
    "reauthenticate": "spinestudy.accounts.pages.forms.ConfirmPasswordForm",
}
ACCOUNT_RATE_LIMITS = {
    "login": env("SIGN_IN_LIMIT", default="60/m/ip"),
    "login_failed": env("SIGN_IN_FAILED_LIMIT", default="30/5m/ip,5/5m/key"),
    "reauthenticate": "10/5m/user",
    "change_password": "5/5m/user",
    "signup": "20/m/ip",
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)

MFA_ADAPTER = "spinestudy.accounts.adapters.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = env("SITE_NAME", default="SpineStudy")
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "spinestudy.accounts.pages.forms.CodeForm",
    "reauthenticate": "spinestudy.accounts.pages.forms.ConfirmCodeForm",
    "activate_totp": "spinestudy.accounts.pages.forms.AddAuthenticatorForm",
    "add_webauthn": "spinestudy.accounts.pages.forms.AddPasskeyForm",
}
# Names of groups, `administrators`, or `everyone`.
SECOND_FACTOR_REQUIRED_FOR = env.list("SECOND_FACTOR_REQUIRED_FOR", default=[])

SESSION_IDLE_S = env.int("SESSION_IDLE_S", default=3600)
SESSION_LIFETIME_S = env.int("SESSION_LIFETIME_S", default=12 * 3600)
SESSION_COOKIE_AGE = SESSION_IDLE_S
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

OIDC_ISSUER = env("OIDC_ISSUER", default="")
OIDC_MATCH = env("OIDC_MATCH", default="email")
SOCIALACCOUNT_ADAPTER = "spinestudy.accounts.adapters.SingleSignOnAdapter"
# A form that ends at another host is against our content security policy; a link isn't.
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"


def _single_sign_on() -> list[dict[str, Any]]:
    if not OIDC_ISSUER:
        return []
    return [
        {
            "provider_id": "oidc",
            "name": env("OIDC_NAME", default="single sign-on"),
            "client_id": env("OIDC_CLIENT_ID"),
            "secret": env("OIDC_CLIENT_SECRET"),
            "settings": {"server_url": OIDC_ISSUER, "oauth_pkce_enabled": True},
        }
    ]


SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": _single_sign_on()}}
