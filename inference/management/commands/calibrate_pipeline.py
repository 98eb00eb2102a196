"""Check a model on cases it didn't learn from: manage.py calibrate_pipeline NAME[@VERSION]."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from inference.management.commands._judging import JudgingCommand


class Command(JudgingCommand):
    help = (
        "Run a pipeline on exams whose labels are known and that it didn't learn from, and keep "
        "what it said beside the weights. The sets of grades in the reading room rest on these "
        "rows: at least 50 of each grade of an item, or no set is stated."
    )
    part = "validation"
    part_help = "exams set aside for calibration (default), or all: data never learnt from"
    exams = 270
    out_help = "folder to write to; the model's by default"

    def judge(self, options: dict[str, Any], folder: Path, **given: Any) -> None:
        from inference.training.command import checking_from

        path = checking_from(options, folder=options["out"] or folder, **given)
        self.say(f"kept in {path}")
