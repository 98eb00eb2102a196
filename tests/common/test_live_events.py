"""Live events and frames over the raw ASGI routes, against a real server process."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from spinestudy.common.notify import CHANNEL
from spinestudy.common.signed_urls import frame_url, live_url
from tests.site import free_port

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A web server process of the product, on the test run's database server."""
    port = free_port()
    log = tmp_path_factory.mktemp("web") / "web.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "spinestudy.asgi:application"]
            + ["--port", str(port), "--timeout-graceful-shutdown", "2"],
            cwd=ROOT,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "spinestudy.settings.testing"},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    deadline = time.monotonic() + 120
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
    yield port
    process.terminate()
    assert process.wait(60) is not None


def _get(port: int, path: str) -> http.client.HTTPResponse:
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    client.request("GET", path)
    return client.getresponse()


def _server_database() -> psycopg.Connection:
    """The database that the server process listens on, not the tests' own."""
    return psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)


def _send(topic: str, **data: object) -> None:
    with _server_database() as database:
        payload = json.dumps({"topic": topic, **data})
        database.execute("SELECT pg_notify(%s, %s)", [CHANNEL, payload])


def _next_event(stream: http.client.HTTPResponse) -> tuple[str, str]:
    event = "message"
    while True:
        line = stream.readline().decode().rstrip("\n")
        if line.startswith("event: "):
            event = line.removeprefix("event: ")
        if line.startswith("data: "):
            return event, line.removeprefix("data: ")


def test_a_watcher_gets_the_events_of_its_topic_only(port: int) -> None:
    stream = _get(port, live_url("reader-study-1"))
    assert stream.getheader("content-type") == "text/event-stream"
    _send("reader-study-2", reading=1)
    _send("reader-study-1", reading=2)
    event, data = _next_event(stream)
    assert (event, json.loads(data)) == ("message", {"topic": "reader-study-1", "reading": 2})


def test_after_a_lost_listening_connection_watchers_are_told_to_fetch_anew(port: int) -> None:
    stream = _get(port, live_url("reader-study-3"))
    with _server_database() as database:
        database.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE query LIKE 'LISTEN%' AND pid <> pg_backend_pid()"
        )
    assert _next_event(stream)[0] == "resync"
    _send("reader-study-3", reading=9)
    assert json.loads(_next_event(stream)[1])["reading"] == 9


@pytest.mark.parametrize(
    "path",
    ["/live/1-abc/reader-study-1", "/live/99999999999-00/reader-study-1", "/live/x"],
)
def test_an_unsigned_live_address_is_refused(port: int, path: str) -> None:
    assert _get(port, path).status == 403


def test_a_signature_holds_for_its_own_topic_only(port: int) -> None:
    address = live_url("reader-study-1").replace("reader-study-1", "reader-study-2")
    assert _get(port, address).status == 403


@pytest.fixture
def stored_frame() -> Iterator[tuple[str, bytes]]:
    pixels = bytes(range(256)) * 4
    path = Path(settings.STORAGE_ROOT) / "frames" / "live-test" / "1.raw.gz"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(pixels))
    yield "frames/live-test/1.raw.gz", pixels
    path.unlink()


def test_a_frame_comes_as_stored_and_may_be_cached(
    port: int, stored_frame: tuple[str, bytes]
) -> None:
    path, pixels = stored_frame
    response = _get(port, frame_url(path))
    assert gzip.decompress(response.read()) == pixels
    assert response.getheader("content-encoding") == "gzip"
    assert "immutable" in str(response.getheader("cache-control"))


@pytest.mark.parametrize("value", ["../secret_key", "frames/../../secret_key", "/etc/passwd"])
def test_a_frame_address_never_leaves_the_storage(port: int, value: str) -> None:
    assert _get(port, frame_url(value)).status in (403, 404)


def test_an_unsigned_frame_address_is_refused(port: int, stored_frame: tuple[str, bytes]) -> None:
    assert _get(port, f"/frames/9999999999-{'0' * 32}/{stored_frame[0]}").status == 403


def test_many_watchers_leave_and_the_server_still_answers(port: int) -> None:
    streams = [_get(port, live_url("reader-study-5")) for _ in range(30)]
    _send("reader-study-5", reading=1)
    assert {json.loads(_next_event(stream)[1])["reading"] for stream in streams} == {1}
    for stream in streams:
        stream.close()
    assert _get(port, "/api/v1/health/").status == 200


def test_the_web_process_has_imported_neither_torch_nor_monai(port: int) -> None:
    """Look at the code: which modules does the server's application bring in?"""
    script = (
        "import os, sys\n"
        "os.environ['DJANGO_SETTINGS_MODULE'] = 'spinestudy.settings.testing'\n"
        "import spinestudy.asgi\n"
        "from django.urls import get_resolver\n"
        "get_resolver().url_patterns\n"
        "print(sorted({'torch', 'monai'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
    pids = subprocess.run(
        ["pgrep", "-f", f"uvicorn spinestudy.asgi:application --port {port}"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split()
    assert pids
    maps = Path(f"/proc/{pids[0]}/maps").read_text()
    assert "libtorch" not in maps


def test_a_notification_waits_for_the_commit(port: int) -> None:
    """pg_notify inside a transaction that is rolled back tells nobody."""
    stream = _get(port, live_url("reader-study-6"))
    heard: list[str] = []
    thread = threading.Thread(target=lambda: heard.append(_next_event(stream)[1]), daemon=True)
    thread.start()
    with psycopg.connect(os.environ["DATABASE_URL"]) as database:
        payload = json.dumps({"topic": "reader-study-6", "reading": 1})
        database.execute("SELECT pg_notify(%s, %s)", [CHANNEL, payload])
        database.rollback()
    _send("reader-study-6", reading=2)
    thread.join(60)
    assert json.loads(heard[0])["reading"] == 2
