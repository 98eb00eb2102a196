"""Judge a pipeline: manage.py evaluate_pipeline NAME[@VERSION] --data phantom|ADAPTER:FOLDER."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from inference.management.commands._judging import JudgingCommand


class Command(JudgingCommand):
    help = (
        "Run a pipeline on exams whose labels are known and print tables: agreement with 95 %% "
        "intervals over patients, accuracy, areas, calibration, confusion. --out keeps them."
    )
    part = "test"
    part_help = "exams kept for testing (default), or all of them"
    exams = 40
    out_help = "folder for results.json and results.txt"

    def judge(self, options: dict[str, Any], folder: Path, **given: Any) -> None:
        from inference.training.command import evaluation_from

        evaluation_from(options, **given)
