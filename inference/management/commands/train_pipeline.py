"""Train a pipeline's networks: manage.py train_pipeline lumbar_grading --data phantom ..."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    help = (
        "Train a pipeline and write weights.safetensors and metadata.json into a folder. "
        "Patients are split by seed range, the evaluation is on exams never trained on."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("pipeline", choices=["lumbar_grading"])
        parser.add_argument("--data", choices=["phantom"], default="phantom")
        parser.add_argument("--exams", type=int, default=300, help="exams to learn from")
        parser.add_argument("--validation-exams", type=int, default=40, help="for calibration")
        parser.add_argument("--test-exams", type=int, default=40, help="for the evaluation")
        parser.add_argument(
            "--coarse-test", action="store_true", help="evaluate on coarse phantoms: faster"
        )
        parser.add_argument("--segmenter-steps", type=int, default=1600)
        parser.add_argument("--grader-steps", type=int, default=1500)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
        parser.add_argument("--out", type=Path, required=True, help="folder to write")

    def handle(self, *_args: Any, **options: Any) -> None:
        counts = ("exams", "validation_exams", "test_exams", "segmenter_steps", "grader_steps")
        for name in (*counts, "seed"):
            if options[name] < 1:
                raise CommandError(f"--{name.replace('_', '-')} must be 1 or more.")
        if max(options[name] for name in counts[:3]) > 10_000:
            raise CommandError("A part can hold 10,000 exams at most.")
        try:
            from inference.training.lumbar_grading import Settings, train
        except ImportError as error:
            raise CommandError(
                f"Training needs the worker's packages ({error.name} is missing): "
                "install spinestudy[worker]."
            ) from error
        settings = Settings(
            data=options["data"],
            seed=options["seed"],
            coarse_test=options["coarse_test"],
            **{name: options[name] for name in counts},
        )
        train(settings, options["out"], processes=options["processes"], say=self._say)

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
