"""manage.py evaluate_pipeline on a few coarse phantoms."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

pytest.importorskip("torch", reason="the worker's packages are not installed")

from inference import registry

pytestmark = pytest.mark.worker


def test_the_tables_are_printed_and_kept_with_what_they_rest_on(tmp_path: Path) -> None:
    said = StringIO()
    options = {"exams": 2, "coarse": True, "processes": 1, "out": tmp_path / "judged"}
    call_command("evaluate_pipeline", "lumbar_grading", stdout=said, **options)
    told = json.loads((tmp_path / "judged" / "results.json").read_text())
    metadata = registry.metadata("lumbar_grading@2")
    assert told["pipeline"] == "lumbar_grading@2"
    assert told["weights_sha256"] == metadata["weights_sha256"]
    assert told["exams"] == [
        "phantom-300000",
        "phantom-300001",
    ]
    assert told["metrics"]["disc_levels"]["expected"] == 10
    pfirrmann = told["metrics"]["grades"]["pfirrmann"]
    assert sum(map(sum, pfirrmann["confusion"])) == pfirrmann["discs"] == 10
    assert set(pfirrmann["levels"]) == {"L1/L2", "L2/L3", "L3/L4", "L4/L5", "L5/S1"}
    assert pfirrmann["quadratic_kappa_interval"] is None, "two patients give no interval"
    assert (tmp_path / "judged" / "results.txt").read_text().strip() in said.getvalue()


def test_a_version_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(CommandError, match=r"no pipeline 'lumbar_grading@9'.*lumbar_grading@2"):
        call_command("evaluate_pipeline", "lumbar_grading@9")
