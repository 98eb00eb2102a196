"""Start the embedded servers for as long as a command needs them.

Several commands may share one set: each holds a shared lock while it works, and the one
that started the servers stops them only once it is the last.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from spinestudy.services import broker, postgres
from spinestudy.services.errors import ServiceError
from spinestudy.services.paths import ServicePaths, service_paths
from spinestudy.services.process import Child

ROOT = Path(__file__).resolve().parents[2]
WITHOUT_SERVERS = frozenset(
    {
        "help",
        "version",
        "--help",
        "-h",
        "--version",
        "makemessages",
        "compilemessages",
        "train_pipeline",
        "evaluate_pipeline",
    }
)


def state_dir() -> Path:
    """Where this checkout keeps databases, files and logs."""
    return Path(os.environ.get("SPINESTUDY_STATE_DIR", str(ROOT / "var")))


@contextlib.contextmanager
def services_for_command(argv: Sequence[str]) -> Iterator[None]:
    """Wrap a management command; end with one clear sentence where a server can't start."""
    command = argv[1] if len(argv) > 1 else "help"
    if command in WITHOUT_SERVERS or "--help" in argv[2:]:
        yield
        return
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(embedded_services(patient=command != "demo"))
        except (ServiceError, OSError) as error:
            sys.exit(f"spinestudy: {error}")
        yield


@contextlib.contextmanager
def embedded_services(*, patient: bool = True) -> Iterator[None]:
    """Set DATABASE_URL and BROKER_URL to embedded servers where they aren't set.

    patient: on leaving, wait for other commands that still use the servers.
    """
    if os.environ.get("DATABASE_URL") and os.environ.get("BROKER_URL"):
        yield
        return
    paths = service_paths(state_dir())
    paths.state.mkdir(parents=True, exist_ok=True)
    added: list[str] = []
    with (paths.state / "services.lock").open("a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        children = _start_missing(paths, added)
        try:
            yield
        finally:
            for name in added:
                os.environ.pop(name, None)
            if children:
                _wait_for_others(users, patient=patient)
                for child in reversed(children):
                    child.stop()


def _start_missing(paths: ServicePaths, added: list[str]) -> list[Child]:
    wanted = [
        ("DATABASE_URL", postgres.is_running, postgres.start, postgres.database_url),
        ("BROKER_URL", broker.is_running, broker.start, broker.broker_url),
    ]
    children: list[Child] = []
    with (paths.state / "start.lock").open("a") as starting:
        fcntl.flock(starting, fcntl.LOCK_EX)
        for name, is_running, start, url in wanted:
            if os.environ.get(name):
                continue
            if not is_running(paths):
                try:
                    children.append(start(paths))
                except BaseException:
                    for child in children:
                        child.stop()
                    raise
            os.environ[name] = url(paths)
            added.append(name)
    return children


def _wait_for_others(users: IO[str], *, patient: bool) -> None:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        if patient:
            sys.stderr.write("Waiting for another command that uses the same database ...\n")
            fcntl.flock(users, fcntl.LOCK_EX)
