"""Live events: one PostgreSQL LISTEN connection a process, fanned out to many watchers.

Server-sent events as of the HTML standard, section 9.2. An event carries ids only; the
watcher fetches what it shows. A watcher that can't keep up, and everyone after the
listening connection was lost, gets `resync`: fetch anew.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import defaultdict
from typing import Any, Final

import psycopg

from spinestudy.common.notify import CHANNEL

logger = logging.getLogger(__name__)
QUEUE_LENGTH: Final = 100
KEEPALIVE_S: Final = 15.0
RECONNECT_S: Final = 1.0
RESYNC: Final = b"event: resync\ndata: {}\n\n"
KEEPALIVE: Final = b": keepalive\n\n"


def encode(payload: str) -> bytes:
    """One event of the default name "message"."""
    return f"data: {payload}\n\n".encode()


class Hub:
    """Fans PostgreSQL notifications out to queues by topic."""

    def __init__(self, conninfo: dict[str, Any]) -> None:
        self._conninfo = conninfo
        self._watchers: dict[str, set[asyncio.Queue[bytes]]] = defaultdict(set)
        self._task: asyncio.Task[None] | None = None
        self._listening = asyncio.Event()

    async def watch(self, topic: str) -> asyncio.Queue[bytes]:
        """Follow a topic; the listening connection starts with the first watcher."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._listen_forever())
        queue: asyncio.Queue[bytes] = asyncio.Queue(QUEUE_LENGTH)
        self._watchers[topic].add(queue)
        return queue

    async def wait_until_listening(self, timeout_s: float) -> bool:
        """Whether notifications arrive from now on."""
        try:
            await asyncio.wait_for(self._listening.wait(), timeout_s)
        except TimeoutError:
            return False
        return True

    def leave(self, topic: str, queue: asyncio.Queue[bytes]) -> None:
        """Stop following."""
        self._watchers[topic].discard(queue)
        if not self._watchers[topic]:
            del self._watchers[topic]

    async def close(self) -> None:
        """End the listening connection."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _listen_forever(self) -> None:
        lost = False
        while True:
            try:
                connection = await psycopg.AsyncConnection.connect(
                    **self._conninfo, autocommit=True
                )
                async with connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    self._listening.set()
                    if lost:
                        self._tell_all(RESYNC)
                    async for notice in connection.notifies():
                        self._dispatch(notice.payload)
            except (psycopg.Error, OSError) as error:
                lost = True
                self._listening.clear()
                logger.warning("live events: the database connection is lost: %s", error)
            await asyncio.sleep(RECONNECT_S)

    def _dispatch(self, payload: str) -> None:
        topic = str(json.loads(payload).get("topic", ""))
        for queue in self._watchers.get(topic, ()):
            _put(queue, encode(payload))

    def _tell_all(self, event: bytes) -> None:
        for queues in self._watchers.values():
            for queue in queues:
                _put(queue, event)


def _put(queue: asyncio.Queue[bytes], event: bytes) -> None:
    """Add an event; a full queue is emptied and told to fetch anew."""
    if queue.full():
        while not queue.empty():
            queue.get_nowait()
        event = RESYNC
    queue.put_nowait(event)
