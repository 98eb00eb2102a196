"""Signing in as a person does, through the page, over Django's test client."""

from __future__ import annotations

import base64
import hmac
import re
import struct
import time
from typing import Any

from django.test import Client

from tests.personas import PASSWORD


def sign_in(username: str, password: str = PASSWORD, *, after: str = "", client: Any = None) -> Any:
    """Post name and password; return the client with its last answer as `.answer`."""
    client = client or Client()
    address = f"/sign-in/?next={after}" if after else "/sign-in/"
    page = client.get(address).content.decode()
    fields = dict(re.findall(r'<input type="hidden" name="(next)" value="([^"]*)"', page))
    client.answer = client.post("/sign-in/", {"login": username, "password": password, **fields})
    return client


def confirm(client: Client, password: str = PASSWORD) -> None:
    """Say again who it is, as pages ask before something that matters."""
    client.post("/account/confirm/password/", {"password": password})


def totp(secret: str, at_s: float | None = None) -> str:
    """The code of an authenticator app (RFC 6238, 30 s, SHA-1, six digits)."""
    counter = int((time.time() if at_s is None else at_s) // 30)
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", counter), "sha1").digest()
    offset = digest[-1] & 15
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**6:06d}"


def add_authenticator(client: Client) -> tuple[str, list[str]]:
    """Set an authenticator app up through the pages; return its secret and the recovery codes."""
    confirm(client)
    page = client.get("/account/second-factor/authenticator/").content.decode()
    secret = re.findall(r'id="totp-secret">(\w+)<', page)[0]
    answer = client.post("/account/second-factor/authenticator/", {"code": totp(secret)})
    assert answer["Location"] == "/account/second-factor/recovery-codes/"
    codes = re.findall(r"<li><code>(\d+)</code>", client.get(answer["Location"]).content.decode())
    return secret, codes
