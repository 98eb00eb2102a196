"""The processes of the site: web server and workers, watched until one ends or we stop."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

from spinestudy.services.errors import ServiceError
from spinestudy.services.process import Child

START_TIMEOUT_S = 60.0
TICK_S = 15.0


def require_free_port(port: int, host: str = "127.0.0.1") -> None:
    """Raise ServiceError where something listens there already."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ServiceError(
                f"Port {port} of {host} can't be used ({error.strerror}). "
                f"Stop what listens there, or choose another: DEMO_PORT={port + 1} make demo"
            ) from error


def has_torch() -> bool:
    """Whether this installation can run AI, without importing it."""
    return find_spec("torch") is not None and find_spec("monai") is not None


class Site:
    """Web server and workers of one site. Use as a context manager."""

    def __init__(self, *, root: Path, logs: Path, port: int, host: str = "127.0.0.1") -> None:
        self._root = root
        self._logs = logs
        self._host = host
        self._port = port
        self._children: list[Child] = []

    @property
    def address(self) -> str:
        """Where to point a browser."""
        return f"http://{self._host}:{self._port}"

    def _start(
        self,
        name: str,
        arguments: Sequence[str],
        *,
        stop_signal: signal.Signals,
        death_signal: signal.Signals | None = None,
        **extra: str,
    ) -> None:
        self._children.append(
            Child(
                name,
                [sys.executable, "-m", *arguments],
                log=self._logs / f"{name}.log",
                stop_signal=stop_signal,
                death_signal=death_signal,
                environment={**os.environ, **extra},
                working_directory=self._root,
            )
        )

    def start_worker(self, queue: str) -> None:
        """One Celery worker of one queue; SIGQUIT ends it softly within seconds.

        When we are killed its broker dies too, and a soft end would wait for it for ever:
        then the kernel kills it, and the lease of its job runs out.
        """
        arguments = ["celery", "-A", "spinestudy.celery", "worker", "-Q", queue]
        arguments += ["-P", "prefork", "-c", "1", "-n", f"{queue}@%h", "-l", "INFO"]
        self._start(
            f"worker-{queue}",
            [*arguments, "--without-mingle", "--without-gossip"],
            stop_signal=signal.SIGQUIT,
            death_signal=signal.SIGKILL,
            OMP_NUM_THREADS="1",
        )

    def start_web(self) -> None:
        """The web server; returns once it answers."""
        self._start(
            "web",
            ["uvicorn", "spinestudy.asgi:application", "--host", self._host]
            + ["--port", str(self._port), "--timeout-graceful-shutdown", "2", "--no-access-log"],
            stop_signal=signal.SIGTERM,
        )
        web = self._children[-1]
        deadline = time.monotonic() + START_TIMEOUT_S
        while True:
            if web.exit_code is not None or time.monotonic() > deadline:
                raise ServiceError(f"The web server did not start:\n{web.log_tail()}")
            try:
                urllib.request.urlopen(  # noqa: S310 - our own loopback address
                    f"{self.address}/api/v1/health/", timeout=5
                ).close()
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
            else:
                return

    def wait(self, stop: threading.Event, tick: Callable[[], None]) -> None:
        """Return when asked to stop; raise ServiceError when a process ends by itself.

        tick is called every 15 s: what a beat would do.
        """
        next_tick_s = time.monotonic() + TICK_S
        while not stop.wait(0.5):
            if time.monotonic() >= next_tick_s:
                tick()
                next_tick_s = time.monotonic() + TICK_S
            for child in self._children:
                if child.exit_code is not None:
                    raise ServiceError(
                        f"{child.name} ended by itself (code {child.exit_code}); its last "
                        f"lines, of {child.log}:\n{child.log_tail()}"
                    )

    def __enter__(self) -> Site:
        return self

    def __exit__(self, *exception: object) -> None:
        for child in self._children:
            child.ask_to_stop()
        for child in self._children:
            child.stop(timeout_s=12)
