"""A small OpenID Connect provider on loopback: real HTTP, signed tokens, PKCE checked.

It signs in whoever `identity` says, without a page. OpenID Connect Core 1.0, section 3.1.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID = "spinestudy"
CLIENT_SECRET = "a secret of the test"
WELL_KNOWN = "/.well-known/openid-configuration"


class Provider(ThreadingHTTPServer):
    """Its state: who is signed in there, and which codes it has given out."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.identity: dict[str, Any] = {}
        self.error = ""
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[str] = []
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def id_token(self, nonce: str | None) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300}
        extra = {"nonce": nonce} if nonce else {}
        return jwt.encode({**claims, **self.identity, **extra}, self.key, "RS256", {"kid": "1"})


class _Handler(BaseHTTPRequestHandler):
    server: Provider

    def log_message(self, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        self.server.asked.append(url.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        match url.path:
            case "/.well-known/openid-configuration":
                self._json(self._configuration())
            case "/authorize":
                self._authorize(query)
            case "/userinfo":
                self._json(self.server.identity)
            case "/jwks":
                key = jwt.algorithms.RSAAlgorithm.to_jwk(self.server.key.public_key(), True)
                self._json({"keys": [{**key, "kid": "1", "use": "sig", "alg": "RS256"}]})
            case _:
                self._json({}, 404)

    def _configuration(self) -> dict[str, Any]:
        base = self.server.issuer
        return {
            "issuer": base,
            "authorization_endpoint": f"{base}/authorize",
            "token_endpoint": f"{base}/token",
            "userinfo_endpoint": f"{base}/userinfo",
            "jwks_uri": f"{base}/jwks",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def _authorize(self, query: dict[str, str]) -> None:
        answer = {"state": query["state"]}
        if self.server.error:
            answer["error"] = self.server.error
        else:
            answer["code"] = secrets.token_urlsafe(16)
            self.server.codes[answer["code"]] = query
        self.send_response(302)
        self.send_header("Location", f"{query['redirect_uri']}?{urlencode(answer)}")
        self.end_headers()

    def do_POST(self) -> None:
        self.server.asked.append(self.path)
        length = int(self.headers["Content-Length"])
        form = {n: v[0] for n, v in parse_qs(self.rfile.read(length).decode()).items()}
        asked = self.server.codes.pop(form.get("code", ""), None)
        challenge = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        is_right = (
            asked is not None
            and form["client_secret"] == CLIENT_SECRET
            and form["redirect_uri"] == asked["redirect_uri"]
            and base64.urlsafe_b64encode(challenge).decode().rstrip("=") == asked["code_challenge"]
        )
        if not is_right or asked is None:
            self._json({"error": "invalid_grant"}, 400)
            return
        token = self.server.id_token(asked.get("nonce"))
        self._json({"access_token": "x", "token_type": "Bearer", "id_token": token})

    def _json(self, body: Any, status: int = 200) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


@contextmanager
def running_provider() -> Iterator[Provider]:
    provider = Provider()
    thread = threading.Thread(target=provider.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        provider.shutdown()
        provider.server_close()
        thread.join()
