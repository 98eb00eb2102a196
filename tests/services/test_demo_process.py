"""`manage.py demo` as a process: it stops what it started, heals after a kill, and says why not."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import psutil
import pytest

from tests.site import ROOT, RunningSite

pytestmark = pytest.mark.e2e


@pytest.fixture
def small_site() -> Iterator[RunningSite]:
    """A demonstration of two exams."""
    site = RunningSite(arguments=("--exams", "2"), draws_anew=True)
    yield site
    for process in processes_of(site):
        process.kill()
    site.remove()


def processes_of(site: RunningSite) -> list[psutil.Process]:
    """Every process of this user that works for this site."""
    found = []
    for process in psutil.process_iter():
        try:
            command = " ".join(process.cmdline())
            of_site = process.environ().get("SPINESTUDY_STATE_DIR") == str(site.state)
        except (psutil.Error, OSError):
            continue
        is_server = re.search(r"demo|uvicorn|celery", command) and of_site
        if is_server or (str(site.state) in command and process.pid != os.getpid()):
            found.append(process)
    return found


def wait_until_none(site: RunningSite, timeout_s: float = 90) -> None:
    deadline = time.monotonic() + timeout_s
    while alive := [p for p in processes_of(site) if p.status() != psutil.STATUS_ZOMBIE]:
        assert time.monotonic() < deadline, [p.cmdline() for p in alive]
        time.sleep(0.2)


def seconds_of_setting_up(site: RunningSite) -> list[float]:
    """How long each start so far has drawn, imported and read."""
    found = re.findall(r"demonstration +ready in +([\d.]+) s", site.log.read_text())
    return [float(one) for one in found]


def stored_files(site: RunningSite) -> dict[str, int]:
    """When each image file was written."""
    files = (path for path in (site.state / "storage").rglob("*") if path.is_file())
    return {str(path): path.stat().st_mtime_ns for path in files}


def test_ctrl_c_stops_every_process_and_the_next_start_takes_a_fraction(
    small_site: RunningSite,
) -> None:
    """A second start draws and imports nothing; how many seconds that is, `make bench` tells."""
    small_site.start()
    names = " ".join(" ".join(p.cmdline()) for p in processes_of(small_site))
    assert all(word in names for word in ("uvicorn", "default@", "inference@", "valkey"))
    assert small_site.stop(signal.SIGINT) == 0
    wait_until_none(small_site)
    made = stored_files(small_site)
    assert made
    small_site.start()
    first_s, second_s = seconds_of_setting_up(small_site)
    assert second_s < first_s / 10
    assert stored_files(small_site) == made
    small_site.stop(signal.SIGTERM)
    wait_until_none(small_site)


def test_after_a_kill_nothing_is_left_and_the_next_start_is_clean(
    small_site: RunningSite,
) -> None:
    small_site.start()
    small_site.stop(signal.SIGKILL)
    wait_until_none(small_site)
    small_site.start()
    assert small_site.stop() == 0


def test_a_start_that_was_killed_in_the_middle_goes_on(small_site: RunningSite) -> None:
    with small_site.log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "demo", "--port", str(small_site.port), "--exams", "2"],
            cwd=ROOT,
            env=small_site.environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    while "synthetic exams, readers" not in small_site.log.read_text():
        assert process.poll() is None, small_site.log.read_text()
        time.sleep(0.1)
    time.sleep(1)
    process.kill()
    process.wait()
    small_site.start()
    text = small_site.manage(
        "shell",
        "--no-imports",
        "-c",
        "from annotations.models import Case; print('cases', Case.objects.count())",
    )
    assert "cases 6" in text  # two exams, each in three reader studies
    small_site.stop()


def test_a_taken_port_gets_one_clear_sentence(small_site: RunningSite) -> None:
    with socket.create_server(("127.0.0.1", small_site.port)):
        done = subprocess.run(
            [sys.executable, "manage.py", "demo", "--port", str(small_site.port)],
            cwd=ROOT,
            env=small_site.environment,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode != 0
    assert f"Port {small_site.port} of 127.0.0.1 can't be used" in done.stderr
    assert "Traceback" not in done.stderr
    wait_until_none(small_site)
