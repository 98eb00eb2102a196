"""The whole product as a newcomer starts it, for browser tests and benchmarks."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from spinestudy.services.paths import service_paths

ROOT = Path(__file__).resolve().parents[1]


def free_port() -> int:
    """A port that nothing listens on, of those that the system gives to no connection by itself.

    Between now and the start of the server it could give away any other.
    """
    while True:
        port = secrets.choice(range(20_000, 32_000))
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


class RunningSite:
    """`manage.py demo` in a state directory of its own."""

    def __init__(
        self,
        state: Path | None = None,
        *,
        arguments: tuple[str, ...] = (),
        draws_anew: bool = False,
    ) -> None:
        self.kept_phantoms = "" if draws_anew else str(ROOT / "build" / "phantoms")
        self.state = state or Path(tempfile.mkdtemp(prefix="spinestudy-site-"))
        self.port = free_port()
        self.arguments = arguments
        self.log = self.state / "demo.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        own = {"DATABASE_URL", "BROKER_URL", "SPINESTUDY_STORAGE_ROOT", "DJANGO_SETTINGS_MODULE"}
        env = {key: value for key, value in os.environ.items() if key not in own}
        return {
            **env,
            "SPINESTUDY_STATE_DIR": str(self.state),
            "SPINESTUDY_KEPT_PHANTOMS": self.kept_phantoms,
            "PYTHONUNBUFFERED": "1",
        }

    def start(self, timeout_s: float = 600) -> float:
        """Start; return the seconds until the first page came."""
        began = time.monotonic()
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "demo", "--port", str(self.port), *self.arguments],
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        while True:
            try:
                urllib.request.urlopen(f"{self.address}/sign-in/", timeout=30).close()  # noqa: S310
            except (urllib.error.URLError, OSError):
                assert self.process.poll() is None, self.log.read_text()
                assert time.monotonic() - began < timeout_s, self.log.read_text()
                time.sleep(0.05)
            else:
                return time.monotonic() - began

    def manage(self, *arguments: str) -> str:
        """Run a management command beside the running site."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Stop as Ctrl-C does; return the exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(180)

    def remove(self) -> None:
        """Delete everything that it kept."""
        data = service_paths(self.state).postgres_data
        if not data.is_relative_to(self.state):
            shutil.rmtree(data.parent, ignore_errors=True)
        shutil.rmtree(self.state, ignore_errors=True)
