"""One process: raw routes for frames and live events, Django as WSGI in threads beside them."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "spinestudy.settings.development")

from typing import Any, cast

from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application
from django.db import connection

from spinestudy.common import asgi_routes
from spinestudy.common.sse import Hub

_django = WSGIMiddleware(cast("Any", get_wsgi_application()), workers=8)
_parameters = connection.get_connection_params()
_hub = Hub({k: v for k, v in _parameters.items() if k not in {"cursor_factory", "context"}})


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Dispatch by path."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] != "http":
        return
    elif scope["path"].startswith("/frames/"):
        await asgi_routes.frame(scope, receive, send)
    elif scope["path"].startswith("/live/"):
        await asgi_routes.live(scope, receive, send, _hub)
    else:
        await _django(scope, receive, send)


async def _lifespan(receive: Any, send: Any) -> None:
    while True:
        kind = (await receive())["type"]
        if kind == "lifespan.shutdown":
            await _hub.close()
        await send({"type": f"{kind}.complete"})
        if kind == "lifespan.shutdown":
            return
