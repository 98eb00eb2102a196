"""manage.py train_pipeline with a run of a few steps."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

pytest.importorskip("torch", reason="the worker's packages are not installed")

from inference.pipelines.lumbar_grading.pipeline import LumbarGrading
from inference.training.exams import TrainingExam

pytestmark = pytest.mark.worker
TINY = {
    "exams": 2,
    "validation_exams": 1,
    "test_exams": 1,
    "segmenter_steps": 2,
    "grader_steps": 2,
    "processes": 1,
    "coarse_test": True,
}


def test_a_tiny_run_writes_weights_that_load_and_predict(
    tmp_path: Path, phantom: TrainingExam
) -> None:
    said = StringIO()
    out = tmp_path / "weights"
    call_command("train_pipeline", "lumbar_grading", seed=3, out=out, stdout=said, **TINY)
    pipeline = LumbarGrading(out)
    pipeline.run(phantom.exam, lambda _done, _step: None)
    metadata = json.loads((out / "metadata.json").read_text())
    assert metadata["weights_sha256"] == pipeline.weights_sha256
    assert metadata["training"]["settings"]["seed"] == 3
    assert metadata["training"]["phantom_seeds"]["train"] == [120_000, 120_001]
    assert metadata["training"]["phantom_seeds"]["test"] == [320_000, 320_000]
    assert "phantom seeds 120000 to 120001" in said.getvalue()
    assert "quadratic kappa" in said.getvalue()
    assert sorted(p.name for p in out.iterdir()) == ["metadata.json", "weights.safetensors"]


def test_a_number_of_exams_below_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="--exams must be 1 or more"):
        call_command("train_pipeline", "lumbar_grading", exams=0, out=tmp_path / "weights")
    assert not (tmp_path / "weights").exists()
