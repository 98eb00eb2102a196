"""A training from labels of reports: no place of a disc is given, so discs are found first."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

pytest.importorskip("torch", reason="the worker's packages are not installed")

import numpy as np

from inference.pipelines.deepspine.network import CELLS
from inference.training.adapters.dicom_labels import COLUMNS, open_folder
from inference.training.deepspine.batches import DiscTensors
from inference.training.deepspine.samples import UNKNOWN, exam_samples
from inference.training.split import TEST_SHARE, VALIDATION_SHARE, place
from spinestudy.imaging.phantom import build_exam, sample_spec, write_exam
from tests.factories.dicom import SeriesRecipe, positions, series, write

pytestmark = pytest.mark.worker
SEED = 9
CANAL = [k for k, (task, _) in enumerate(CELLS) if task.code == "central_canal_stenosis"]


def patients() -> list[str]:
    """One patient for each part of the split, by the hash that decides it."""
    found: dict[str, str] = {}
    for number in range(500):
        key = f"SYNTHETIC-{number}"
        where = place(key, SEED, "split")
        part = "test" if where < TEST_SHARE else "train"
        found.setdefault("validation" if where >= 1 - VALIDATION_SHARE else part, key)
    return [found[part] for part in ("train", "validation", "test")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three exams; reports say the canal of all, a reader has graded one level of the first."""
    made = tmp_path_factory.mktemp("site")
    rows = [",".join(COLUMNS)]
    for number, patient in enumerate(patients()):
        exam = build_exam(sample_spec(400_010 + number), quick=True)
        paths = write_exam(
            exam, made / patient, patient_id=patient, study_date=date(2026, 1, 2), accession="A1"
        )
        uid = _uid(paths[0])
        for level, score in exam.truth.grades["central_canal_stenosis"].items():
            rows.append(f"{uid},central_canal_stenosis,{level},,{score},report")
        rows.append(f"{uid},foraminal_stenosis,L4/L5,left,2,report")
        if not number:
            rows.append(f"{uid},central_canal_stenosis,L4/L5,,0,R1")
    (made / "labels.csv").write_text("\n".join(rows) + "\n")
    return made


def _uid(path: Path) -> str:
    import pydicom

    return str(pydicom.dcmread(path, stop_before_pixels=True).StudyInstanceUID)


def test_discs_are_found_where_no_place_is_given(folder: Path) -> None:
    exam = open_folder(folder, "report").cases[0].load()
    assert exam.centers_lps == {}
    samples = exam_samples(exam)
    assert len(samples.crops) == 5
    assert (samples.targets[:, CANAL] != UNKNOWN).all()
    foramen = [k for k, (t, s) in enumerate(CELLS) if (t.code, s) == ("foraminal_stenosis", "left")]
    assert sorted(samples.targets[:, foramen].ravel()) == [UNKNOWN] * 4 + [2]
    assert samples.is_report[:, CANAL].all()


def test_a_readers_grade_goes_before_the_report_and_weighs_more(folder: Path) -> None:
    source = open_folder(folder, "R1,report")
    assert source.label_source == "R1,report"
    assert len(source.cases) == 3
    exams = {case.patient_key: case.load() for case in source.cases}
    first = exams[patients()[0]]
    assert first.score("central_canal_stenosis", "L4/L5") == 0
    assert ("central_canal_stenosis", "L4/L5", "") not in first.from_reports
    assert ("central_canal_stenosis", "L3/L4", "") in first.from_reports
    discs = DiscTensors.of([exam_samples(first)], 0.5)
    assert sorted(discs.weights[:, CANAL].ravel().tolist()) == [0.5] * 4 + [1.0]
    weak = open_folder(folder, "report,R1").cases
    turned = {case.patient_key: case.load() for case in weak}[patients()[0]]
    assert ("central_canal_stenosis", "L4/L5", "") in turned.from_reports


def test_a_model_is_trained_from_reports_alone(folder: Path, tmp_path: Path) -> None:
    said, out = StringIO(), tmp_path / "run"
    call_command(
        "train_pipeline",
        "deepspine",
        data=f"dicom:{folder}",
        labels="report",
        seed=SEED,
        set=["grader_steps=2", "grader_batch=4"],
        processes=1,
        out=out,
        stdout=said,
    )
    assert "labels from report" in said.getvalue()
    assert "grader: 6 labels of 5 discs of 1 exams" in said.getvalue()
    told = json.loads((out / "metadata.json").read_text())
    assert told["training"]["data"]["label_source"] == "report"
    assert told["eval_metrics"]["grades"]["central_canal_stenosis"]["discs"] == 5
    assert np.isfinite(told["eval_metrics"]["grades"]["central_canal_stenosis"]["accuracy"])


def test_what_cannot_be_learnt_from_is_told_in_words(tmp_path: Path) -> None:
    recipes = [SeriesRecipe(patient_id=key) for key in patients()]
    for number, recipe in enumerate(recipes):
        write(tmp_path / str(number), series(recipe, positions(6)))
    rows = [f"{recipe.study_uid},modic,L4/L5,,2,report" for recipe in recipes]
    (tmp_path / "labels.csv").write_text("\n".join([",".join(COLUMNS), *rows]) + "\n")
    options = {"data": f"dicom:{tmp_path}", "seed": SEED, "processes": 1, "out": tmp_path / "run"}
    with pytest.raises(CommandError, match="a label that deepspine learns"):
        call_command("train_pipeline", "deepspine", labels="report", **options)
    with pytest.raises(CommandError, match=r"no labels from 'R1'\. It has labels from: report"):
        call_command("train_pipeline", "deepspine", labels="report,R1", **options)
    for setting in ("balance_beta=1", "report_weight=2"):
        given = {**options, "labels": "report", "set": [setting], "out": tmp_path / setting}
        with pytest.raises(CommandError, match="give a number from 0 to 1"):
            call_command("train_pipeline", "deepspine", **given)
