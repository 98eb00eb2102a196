"""Every case has a prediction by a model that never saw its patient, as a file with a manifest."""

from __future__ import annotations

import hashlib
import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

pytest.importorskip("torch", reason="the worker's packages are not installed")

from tests.inference.training.tiny import tiny

pytestmark = pytest.mark.worker


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("folds") / "run"
    options = tiny("exams=3", seed=5, folds=2, out=folder, stdout=StringIO())
    call_command("train_pipeline", "lumbar_grading", **options)
    return folder


def test_the_manifest_names_every_case_once_with_the_hash_of_its_file(out: Path) -> None:
    manifest = json.loads((out / "out-of-fold" / "manifest.json").read_text())
    listed = manifest["predictions"]
    assert sorted(one["exam"] for one in listed) == [
        *(f"phantom-{k}" for k in range(140_000, 140_003)),
        "phantom-240000",
    ]
    for one in listed:
        data = (out / "out-of-fold" / one["file"]).read_bytes()
        assert one["sha256"] == hashlib.sha256(data).hexdigest()
        told = json.loads(data)
        assert told["exam"] == one["exam"]
        assert {g["item"] for g in told["grades"]} <= {
            "central_canal_stenosis",
            "pfirrmann",
            "modic",
        }


def test_a_case_is_predicted_by_the_weights_of_its_own_fold(out: Path) -> None:
    folds = json.loads((out / "folds.json").read_text())["fold_of_patient_sha256"]
    listed = json.loads((out / "out-of-fold" / "manifest.json").read_text())["predictions"]
    assert {one["fold"] for one in listed} == {1, 2}
    for one in listed:
        weights = (out / "folds" / f"fold-{one['fold']}" / "weights.safetensors").read_bytes()
        assert one["weights_sha256"] == hashlib.sha256(weights).hexdigest()
        assert folds[hashlib.sha256(one["patient"].encode()).hexdigest()] == one["fold"]
        assert (
            one["weights_sha256"]
            != hashlib.sha256((out / "weights.safetensors").read_bytes()).hexdigest()
        )


def test_the_figures_out_of_fold_count_those_cases(out: Path) -> None:
    results = json.loads((out / "results.json").read_text())
    assert results["out_of_fold_metrics"]["exams"] == 4
    assert results["out_of_fold_metrics"]["grades"]["pfirrmann"]["discs"] > 16
    assert results["eval_metrics"]["exams"] == 1
    assert "Out of fold" in (out / "results.txt").read_text()
    assert "out of fold" in (out / "CARD.md").read_text()
