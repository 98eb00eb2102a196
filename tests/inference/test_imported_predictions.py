"""Out-of-fold predictions of a run become predictions that a reader study may show."""

from __future__ import annotations

import hashlib
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from annotations.services.reader_studies import UNAIDED, ArmDesign, create_reader_study
from annotations.tasks import request_opening
from inference.models import Job, PipelineVersion, PredictedGrade, Prediction
from inference.selectors.pipelines import choosable_pipelines
from tests.factories.reader_studies import exam

pytestmark = pytest.mark.django_db


def told(exam_key: str, patient: str, fold: int, score: int) -> dict[str, Any]:
    return {
        "exam": exam_key,
        "patient": patient,
        "fold": fold,
        "weights_sha256": str(fold) * 64,
        "levels": [
            {"level": "L4/L5", "kind": "disc", "center_lps": [1.0, 2.0, 3.0], "confidence": 0.9}
        ],
        "grades": [
            {
                "item": "modic",
                "disc_level": "L4/L5",
                "side": "",
                "score": score,
                "probabilities": {"0": 0.2, "1": 0.8},
            }
        ],
        "notes": [],
    }


def write_run(folder: Path, predictions: list[dict[str, Any]]) -> Path:
    own = folder / "out-of-fold"
    own.mkdir(parents=True)
    listed = []
    for number, one in enumerate(predictions):
        path = own / f"{number}.json"
        path.write_text(json.dumps(one))
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        listed.append({"file": path.name, "exam": one["exam"], "sha256": digest})
    manifest = {"pipeline": "lumbar_grading@2", "predictions": listed}
    (own / "manifest.json").write_text(json.dumps(manifest))
    (folder / "metadata.json").write_text('{"name": "lumbar_grading", "version": "2"}')
    (folder / "CARD.md").write_text("# lumbar_grading 2\n")
    return folder


def bring_in(run: Path) -> str:
    said = StringIO()
    call_command("import_predictions", run, stdout=said)
    return said.getvalue()


def test_each_exam_gets_the_prediction_of_its_fold(tmp_path: Path) -> None:
    by_uid, by_patient = exam(), exam()
    run = write_run(
        tmp_path / "run",
        [
            told(by_uid.study_instance_uid, "anybody", 1, 1),
            told("spider-7", by_patient.patient.patient_id, 2, 0),
            told("9.9.9", "nobody here", 2, 0),
        ],
    )
    said = bring_in(run)
    version = PipelineVersion.objects.get()
    assert version.pipeline.startswith("lumbar_grading@2-oof-")
    assert f"{version.pipeline}: 2 exams stored" in said
    assert "1 exams of the run are not on this site, the first 9.9.9" in said
    stored = {one.imaging_study_id: one for one in Prediction.objects.all()}
    assert stored[by_uid.pk].weights_sha256 == "1" * 64
    assert stored[by_patient.pk].weights_sha256 == "2" * 64
    assert stored[by_patient.pk].provenance == {"fold": 2, "run": "run"}
    assert stored[by_uid.pk].levels.get().center_lps == [1.0, 2.0, 3.0]
    assert PredictedGrade.objects.get(prediction=stored[by_uid.pk]).score == 1
    with pytest.raises(CommandError, match="are here already"):
        bring_in(run)
    assert Prediction.objects.count() == 2


def test_a_reader_study_can_show_them_and_nothing_is_queued(
    tmp_path: Path, coordinator: User, reader: User
) -> None:
    own = exam()
    bring_in(write_run(tmp_path / "run", [told(own.study_instance_uid, "x", 1, 1)]))
    (name,) = (one for one in choosable_pipelines() if "-oof-" in one)
    reader_study = create_reader_study(
        actor=coordinator,
        title="On the training cases",
        seed=1,
        imaging_studies=[own],
        readers=[reader],
        finding_codes=["modic"],
        arms=[UNAIDED, ArmDesign("AI-aided", name)],
    )
    request_opening(reader_study_id=reader_study.pk, actor=coordinator)
    assert not Job.objects.filter(state="queued").exists()


def test_changed_files_and_folders_that_are_no_run_store_nothing(tmp_path: Path) -> None:
    own = exam()
    run = write_run(tmp_path / "run", [told(own.study_instance_uid, "x", 1, 1)])
    (run / "out-of-fold" / "0.json").write_text("{}")
    with pytest.raises(CommandError, match=r"0\.json was changed after the run"):
        bring_in(run)
    with pytest.raises(CommandError, match="is not a finished run with folds"):
        bring_in(tmp_path)
    stranger = write_run(tmp_path / "other", [told("9.9.9", "nobody", 1, 1)])
    with pytest.raises(CommandError, match=r"None of the 1 exams .* Import their files first"):
        bring_in(stranger)
    assert not Prediction.objects.exists()
    assert not PipelineVersion.objects.exists()
