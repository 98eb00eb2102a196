"""Where the embedded servers keep their things. Standard library only."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from spinestudy.services.errors import ServiceError

UNIX_SOCKET_PATH_LIMIT = 100  # sun_path holds 108 bytes; the servers append a file name
LEAST_FREE_BYTES = 400 * 1024 * 1024
SYSTEM_ROOT = Path("/var/lib/spinestudy")


@dataclass(frozen=True)
class ServicePaths:
    """Directories of one set of embedded servers, all 0700."""

    state: Path
    postgres_data: Path
    postgres_socket: Path
    broker: Path
    broker_socket: Path


def _short(directory: Path, name: str) -> Path:
    """The directory itself, or a short private one where its path is too long for a socket."""
    if len(str(directory / name)) <= UNIX_SOCKET_PATH_LIMIT:
        return directory
    digest = hashlib.sha256(str(directory).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"spinestudy-{os.getuid()}-{digest}"


def service_paths(state: Path) -> ServicePaths:
    """The directories that belong to a state directory.

    PostgreSQL refuses to run as root. There its data lie below /var/lib/spinestudy,
    owned by nobody, so that nothing outside that directory changes its permissions.
    """
    state = state.resolve()
    if os.geteuid() == 0:
        digest = hashlib.sha256(str(state).encode()).hexdigest()[:12]
        data = SYSTEM_ROOT / digest / "postgres"
    else:
        data = state / "postgres"
    broker = state / "broker"
    return ServicePaths(
        state=state,
        postgres_data=data,
        postgres_socket=_short(data, ".s.PGSQL.5432"),
        broker=broker,
        broker_socket=_short(broker, "valkey.sock") / "valkey.sock",
    )


def require_free_space(directory: Path) -> None:
    """Raise ServiceError where the disk is nearly full."""
    free = shutil.disk_usage(directory).free
    if free < LEAST_FREE_BYTES:
        raise ServiceError(
            f"The disk that holds {directory} has only {free // 2**20} MB left; "
            f"free at least {LEAST_FREE_BYTES // 2**20} MB, then start again."
        )
