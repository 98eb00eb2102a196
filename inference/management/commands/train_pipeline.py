"""Train a pipeline: manage.py train_pipeline NAME --data phantom|ADAPTER:FOLDER --out FOLDER."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from inference import registry


class Command(BaseCommand):
    help = (
        "Train a pipeline and write weights, metadata, model card and results into a folder. "
        "Patients, not exams, are split. The same call again goes on where it was stopped."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("pipeline", help="for instance lumbar_grading")
        parser.add_argument("--data", default="phantom", help="phantom, or ADAPTER:FOLDER")
        parser.add_argument(
            "--labels", help="whose: truth, reference, report or a reader's code, as the data have"
        )
        parser.add_argument(
            "--folds",
            type=int,
            default=0,
            help="predict each patient by a model that never saw it, in so many folds; 0: don't",
        )
        parser.add_argument("--init", type=Path, help="folder with weights to begin from")
        parser.add_argument("--preset", default="demo", help="demo, paper or quick")
        parser.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="NAME=NUMBER",
            help="a setting of the preset in another way; may be given often",
        )
        parser.add_argument(
            "--coarse-test", action="store_true", help="evaluate on coarse phantoms: faster"
        )
        parser.add_argument("--device", choices=["auto", "cpu", "cuda"], default="auto")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--as-version", help="version of the new model; that of the pipeline by default"
        )
        parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
        parser.add_argument(
            "--checkpoint-every", type=float, default=60.0, metavar="SECONDS", help="60"
        )
        parser.add_argument("--out", type=Path, required=True, help="folder to write")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["seed"] < 0:
            raise CommandError("--seed must be 0 or more.")
        if options["folds"] == 1 or not 0 <= options["folds"] <= 50:
            raise CommandError("--folds must be 0, or from 2 to 50.")
        try:
            from inference.training.command import RUN_ERRORS, run_from
        except ImportError as error:
            raise CommandError(
                f"Training needs the worker's packages ({error.name} is missing): "
                "install spinestudy[worker]."
            ) from error
        try:
            run_from(options, version=_version(options), say=self._say)
        except RUN_ERRORS as error:
            raise CommandError(str(error)) from error

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _version(options: dict[str, Any]) -> str:
    """As asked, else that of the newest registered version of the pipeline, else 1."""
    asked = options["as_version"]
    if asked:
        if not registry.is_version(asked):
            raise CommandError("--as-version: letters, digits, dots and hyphens, 30 at most.")
        return str(asked)
    newest = registry.newest_of(options["pipeline"])
    return newest.partition("@")[2] if newest else "1"
