"""Make synthetic exams with known truth: manage.py make_phantoms --n 20 --seed 1 --out FOLDER."""

from __future__ import annotations

import errno
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from spinestudy.demo.phantom_set import POPULATIONS, PhantomSetError, make_set


class Command(BaseCommand):
    help = (
        "Draw SYNTHETIC lumbar exams as DICOM, with masks (DICOM SEG) and tables of truth. The "
        "same arguments give the same bytes. The folder must be new or empty."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--n", type=int, required=True, help="exams to draw")
        parser.add_argument("--seed", type=int, default=1, help="of the first; then one more each")
        parser.add_argument("--out", type=Path, required=True, help="folder to make")
        parser.add_argument("--population", choices=POPULATIONS, default="rich")
        parser.add_argument("--readers", type=int, default=0, help="virtual readers of every exam")
        parser.add_argument("--processes", type=int, default=1, help="exams drawn at once")

    def handle(self, *_args: Any, **options: Any) -> None:
        count, out = options["n"], options["out"].absolute()
        if options["processes"] < 1:
            raise CommandError("--processes must be 1 or more.")

        def say(done: int) -> None:
            if sys.stdout.isatty():
                self.stdout.write(f"\r  {done} of {count} exams drawn", ending="")
                self.stdout.flush()

        try:
            make_set(
                out,
                count=count,
                seed=options["seed"],
                population=options["population"],
                readers=options["readers"],
                processes=options["processes"],
                say=say,
            )
        except PhantomSetError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise CommandError(
                    f"The disk that holds {out.parent} is full: nothing was kept. Free some space, "
                    "or ask for fewer exams."
                ) from error
            raise CommandError(f"{out} can't be written: {error}. Nothing was kept.") from error
        self.stdout.write(f"\r{count} exams in {out}: exams.csv tells what they are.")
