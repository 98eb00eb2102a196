"""Check a model on cases it didn't learn from: manage.py calibrate_pipeline NAME[@VERSION]."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from inference import registry


class Command(BaseCommand):
    help = (
        "Run a pipeline on exams whose labels are known and that it didn't learn from, and keep "
        "what it said beside the weights. The sets of grades in the reading room rest on these "
        "rows: at least 50 of each grade of an item, or no set is stated."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("pipeline", help="NAME for the newest version, or NAME@VERSION")
        parser.add_argument("--data", default="phantom", help="phantom, or ADAPTER:FOLDER")
        parser.add_argument("--labels", help="whose labels, as train_pipeline")
        parser.add_argument("--weights", type=Path, help="folder of a run, instead of a version")
        parser.add_argument(
            "--part",
            choices=["validation", "all"],
            default="validation",
            help="exams set aside for calibration (default), or all: data never learnt from",
        )
        parser.add_argument("--exams", type=int, default=200, help="phantoms to check on")
        parser.add_argument("--coarse", action="store_true", help="coarse phantoms: faster")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
        parser.add_argument("--out", type=Path, help="folder to write to; the model's by default")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["exams"] < 1 or options["seed"] < 0:
            raise CommandError("--exams must be 1 or more, --seed 0 or more.")
        pipeline = options["pipeline"]
        if "@" not in pipeline:
            pipeline = registry.newest_of(pipeline) or pipeline
        try:
            registry.require_known(pipeline)
        except registry.UnknownPipelineError as error:
            raise CommandError(error.message) from error
        try:
            from inference.training.command import RUN_ERRORS, checking_from
        except ImportError as error:
            raise CommandError(
                f"This needs the worker's packages ({error.name} is missing): "
                "install spinestudy[worker]."
            ) from error
        folder = options["weights"] or registry.folder_of(pipeline)
        try:
            path = checking_from(
                options,
                pipeline=registry.build(pipeline, options["weights"]),
                items=registry.grades_in(folder),
                folder=options["out"] or folder,
                say=self._say,
            )
        except (*RUN_ERRORS, ValueError, OSError) as error:
            raise CommandError(str(error)) from error
        self._say(f"kept in {path}")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
