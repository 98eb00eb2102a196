"""Judge a pipeline: manage.py evaluate_pipeline NAME[@VERSION] --data phantom|ADAPTER:FOLDER."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from inference import registry


class Command(BaseCommand):
    help = (
        "Run a pipeline on exams whose labels are known and print tables: agreement with 95 %% "
        "intervals over patients, accuracy, areas, calibration, confusion. --out keeps them."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("pipeline", help="NAME for the newest version, or NAME@VERSION")
        parser.add_argument("--data", default="phantom", help="phantom, or ADAPTER:FOLDER")
        parser.add_argument("--labels", help="whose labels, as train_pipeline")
        parser.add_argument("--weights", type=Path, help="folder of a run, instead of a version")
        parser.add_argument(
            "--part",
            choices=["test", "all"],
            default="test",
            help="exams kept for testing (default), or all of them",
        )
        parser.add_argument("--exams", type=int, default=40, help="phantoms to judge on")
        parser.add_argument("--coarse", action="store_true", help="coarse phantoms: faster")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
        parser.add_argument("--out", type=Path, help="folder for results.json and results.txt")

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
            from inference.training.command import RUN_ERRORS, evaluation_from
        except ImportError as error:
            raise CommandError(
                f"This needs the worker's packages ({error.name} is missing): "
                "install spinestudy[worker]."
            ) from error
        try:
            folder = options["weights"] or registry.folder_of(pipeline)
            evaluation_from(
                options,
                pipeline=registry.build(pipeline, options["weights"]),
                items=registry.grades_in(folder),
                say=self._say,
            )
        except (*RUN_ERRORS, ValueError) as error:
            raise CommandError(str(error)) from error

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
