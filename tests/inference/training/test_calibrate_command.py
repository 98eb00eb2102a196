"""manage.py calibrate_pipeline on a few coarse phantoms; the rows that the product brings."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

pytest.importorskip("torch", reason="the worker's packages are not installed")

from inference import registry
from inference.checked_cases import read_checked_cases

pytestmark = pytest.mark.worker


def test_what_the_model_said_is_kept_beside_what_is_right(tmp_path: Path) -> None:
    said = StringIO()
    options = {"exams": 2, "coarse": True, "processes": 1, "out": tmp_path}
    call_command("calibrate_pipeline", "lumbar_grading", stdout=said, **options)
    assert "pfirrmann: 10 cells (" in said.getvalue()
    metadata = registry.metadata("lumbar_grading@2")
    (tmp_path / "metadata.json").write_text(json.dumps(metadata))
    found = read_checked_cases(tmp_path)
    assert found is not None
    assert (found.exams, found.is_synthetic, found.label_source) == (2, True, "truth")
    for code, rows in found.items.items():
        assert list(rows.scores) == metadata["outputs"]["grades"][code]
        assert len(rows.true) == len(rows.probabilities) == len(rows.patients) == 10
        assert set(rows.patients) == {"phantom-200000", "phantom-200001"}
        assert all(sum(row) == pytest.approx(1, abs=1e-3) for row in rows.probabilities)
        guesses = [rows.scores[max(range(len(row)), key=row.__getitem__)]
                   for row in rows.probabilities]  # fmt: skip
        assert sum(abs(a - b) <= 1 for a, b in zip(guesses, rows.true, strict=True)) >= 8
    (tmp_path / "metadata.json").write_text(json.dumps({"weights_sha256": "of other weights"}))
    assert read_checked_cases(tmp_path) is None


def test_the_shipped_model_was_checked_on_enough_cells_of_every_grade() -> None:
    found = registry.checked_cases("lumbar_grading@2")
    assert found is not None
    assert found.is_synthetic
    for code, rows in found.items.items():
        assert min(rows.true.count(score) for score in rows.scores) >= 50, code
        assert len(set(rows.patients)) == found.exams


def test_a_model_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no pipeline 'lumbar_grading@9'"):
        call_command("calibrate_pipeline", "lumbar_grading@9", out=tmp_path)
    with pytest.raises(CommandError, match="--exams must be 1 or more"):
        call_command("calibrate_pipeline", "lumbar_grading", exams=0, out=tmp_path)
    assert not list(tmp_path.iterdir())
