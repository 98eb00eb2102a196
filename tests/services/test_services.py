"""The embedded servers: started on demand, shared, stopped with their owner."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from spinestudy.services import broker, postgres
from spinestudy.services.errors import ServiceError
from spinestudy.services.paths import ServicePaths, service_paths
from spinestudy.services.site import require_free_port

ROOT = Path(__file__).resolve().parents[2]
HOLD = """
import sys, time
from spinestudy.services.on_demand import embedded_services
with embedded_services(patient=False):
    print("up", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def paths(tmp_path: Path) -> Iterator[ServicePaths]:
    found = service_paths(tmp_path / "state")
    yield found
    if not found.postgres_data.is_relative_to(tmp_path):
        shutil.rmtree(found.postgres_data.parent, ignore_errors=True)


def _environment(paths: ServicePaths) -> dict[str, str]:
    env = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "BROKER_URL"}}
    return {**env, "SPINESTUDY_STATE_DIR": str(paths.state)}


def _holder(paths: ServicePaths) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD],
        cwd=ROOT,
        env=_environment(paths),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    return process


def _wait_until_down(paths: ServicePaths) -> None:
    deadline = time.monotonic() + 90
    while postgres.is_running(paths) or broker.is_running(paths):
        assert time.monotonic() < deadline, "a server outlived its owner"
        time.sleep(0.1)


def test_data_survive_a_kill_and_the_next_start_is_clean(paths: ServicePaths) -> None:
    first = _holder(paths)
    with psycopg.connect(postgres.database_url(paths)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    first.kill()
    first.wait()
    _wait_until_down(paths)
    second = _holder(paths)
    with psycopg.connect(postgres.database_url(paths)) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
    second.send_signal(signal.SIGINT)
    second.wait()
    _wait_until_down(paths)


def test_a_second_command_shares_the_running_servers(paths: ServicePaths) -> None:
    owner = _holder(paths)
    guest = _holder(paths)
    guest.kill()
    guest.wait()
    time.sleep(0.5)
    assert postgres.is_running(paths)
    assert broker.is_running(paths)
    owner.send_signal(signal.SIGINT)
    owner.wait()
    _wait_until_down(paths)


def test_sorting_does_not_depend_on_the_machine(paths: ServicePaths) -> None:
    holder = _holder(paths)
    with psycopg.connect(postgres.database_url(paths)) as connection:
        row = connection.execute(
            "SELECT datlocprovider, datcollate FROM pg_database WHERE datname = 'spinestudy'"
        ).fetchone()
    holder.kill()
    holder.wait()
    _wait_until_down(paths)
    assert row is not None


def test_nothing_but_the_owner_may_enter_the_directories(paths: ServicePaths) -> None:
    holder = _holder(paths)
    modes = [p.stat().st_mode & 0o077 for p in (paths.postgres_data, paths.broker)]
    holder.kill()
    holder.wait()
    _wait_until_down(paths)
    assert modes == [0, 0]


def test_a_database_of_another_version_is_left_alone(paths: ServicePaths) -> None:
    paths.postgres_data.mkdir(parents=True)
    (paths.postgres_data / "PG_VERSION").write_text("9\n")
    with pytest.raises(ServiceError, match="was made by PostgreSQL 9"):
        postgres.start(paths)
    assert (paths.postgres_data / "PG_VERSION").read_text() == "9\n"


def test_a_full_disk_is_told_in_one_sentence(
    paths: ServicePaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=10 * 2**20))
    with pytest.raises(ServiceError, match="only 10 MB left"):
        postgres.start(paths)


def test_a_taken_port_is_told_in_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServiceError, match=f"Port {port} .* can't be used"):
            require_free_port(port)


def test_urls_in_the_environment_replace_the_embedded_servers(paths: ServicePaths) -> None:
    """manage.py uses what is configured and starts nothing of its own."""
    env = _environment(paths) | {
        "DATABASE_URL": os.environ["DATABASE_URL"],
        "BROKER_URL": os.environ["BROKER_URL"],
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--database", "default"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not (paths.state / "logs").exists()


def test_a_command_starts_the_servers_on_demand_and_stops_them(paths: ServicePaths) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "showmigrations", "--plan"],
        cwd=ROOT,
        env=_environment(paths),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "audit.0001" in done.stdout
    _wait_until_down(paths)
