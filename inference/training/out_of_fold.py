"""Out-of-fold predictions as files: one JSON an exam, and a manifest that holds them together.

Each patient is predicted by a model that never saw it, so a reader study may show these as AI
output on the very cases that the model was trained on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from inference.contract import PredictionOutput
from inference.training.bundle import write_json
from inference.training.evaluation import ExamResult
from inference.training.exams import TrainingExam

FOLDER: Final = "out-of-fold"
MANIFEST: Final = "manifest.json"


def file_name(exam_key: str) -> str:
    """A name that any file system takes, whatever the exam is called."""
    return f"{hashlib.sha256(exam_key.encode()).hexdigest()[:24]}.json"


def keep_prediction(
    out: Path,
    source: TrainingExam,
    output: PredictionOutput,
    result: ExamResult,
    *,
    fold: int,
    weights_sha256: str,
) -> None:
    """Write what was said of one exam, and how it compares; masks and outlines are left out."""
    key = source.exam_key or source.patient_key
    data = {
        "exam": key,
        "patient": source.patient_key,
        "fold": fold,
        "weights_sha256": weights_sha256,
        "levels": [asdict(one) for one in output.levels],
        "grades": [
            {
                "item": one.item,
                "disc_level": one.disc_level,
                "side": one.side,
                "score": one.score,
                "probabilities": {str(k): float(p) for k, p in one.probabilities.items()},
            }
            for one in output.grades
        ],
        "notes": list(output.notes),
        "result": result.to_json(),
    }
    write_json(out / FOLDER / file_name(key), data)


def kept_results(out: Path, keys: Sequence[str]) -> list[ExamResult] | None:
    """What was counted of these exams before; None unless all of them are there."""
    results = []
    for key in keys:
        path = out / FOLDER / file_name(key)
        if not path.exists():
            return None
        results.append(ExamResult.from_json(json.loads(path.read_text())["result"]))
    return results


def write_manifest(out: Path, head: dict[str, Any]) -> None:
    """List every file with its SHA-256, after all of them have been written."""
    files = [path for path in sorted((out / FOLDER).glob("*.json")) if path.name != MANIFEST]
    listed = []
    for path in files:
        data = json.loads(path.read_text())
        listed.append(
            {
                "file": path.name,
                "exam": data["exam"],
                "patient": data["patient"],
                "fold": data["fold"],
                "weights_sha256": data["weights_sha256"],
                "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            }
        )
    write_json(out / FOLDER / MANIFEST, {**head, "predictions": listed})
