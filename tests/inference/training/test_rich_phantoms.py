"""The rich population brings sides and other scanners; the usual one is what it was."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="the worker's packages are not installed")

from inference.anatomy.preprocess import sagittal_pair
from inference.training.exams import Part, TrainingExam
from inference.training.phantom_data import phantom_source, rich_phantom_exam
from inference.training.recipe import population_of
from spinestudy.imaging import phantom
from spinestudy.imaging.phantom import build_exam, sample_rich_spec, sample_spec

pytestmark = pytest.mark.worker
SEED = 400_002
COUNTS: dict[Part, int] = {"train": 2, "validation": 1, "test": 1}


@pytest.fixture(scope="module")
def rich() -> TrainingExam:
    return rich_phantom_exam(SEED)


def test_data_of_lumbar_grading_are_as_before() -> None:
    assert population_of("lumbar_grading") == "usual"
    source = phantom_source(COUNTS, 1, fine=(), labels=None)
    keys = ["phantom-100000", "phantom-100001", "phantom-200000", "phantom-300000"]
    assert [case.exam_key for case in source.cases] == keys
    assert source.description == (
        "Synthetic exams of the project's own phantom; no patient's images."
    )
    told = hashlib.sha256(json.dumps([dict(sorted(COUNTS.items())), 1]).encode())
    for file in sorted(Path(phantom.__file__).parent.glob("*.py")):
        told.update(file.read_bytes())
    assert source.digest == told.hexdigest()
    first = source.cases[0].load()
    built = build_exam(sample_spec(100_000), quick=True)
    assert np.array_equal(first.exam.stacks[0].pixels, built.series[0].pixels)
    assert first.grades == built.truth.grades
    assert first.side_grades == {}


def test_rich_exams_are_other_data_under_other_names() -> None:
    assert population_of("deepspine") == "rich"
    usual = phantom_source(COUNTS, 1, fine=(), labels=None)
    source = phantom_source(COUNTS, 1, fine=(), labels=None, population="rich")
    assert source.digest != usual.digest
    assert "rich population" in source.description
    assert not {c.exam_key for c in source.cases} & {c.exam_key for c in usual.cases}


def test_each_side_has_its_grade(rich: TrainingExam) -> None:
    findings = sample_rich_spec(SEED).findings
    assert findings is not None
    for item in ("foraminal_stenosis", "subarticular_stenosis"):
        for level, by_side in findings.sides[item].items():
            for side, latent in by_side.items():
                assert rich.score(item, level, side) == int(latent)
    assert rich.score("pfirrmann", "L4/L5") is not None
    assert rich.score("spondylolisthesis", "L4/L5") is not None


def test_fat_suppressed_stacks_are_no_t2() -> None:
    seeds = (
        seed
        for seed in range(SEED, SEED + 50)
        if any(p.role == "sag_stir" for p in sample_rich_spec(seed).acquisition.series)  # type: ignore[union-attr]
    )
    exam = rich_phantom_exam(next(seeds), quick=False)
    weightings = sorted(s.weighting for s in exam.exam.stacks if s.plane == "sagittal")
    assert "STIR" in weightings
    pair = sagittal_pair(exam.exam)
    assert pair.t2 is not None
    assert pair.t2.weighting == "T2"


def test_coarse_exams_leave_slices_where_they_were(rich: TrainingExam) -> None:
    spec = sample_rich_spec(SEED)
    assert spec.acquisition is not None
    plan = next(p for p in spec.acquisition.series if p.role == "sag_t2")
    stack = rich.exam.first("sagittal", "T2")
    assert stack is not None
    assert len(stack.pixels) == plan.slices
    step = np.linalg.norm(stack.positions_lps[1] - stack.positions_lps[0])
    assert step == pytest.approx(plan.spacing_mm, abs=1e-3)
    field = stack.pixels.shape[1] * stack.row_spacing_mm
    assert field == pytest.approx(plan.rows * plan.row_spacing_mm, rel=0.01)
