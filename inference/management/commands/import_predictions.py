"""Bring out-of-fold predictions of a training run in: manage.py import_predictions FOLDER."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from inference.services.imported_predictions import import_predictions
from spinestudy.common.errors import DomainError


class Command(BaseCommand):
    help = (
        "Store the predictions that a run of train_pipeline --folds made of cases that it had not "
        "learnt from, as a version of their own that a reader study can show."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("run", type=Path, help="folder that train_pipeline wrote")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            done = import_predictions(run=options["run"], actor=None)
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"{done.version.pipeline}: {done.stored} exams stored")
        if done.unknown:
            self.stdout.write(
                f"{len(done.unknown)} exams of the run are not on this site, the first "
                f"{done.unknown[0]}"
            )
