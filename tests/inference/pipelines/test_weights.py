"""The weights that are shipped are the ones that the metadata describes."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the worker's packages are not installed")

from inference.pipelines import weights_folder as weights
from inference.pipelines.lumbar_grading import pipeline as lumbar_grading
from inference.pipelines.lumbar_grading.pipeline import LumbarGrading

pytestmark = pytest.mark.worker
FOLDER = Path(lumbar_grading.__file__).parent


def test_the_sha256_is_that_of_the_file_and_of_the_metadata(pipeline: LumbarGrading) -> None:
    data = (FOLDER / weights.WEIGHTS_FILE).read_bytes()
    stated = json.loads((FOLDER / weights.METADATA_FILE).read_text())["weights_sha256"]
    assert pipeline.weights_sha256 == stated == hashlib.sha256(data).hexdigest()
    assert len(data) < 4_000_000


def test_weights_that_the_metadata_does_not_describe_are_refused(tmp_path: Path) -> None:
    for name in (weights.WEIGHTS_FILE, weights.METADATA_FILE):
        shutil.copy(FOLDER / name, tmp_path)
    with (tmp_path / weights.WEIGHTS_FILE).open("ab") as file:
        file.write(b"\0")
    with pytest.raises(weights.WeightsError, match=r"not the file that metadata\.json describes"):
        LumbarGrading(tmp_path)


def test_missing_weights_say_how_to_write_them(tmp_path: Path) -> None:
    with pytest.raises(weights.WeightsError, match="train_pipeline lumbar_grading"):
        LumbarGrading(tmp_path)


def test_the_shipped_weights_were_evaluated_on_seeds_that_were_not_trained_on(
    pipeline: LumbarGrading,
) -> None:
    seeds = pipeline.metadata["training"]["phantom_seeds"]
    parts = [range(first, last + 1) for first, last in seeds.values()]
    for k, part in enumerate(parts):
        for other in parts[k + 1 :]:
            assert not set(part) & set(other)
    assert pipeline.metadata["eval_metrics"]["disc_levels"]["expected"] > 0
