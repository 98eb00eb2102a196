"""What commands that run a pipeline over labelled exams have in common."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError, CommandParser

from inference import registry


class JudgingCommand(BaseCommand, ABC):
    """Options, the version, and errors in words; what is done with it is the command's."""

    requires_system_checks: list[str] = []
    part: ClassVar[str]
    part_help: ClassVar[str]
    exams: ClassVar[int]
    out_help: ClassVar[str]

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("pipeline", help="NAME for the newest version, or NAME@VERSION")
        parser.add_argument("--data", default="phantom", help="phantom, or ADAPTER:FOLDER")
        parser.add_argument("--labels", help="whose labels, as train_pipeline")
        parser.add_argument("--weights", type=Path, help="folder of a run, instead of a version")
        parser.add_argument(
            "--part", choices=[self.part, "all"], default=self.part, help=self.part_help
        )
        parser.add_argument("--exams", type=int, default=self.exams, help="number of phantoms")
        parser.add_argument("--coarse", action="store_true", help="coarse phantoms: faster")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
        parser.add_argument("--out", type=Path, help=self.out_help)

    @abstractmethod
    def judge(self, options: dict[str, Any], folder: Path, **given: Any) -> None:
        """Do it. folder: of the weights; given: pipeline, items and say, as the functions take."""

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
            from inference.training.command import RUN_ERRORS
        except ImportError as error:
            raise CommandError(
                f"This needs the worker's packages ({error.name} is missing): "
                "install spinestudy[worker]."
            ) from error
        try:
            folder = options["weights"] or registry.folder_of(pipeline)
            self.judge(
                options,
                folder,
                pipeline=registry.build(pipeline, folder),
                items=registry.grades_in(folder),
                say=self.say,
            )
        except (*RUN_ERRORS, ValueError, OSError) as error:
            raise CommandError(str(error)) from error

    def say(self, line: str) -> None:
        """Print a line now."""
        self.stdout.write(line)
        self.stdout.flush()
