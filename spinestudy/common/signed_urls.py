"""Signed URLs for pixels and tokens for live topics.

Django issues them after its permission check; the raw ASGI routes only verify. The expiry
is rounded so that a URL stays the same for hours and the browser's cache can hold it.
"""

from __future__ import annotations

import hashlib
import hmac
import time

from django.conf import settings


def _signature(purpose: str, value: str, expires_s: int) -> str:
    text = f"{purpose}\n{value}\n{expires_s}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), text, hashlib.sha256).hexdigest()[:32]


def sign(purpose: str, value: str, *, max_age_s: int) -> str:
    """A token of the form "expires-signature", valid between one and two times max_age_s."""
    expires_s = (int(time.time()) // max_age_s + 2) * max_age_s
    return f"{expires_s}-{_signature(purpose, value, expires_s)}"


def is_valid(purpose: str, value: str, token: str) -> bool:
    """Whether the token was made for this purpose and value and hasn't expired."""
    expires, _, signature = token.partition("-")
    if not expires.isdigit() or int(expires) < time.time():
        return False
    return hmac.compare_digest(signature, _signature(purpose, value, int(expires)))


def frame_url(pixel_path: str) -> str:
    """The address of one frame's pixels, for a person who may see them."""
    token = sign("frame", pixel_path, max_age_s=settings.FRAME_URL_MAX_AGE_S)
    return f"/frames/{token}/{pixel_path}"


def live_url(topic: str) -> str:
    """The address of the event stream of one topic, for a person who may follow it."""
    token = sign("live", topic, max_age_s=settings.LIVE_TOKEN_MAX_AGE_S)
    return f"/live/{token}/{topic}"
