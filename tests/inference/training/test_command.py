"""What manage.py train_pipeline refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

pytest.importorskip("torch", reason="the worker's packages are not installed")

import torch

pytestmark = pytest.mark.worker


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"set": ["exams=0"]}, "give a number of 1 or more"),
        ({"set": ["exams=many"]}, "give a whole number"),
        ({"set": ["epochs=3"]}, "no setting 'epochs'"),
        ({"set": ["segmenter_patch=100"]}, "give a multiple of 16"),
        ({"preset": "best"}, "no preset 'best'"),
        ({"data": "kaggle:somewhere"}, r"Use phantom, or one of: dicom:FOLDER"),
        ({"data": "spider:/no/such/folder"}, "is not a folder"),
        ({"labels": "R1"}, "The phantom has no labels from 'R1'. It has labels from: truth"),
        ({"folds": 1}, "--folds must be 0, or from 2 to 50"),
        ({"as_version": "a b"}, "--as-version"),
        ({"seed": -1}, "--seed must be 0 or more"),
    ],
)
def test_what_cannot_be_done_is_refused_before_anything_is_written(
    tmp_path: Path, options: dict[str, object], words: str
) -> None:
    with pytest.raises(CommandError, match=words):
        call_command("train_pipeline", "lumbar_grading", out=tmp_path / "weights", **options)
    assert not (tmp_path / "weights").exists()


def test_a_pipeline_without_a_recipe_is_refused_with_those_that_have_one(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"There are recipes for: .*\blumbar_grading\b"):
        call_command("train_pipeline", "nothing", out=tmp_path / "weights")


def test_a_gpu_that_is_not_there_is_refused(tmp_path: Path) -> None:

    if torch.cuda.is_available():
        pytest.skip("this machine has a GPU")
    with pytest.raises(CommandError, match="sees no GPU"):
        call_command("train_pipeline", "lumbar_grading", device="cuda", out=tmp_path / "weights")
