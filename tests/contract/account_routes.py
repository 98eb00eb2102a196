"""Addresses of signing in and of one's own account, with their methods."""

from __future__ import annotations

FORM = ("get", "post", "put")
SIGN_IN = {
    "sign-in/": FORM,
    "sign-in/second-factor/": ("get", "post"),
    "sign-in/passkey/": FORM,
    "sign-in/closed/": ("get",),
    "sign-in/done/": ("get",),
    "sign-in/cancelled/": ("get",),
    "sign-in/error/": ("get",),
    "sign-in/sso/<str:provider_id>/": ("get",),
    "sign-in/sso/<str:provider_id>/callback/": ("get",),
    "sign-out/": ("get", "post"),
}
"""For whoever comes; tests/accounts say what they then get."""
FACTOR = "account/second-factor/"
ACCOUNT = {
    "account/": ("get",),
    FACTOR: ("get",),
    "account/password/": FORM,
    "account/password/new/": FORM,
    "account/sessions/end/": ("post",),
    f"{FACTOR}authenticator/": FORM,
    f"{FACTOR}authenticator/remove/": FORM,
    f"{FACTOR}passkeys/": ("get",),
    f"{FACTOR}passkeys/add/": FORM,
    f"{FACTOR}passkeys/<int:pk>/remove/": ("get", "post", "delete"),
    f"{FACTOR}passkeys/<int:pk>/name/": FORM,
    f"{FACTOR}recovery-codes/": ("get",),
    f"{FACTOR}recovery-codes/renew/": FORM,
    "account/confirm/password/": FORM,
    "account/confirm/code/": FORM,
    "account/confirm/passkey/": FORM,
    "api-tokens/<int:token_id>/revoke/": ("post",),
}
"""One's own account: everybody who is signed in, and nobody sees another's."""
