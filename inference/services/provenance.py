"""What stands beside a prediction so that it can be made again and explained."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from inference import contract
from inference.contract import ExamInput, Pipeline
from inference.models import Job

_PACKAGES: Final = ("spinestudy", "torch", "monai", "numpy", "scipy")


def provenance_of(job: Job, pipeline: Pipeline, exam: ExamInput) -> dict[str, Any]:
    """Inputs by series, hashes of code and training, versions, where it ran."""
    trained = pipeline.metadata.get("provenance", {})
    outputs = pipeline.metadata.get("outputs", {})
    return {
        "inputs": [
            {
                "series_instance_uid": stack.series_instance_uid,
                "stack": stack.stack_id,
                "plane": stack.plane,
                "weighting": stack.weighting,
                "slices": len(stack.pixels),
            }
            for stack in exam.stacks
        ],
        "pipeline_code_sha256": code_sha256(type(pipeline).__module__),
        **{f"training_{name}": trained[name] for name in sorted(trained)},
        "thresholds": {
            name: outputs[name] for name in ("detection_threshold", "detections") if name in outputs
        },
        "software": software(),
        "worker": job.worker,
        "attempt": job.attempts,
    }


@cache
def software() -> dict[str, str]:
    """Versions of what decides a prediction; a package that isn't installed is left out."""
    told = {}
    for name in _PACKAGES:
        try:
            told[name] = version(name)
        except PackageNotFoundError:
            continue
    return told


@cache
def code_sha256(module: str) -> str:
    """SHA-256 over the source in the pipeline's folder, and the contract."""
    root = Path(contract.__file__).parents[1]
    folder = root.joinpath(*module.split(".")[:-1])
    total = hashlib.sha256()
    for file in [Path(contract.__file__), *sorted(folder.glob("*.py"))]:
        total.update(f"{file.relative_to(root)}\n".encode())
        total.update(file.read_bytes())
    return total.hexdigest()
