"""The preset that a processor learns in a minute: what it writes, and that it has learnt."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

pytest.importorskip("torch", reason="the worker's packages are not installed")

import torch

from inference import registry
from inference.pipelines.lumbar_grading.pipeline import LumbarGrading
from tests.inference.training.tiny import tiny

pytestmark = pytest.mark.worker
OPTIONS = {
    "preset": "quick",
    "set": ["test_exams=1"],
    "coarse_test": True,
    "processes": 1,
    "device": "cpu",
    "as_version": "2-quick",
}
UNSEEN = 8


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A finished run of the preset, from nothing: its folder and what it said."""
    said, out = StringIO(), tmp_path_factory.mktemp("run") / "weights"
    call_command("train_pipeline", "lumbar_grading", out=out, stdout=said, **OPTIONS)
    return out, said.getvalue()


def test_what_it_learns_in_a_minute_holds_on_exams_that_it_has_not_seen(
    run: tuple[Path, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Loaded as the product loads a site's version. A model that knows nothing finds no level."""
    monkeypatch.setenv(registry.MODELS_DIR, str(run[0].parent))
    options = {"exams": UNSEEN, "coarse": True, "processes": 1, "seed": 2, "out": tmp_path}
    call_command("evaluate_pipeline", "lumbar_grading@2-quick", stdout=StringIO(), **options)
    told = json.loads((tmp_path / "results.json").read_text())
    assert told["pipeline"] == "lumbar_grading@2-quick"
    assert told["exams"][0] == "phantom-310000"
    found = told["metrics"]
    assert found["dice"]["vertebral_body"] > 0.85
    assert sum(found["dice"].values()) / 4 > 0.8
    assert found["grades"]["pfirrmann"]["quadratic_kappa"] > 0.8


def test_it_writes_weights_that_load(run: tuple[Path, str]) -> None:
    out, said = run
    pipeline = LumbarGrading(out)
    metadata = json.loads((out / "metadata.json").read_text())
    assert metadata["weights_sha256"] == pipeline.weights_sha256
    assert (metadata["name"], metadata["version"]) == ("lumbar_grading", "2-quick")
    assert metadata["training"]["settings"]["seed"] == 1
    assert metadata["training"]["settings"]["values"]["segmenter_steps"] == 400
    assert metadata["training"]["data"]["exams"] == {"train": 16, "validation": 4, "test": 1}
    assert "train: 16 exams, phantom-100000 to phantom-100015" in said
    assert "test: 1 exams, phantom-300000 to phantom-300000" in said
    assert "segmenter: step 400 of 400" in said
    assert "disc levels within 5 mm" in said


def test_everything_stands_in_the_folder_and_hashes_say_what_made_it(
    run: tuple[Path, str],
) -> None:
    out, said = run
    assert {path.name for path in out.iterdir()} == {
        "CARD.md",
        "calibration.json",
        "checkpoints",
        "metadata.json",
        "results.json",
        "results.txt",
        "run.json",
        "weights.safetensors",
    }
    metadata = json.loads((out / "metadata.json").read_text())
    hashes = metadata["provenance"]
    for name in ("code_sha256", "data_sha256", "preprocessing_sha256"):
        assert len(hashes[name]) == 64
    assert len({hashes[k] for k in hashes}) == len(hashes)
    results = json.loads((out / "results.json").read_text())
    assert results["eval_metrics"] == metadata["eval_metrics"]
    assert (out / "results.txt").read_text().strip() in said
    assert str(out) not in (out / "metadata.json").read_text()


def test_the_card_tells_what_the_metadata_tell(run: tuple[Path, str]) -> None:
    out, _ = run
    card = (out / "CARD.md").read_text()
    metadata = json.loads((out / "metadata.json").read_text())
    assert card.startswith("# lumbar_grading 2-quick\n\n**NOT FOR CLINICAL USE.**")
    for words in (
        metadata["description"],
        metadata["data_source"],
        metadata["weights_sha256"],
        metadata["provenance"]["data_sha256"],
        *metadata["limits"],
        "| segmenter_steps | 400 |",
        "| exams for train | 16 |",
    ):
        assert words in card


def test_the_same_call_again_trains_nothing_and_another_one_is_refused(
    run: tuple[Path, str],
) -> None:
    out, _ = run
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}
    said = StringIO()
    options = {**OPTIONS, "out": out, "stdout": said}
    call_command("train_pipeline", "lumbar_grading", **options)
    assert "this run is finished" in said.getvalue()
    with pytest.raises(CommandError, match=r"other settings \(seed, .*differ\)|\(seed differ\)"):
        call_command("train_pipeline", "lumbar_grading", **{**options, "seed": 4})
    assert before == {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}


def test_a_run_that_begins_from_other_weights_says_so(
    run: tuple[Path, str], tmp_path: Path
) -> None:
    said, out = StringIO(), tmp_path / "next"
    changes = ("exams=1", "mask_exams=1", "grader_steps=0")
    options = tiny(*changes, seed=4, out=out, init=run[0], stdout=said)
    call_command("train_pipeline", "lumbar_grading", **options)
    metadata = json.loads((out / "metadata.json").read_text())
    assert f"tensors taken from {run[0].name}" in said.getvalue()
    assert "train: 2 exams, phantom-130000 to rich-masks-530000" in said.getvalue()
    assert "no steps: the grader stays as it is" in said.getvalue()
    before, after = (
        LumbarGrading(folder).networks.grader.trunk.state_dict() for folder in (run[0], out)
    )
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert metadata["training"]["init"]["weights_sha256"] == LumbarGrading(run[0]).weights_sha256
    assert metadata["training"]["init"]["tensors_taken"] == metadata["training"]["init"]["tensors"]


def test_a_trained_folder_is_a_version_that_the_site_can_run(
    run: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(registry.MODELS_DIR, str(run[0].parent))
    assert {"lumbar_grading@2", "lumbar_grading@2-quick"} <= set(registry.available())
    pipeline = registry.build(
        "lumbar_grading@2-quick", registry.folder_of("lumbar_grading@2-quick")
    )
    assert pipeline.version == "2-quick"
    assert pipeline.weights_sha256 == registry.metadata("lumbar_grading@2-quick")["weights_sha256"]
    assert "NOT FOR CLINICAL USE" in registry.card("lumbar_grading@2-quick")
    monkeypatch.delenv(registry.MODELS_DIR)
    with pytest.raises(registry.UnknownPipelineError):
        registry.require_known("lumbar_grading@2-quick")
