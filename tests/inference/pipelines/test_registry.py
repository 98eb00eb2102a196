"""Pipelines are found by name@version, and the web process stays without torch."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from inference import registry

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.worker
def test_a_pipeline_is_loaded_by_name_and_version() -> None:
    pipeline = registry.load("lumbar_grading@2")
    assert (pipeline.name, pipeline.version) == ("lumbar_grading", "2")
    assert pipeline is registry.load("lumbar_grading@2")


@pytest.mark.parametrize("unknown", ["lumbar_grading", "lumbar_grading@1", "", "os@1"])
def test_an_unknown_pipeline_is_refused_with_the_known_ones(unknown: str) -> None:
    with pytest.raises(registry.UnknownPipelineError, match="lumbar_grading@2"):
        registry.load(unknown)
    with pytest.raises(registry.UnknownPipelineError):
        registry.require_known(unknown)


def test_every_registered_pipeline_has_metadata_that_names_it() -> None:
    for pipeline in registry.available():
        found = registry.metadata(pipeline)
        assert f"{found['name']}@{found['version']}" == pipeline
        assert "not for clinical use" in found["intended_use"]


def test_asking_the_registry_imports_neither_torch_nor_monai() -> None:
    code = (
        "import sys, inference.registry as r; r.available(); r.metadata('lumbar_grading@2'); "
        "sys.exit(bool({'torch', 'monai'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)
    assert done.returncode == 0
