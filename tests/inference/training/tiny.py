"""A run of a few steps on one or two coarse phantoms.

It begins from the weights of the product and hardly moves them: networks that know nothing see
specks everywhere, and a pipeline takes long over them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from inference import registry

TINY = [
    "exams=2",
    "mask_exams=0",
    "validation_exams=1",
    "test_exams=1",
    "segmenter_steps=2",
    "grader_steps=2",
    "segmenter_batch=2",
    "grader_batch=4",
    "segmenter_rate=0.000001",
    "grader_rate=0.00001",
]
INIT: Path = registry.folder_of("lumbar_grading@2")


def tiny(*changes: str, **options: Any) -> dict[str, Any]:
    """Options of `call_command("train_pipeline", ...)`."""
    return {"set": [*TINY, *changes], "processes": 1, "coarse_test": True, "init": INIT, **options}
