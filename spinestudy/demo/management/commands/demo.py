"""Serve the demonstration site on this machine."""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from kombu.exceptions import OperationalError

from inference.tasks import reap_jobs_task
from spinestudy.demo import scenario
from spinestudy.services.errors import ServiceError
from spinestudy.services.site import Site, has_torch, require_free_port

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Set up the demonstration (once) and serve it until Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=int(os.environ.get("DEMO_PORT", "8000")))
        parser.add_argument("--exams", type=int, default=16, help="synthetic exams to make")

    def handle(self, *args: Any, port: int, exams: int, **options: Any) -> None:
        os.environ["SPINESTUDY_DEMO"] = "1"
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: stop.set())
        try:
            require_free_port(port)
            self._prepare(exams, stop)
            if not stop.is_set():
                self._serve(port, stop)
        except ServiceError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise CommandError(
                    f"The disk that holds {settings.STATE_DIR} is full; free some space, then "
                    "start again. What was finished is kept."
                ) from error
            raise

    def _prepare(self, exams: int, stop: threading.Event) -> None:
        self._step("database", lambda: call_command("migrate", verbosity=0))
        self._step("static files", self._collect_static)
        if not scenario.is_complete():
            self.stdout.write("  demonstration: synthetic exams, readers, one reader study")
        began = time.monotonic()

        def say(text: str) -> None:
            if stop.is_set():
                raise CommandError("Stopped. The next start goes on from here.")
            if sys.stdout.isatty():
                self.stdout.write(f"\r    {text:<60}", ending="")
            self.stdout.flush()

        scenario.set_up(say, exams)
        self._done("demonstration", began)

    def _step(self, name: str, act: Any) -> None:
        began = time.monotonic()
        act()
        self._done(name, began)

    def _done(self, name: str, began: float) -> None:
        text = f"  {name:<16} ready in {time.monotonic() - began:5.1f} s"
        self.stdout.write(f"\r{text:<64}" if sys.stdout.isatty() else text)
        self.stdout.flush()

    def _collect_static(self) -> None:
        manifest = Path(str(settings.DJANGO_VITE["default"]["manifest_path"]))
        if not manifest.exists():
            raise ServiceError("The pages aren't built yet: run `make setup` first.")
        digest = hashlib.sha256(manifest.read_bytes()).hexdigest()
        stamp = Path(settings.STATIC_ROOT) / ".stamp"
        if stamp.exists() and stamp.read_text() == digest:
            return
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.write_text(digest)

    def _serve(self, port: int, stop: threading.Event) -> None:
        logs = Path(settings.STATE_DIR) / "logs"
        with Site(root=Path(settings.BASE_DIR), logs=logs, port=port) as site:
            site.start_worker("default")
            if has_torch():
                site.start_worker("inference")
            began = time.monotonic()
            site.start_web()
            self._done("web and workers", began)
            self._greet(site.address)
            site.wait(stop, tick=self._reap)
            self.stdout.write("\nStopping ...")

    def _reap(self) -> None:
        try:
            reap_jobs_task()
        except (DatabaseError, OperationalError) as error:
            logger.warning("jobs could not be looked after: %s", error)

    def _greet(self, address: str) -> None:
        lines = [
            "",
            f"  SpineStudy is ready: {address}",
            "",
            f"    coordinator / {scenario.PASSWORD}   reader studies, live agreement, exams",
            f"    reader      / {scenario.PASSWORD}   worklist, reading without and with AI",
            "",
        ]
        if not has_torch():
            lines.append("    PyTorch isn't installed: AI runs wait. `make setup` brings it.")
        lines += ["  SYNTHETIC exams; AI not for clinical use. Ctrl-C stops everything.", ""]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()
