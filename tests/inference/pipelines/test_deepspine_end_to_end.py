"""deepspine from a training of two steps: what it says, and what it says where series are missing.

Weights of two steps know nothing; the tests look at what is graded, not at how well.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

pytest.importorskip("torch", reason="the worker's packages are not installed")

import torch

from inference import registry
from inference.contract import MEASURES, ExamInput, PredictionOutput
from inference.pipelines.deepspine.pipeline import DeepSpine
from inference.pipelines.lumbar_grading.pipeline import LumbarGrading
from inference.training.exams import TrainingExam

pytestmark = pytest.mark.worker
TINY = ["exams=1", "validation_exams=1", "test_exams=1", "grader_steps=2", "grader_batch=4"]
SIDED = {"foraminal_stenosis": 10, "subarticular_stenosis": 10}
EVERY = {"central_canal_stenosis": 5, "pfirrmann": 5, **SIDED}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A finished tiny run: its folder and what it said."""
    said, out = StringIO(), tmp_path_factory.mktemp("run") / "weights"
    options = {"set": TINY, "processes": 1, "coarse_test": True, "seed": 5, "out": out}
    call_command("train_pipeline", "deepspine", stdout=said, **options)
    return out, said.getvalue()


@pytest.fixture(scope="module")
def trained(run: tuple[Path, str]) -> DeepSpine:
    torch.set_num_threads(1)
    return DeepSpine(run[0])


def graded(trained: DeepSpine, exam: ExamInput) -> tuple[PredictionOutput, dict[str, int]]:
    output = trained.run(exam, lambda _done, _step: None)
    return output, dict(Counter(grade.item for grade in output.grades))


def without(exam: ExamInput, plane: str, weighting: str) -> ExamInput:
    kept = [s for s in exam.stacks if (s.plane, s.weighting) != (plane, weighting)]
    return ExamInput(tuple(kept))


def test_a_tiny_run_writes_a_model_that_loads_with_the_segmenter_of_the_product(
    run: tuple[Path, str], trained: DeepSpine, pipeline: LumbarGrading
) -> None:
    out, said = run
    assert "train: 1 exams, rich-phantom-140000 to rich-phantom-140000" in said
    assert trained.weights_sha256 == trained.metadata["weights_sha256"]
    assert trained.metadata["training"]["settings"]["values"]["grader_steps"] == 2
    assert trained.metadata["training"]["precision"] == "float32"
    own, shipped = trained.networks.segmenter, pipeline.networks.segmenter
    for name, value in shipped.state_dict().items():
        assert torch.allclose(own.state_dict()[name], value, atol=1e-3), name
    assert "not for clinical use" in (out / "CARD.md").read_text().lower()


def test_results_stand_in_the_form_of_the_paper_and_as_json(run: tuple[Path, str]) -> None:
    out, said = run
    text = (out / "results.txt").read_text()
    assert text.strip() in said
    for words in ("mean class acc.", "AUROC (>= 2)", "grade 3", "auroc by level"):
        assert words in text
    figures = json.loads((out / "results.json").read_text())["eval_metrics"]
    foramina = figures["grades"]["foraminal_stenosis"]
    assert {"class_accuracy", "accuracy", "binary", "confusion", "levels"} <= foramina.keys()
    assert foramina["discs"] == 2 * figures["disc_levels"]["expected"]
    assert "L4/L5 left" in foramina["levels"]


def test_every_cell_of_a_whole_exam_is_graded_with_probabilities(
    trained: DeepSpine, phantom: TrainingExam
) -> None:
    output, counts = graded(trained, phantom.exam)
    assert counts == EVERY
    assert all(abs(sum(g.probabilities.values()) - 1) < 1e-6 for g in output.grades)
    sides = {(g.item, g.side) for g in output.grades}
    assert {side for item, side in sides if item in SIDED} == {"right", "left"}
    assert {side for item, side in sides if item not in SIDED} == {""}
    assert list(output.stage_seconds) == [
        "preprocess",
        "segment",
        "levels",
        "outlines",
        "grade",
        "measure",
        "evidence",
    ]
    assert {one.code for one in output.measures} == set(MEASURES)


def test_without_axial_slices_recesses_are_withheld_and_the_rest_is_graded(
    trained: DeepSpine, phantom: TrainingExam
) -> None:
    output, counts = graded(trained, without(phantom.exam, "axial", "T2"))
    assert counts == {code: n for code, n in EVERY.items() if code != "subarticular_stenosis"}
    assert any("recesses are not graded" in note for note in output.notes)


def test_without_t1_everything_is_graded_and_the_note_says_so(
    trained: DeepSpine, phantom: TrainingExam
) -> None:
    output, counts = graded(trained, without(phantom.exam, "sagittal", "T1"))
    assert counts == EVERY
    assert any("No sagittal T1" in note for note in output.notes)


def test_without_sagittal_t2_nothing_is_graded(trained: DeepSpine, phantom: TrainingExam) -> None:
    output, counts = graded(trained, without(phantom.exam, "sagittal", "T2"))
    assert counts == {}
    assert any("grades are withheld" in note for note in output.notes)


def test_foramina_that_no_slice_reaches_are_not_graded(
    trained: DeepSpine, phantom: TrainingExam
) -> None:
    narrow = []
    for stack in phantom.exam.stacks:
        if stack.plane == "sagittal":
            keep = slice(5, len(stack.pixels) - 5)
            stack = replace(
                stack, pixels=stack.pixels[keep], positions_lps=stack.positions_lps[keep]
            )
        narrow.append(stack)
    output, counts = graded(trained, ExamInput(tuple(narrow)))
    assert "foraminal_stenosis" not in counts
    assert counts["central_canal_stenosis"] == 5
    assert any("don't reach the foramen" in note for note in output.notes)


def test_it_is_judged_on_the_phantoms_that_it_learns_from(
    run: tuple[Path, str], tmp_path: Path
) -> None:
    said, out = StringIO(), tmp_path / "judged"
    options = {"weights": run[0], "exams": 1, "coarse": True, "processes": 1, "out": out}
    call_command("evaluate_pipeline", "deepspine", stdout=said, **options)
    told = json.loads((out / "results.json").read_text())
    assert told["exams"] == ["rich-phantom-300000"]
    assert "mean class acc." in said.getvalue()


def test_the_shipped_weights_are_small_and_those_that_the_metadata_describe() -> None:
    folder = registry.folder_of("deepspine@1")
    data = (folder / "weights.safetensors").read_bytes()
    told = registry.metadata("deepspine@1")
    assert told["weights_sha256"] == hashlib.sha256(data).hexdigest()
    assert len(data) < 3_000_000
    assert told["training"]["data"]["is_synthetic"]
    assert "NOT FOR CLINICAL USE" in registry.card("deepspine@1")
    assert DeepSpine().weights_sha256 == told["weights_sha256"]
