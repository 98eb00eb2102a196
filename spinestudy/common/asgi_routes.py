"""The two raw ASGI routes: pixels of a frame and live events, both by signed URL.

Django's own ASGI handler costs several milliseconds a request; these routes see many
thousands a day and need only a signature check (ADR 0001).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from spinestudy.common import signed_urls, sse

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

FRAME_PATH: Final = re.compile(r"^/frames/(?P<token>[0-9]+-[0-9a-f]+)/(?P<value>[\w./-]+)$")
LIVE_PATH: Final = re.compile(r"^/live/(?P<token>[0-9]+-[0-9a-f]+)/(?P<value>[\w-]+)$")


def _headers(*pairs: tuple[str, str]) -> list[tuple[bytes, bytes]]:
    policy = ("content-security-policy", settings.CONTENT_SECURITY_POLICY)
    always = (policy, ("x-content-type-options", "nosniff"), ("referrer-policy", "same-origin"))
    return [(key.encode(), value.encode()) for key, value in (*always, *pairs)]


async def answer(send: Send, status: int, text: str) -> None:
    """A short text answer."""
    pairs = (("content-type", "text/plain; charset=utf-8"), ("cache-control", "no-store"))
    await send({"type": "http.response.start", "status": status, "headers": _headers(*pairs)})
    await send({"type": "http.response.body", "body": text.encode()})


def _signed_value(scope: Scope, pattern: re.Pattern[str], purpose: str) -> str | None:
    match = pattern.match(scope["path"])
    if match is None or not signed_urls.is_valid(purpose, match["value"], match["token"]):
        return None
    return match["value"]


async def frame(scope: Scope, receive: Receive, send: Send) -> None:
    """Send the stored pixels of one frame, compressed as they lie on disk."""
    value = _signed_value(scope, FRAME_PATH, "frame")
    if value is None:
        await answer(send, 403, "This image address has expired. Reload the page.")
        return
    root = Path(settings.STORAGE_ROOT).resolve()
    path = (root / value).resolve()
    if not path.is_relative_to(root) or scope["method"] not in ("GET", "HEAD"):
        await answer(send, 404, "There is no such image.")
        return
    try:
        body = await asyncio.to_thread(path.read_bytes)
    except OSError:
        await answer(send, 404, "The stored pixels of this image are missing.")
        return
    headers = _headers(
        ("content-type", "application/octet-stream"),
        ("content-encoding", "gzip"),
        ("content-length", str(len(body))),
        ("cache-control", "private, max-age=31536000, immutable"),
    )
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


async def live(scope: Scope, receive: Receive, send: Send, hub: sse.Hub) -> None:
    """Send the events of one topic until the watcher leaves."""
    topic = _signed_value(scope, LIVE_PATH, "live")
    if topic is None:
        await answer(send, 403, "This live address has expired. Reload the page.")
        return
    queue = await hub.watch(topic)
    leaving = asyncio.create_task(_until_disconnect(receive))
    headers = _headers(
        ("content-type", "text/event-stream"),
        ("cache-control", "no-store"),
        ("x-accel-buffering", "no"),
    )
    try:
        await hub.wait_until_listening(5.0)
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await _body(send, b"retry: 1000\n\n" + sse.KEEPALIVE)
        while not leaving.done():
            event = asyncio.create_task(queue.get())
            done, _ = await asyncio.wait(
                {event, leaving},
                timeout=sse.KEEPALIVE_S,
                return_when=asyncio.FIRST_COMPLETED,
            )
            if event in done:
                await _body(send, event.result())
            else:
                event.cancel()
                if leaving not in done:
                    await _body(send, sse.KEEPALIVE)
    except OSError:
        pass  # the watcher left in the middle of an event
    finally:
        leaving.cancel()
        hub.leave(topic, queue)


async def _body(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _until_disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
