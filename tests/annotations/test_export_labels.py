"""manage.py export_labels: what training reads, from reports and readers; nothing is changed."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from annotations.design.protocol import LiveView, ReaderStudyDesign
from annotations.models import Grade, GradeEvent, ReaderStudy
from annotations.services.grades import store_grade
from annotations.services.submission import submit_reading
from inference.training.adapters.dicom_labels import COLUMNS
from spinestudy.imaging.models import Cohort
from tests.factories.clinical_reports import imported
from tests.factories.reader_studies import (
    answer,
    designed_reader_study,
    exam,
    fill,
    opened_reader_study,
    reading_of,
)

pytestmark = pytest.mark.django_db
ITEM = "central_canal_stenosis"
REPORT = "L4-5: Severe canal stenosis. L3-4: Mild canal stenosis, moderate left foraminal stenosis."


def written(path: Path, *words: str) -> tuple[list[dict[str, str]], str]:
    said = StringIO()
    call_command("export_labels", str(path), *words, stdout=said)
    with path.open(newline="") as file:
        return list(csv.DictReader(file)), said.getvalue()


@pytest.fixture
def read(coordinator: User, reader: User) -> ReaderStudy:
    """One case with a report; canal L4/L5 graded 2 without AI, and 0 with AI."""
    made = opened_reader_study(coordinator, [reader], n_cases=1, items=(ITEM,))
    for aided, score in ((False, 2), (True, 0)):
        reading = reading_of(made, reader, aided=aided)
        fill(reading)
        store_grade(reading_id=reading.pk, answer=answer(ITEM, "L4/L5", score))
        submit_reading(reading_id=reading.pk)
    imported(made.cases.get().imaging_study, REPORT)
    return made


def test_reports_readers_and_the_reference_are_written_and_nothing_is_changed(
    read: ReaderStudy, tmp_path: Path
) -> None:
    before = (list(Grade.objects.order_by("pk").values()), GradeEvent.objects.count())
    rows, said = written(tmp_path / "labels.csv", "--reader-study", str(read.pk))
    uid = read.cases.get().imaging_study.study_instance_uid
    assert tuple(rows[0]) == COLUMNS
    assert {row["study_instance_uid"] for row in rows} == {uid}
    cells = {
        (row["source"], row["item"], row["disc_level"], row["side"]): row["score"] for row in rows
    }
    assert cells["report", ITEM, "L4/L5", ""] == "3"
    assert cells["report", ITEM, "L3/L4", ""] == "1"
    assert cells["report", "foraminal_stenosis", "L3/L4", "left"] == "2"
    assert cells["R1", ITEM, "L4/L5", ""] == "2"
    assert cells["R1", ITEM, "L3/L4", ""] == "0"
    assert ("reference", ITEM, "L4/L5", "") not in cells
    assert len(cells) == len(rows)
    assert "R1" in said
    assert f"{len(rows)} labels of 1 exams" in said
    assert before == (list(Grade.objects.order_by("pk").values()), GradeEvent.objects.count())


def test_what_is_only_assumed_can_be_left_out(read: ReaderStudy, tmp_path: Path) -> None:
    every, _ = written(tmp_path / "all.csv", "--reader-study", str(read.pk))
    stated, _ = written(tmp_path / "stated.csv", "--reader-study", str(read.pk), "--stated-only")
    left_out = {tuple(row.values()) for row in every} - {tuple(row.values()) for row in stated}
    assert left_out
    assert {row[-1] for row in left_out} == {"report"}
    assert {row[4] for row in left_out} == {"0"}


def test_a_cohort_gives_the_labels_of_its_reports_alone(
    read: ReaderStudy, coordinator: User, tmp_path: Path
) -> None:
    inside = exam()
    cohort = Cohort.objects.create(name="Lumbar")
    cohort.imaging_studies.add(inside)
    imported(inside, REPORT)
    rows, _ = written(tmp_path / "labels.csv", "--cohort", "Lumbar")
    assert {(row["study_instance_uid"], row["source"]) for row in rows} == {
        (inside.study_instance_uid, "report")
    }


def test_answers_that_the_protocol_does_not_show_yet_stay_where_they_are(
    coordinator: User, reader: User, tmp_path: Path
) -> None:
    design = ReaderStudyDesign(live_view=LiveView(coordinators="none"))
    made = designed_reader_study(coordinator, [reader], design, items=(ITEM,), opened=True)
    reading = reading_of(made, reader, aided=False)
    fill(reading)
    submit_reading(reading_id=reading.pk)
    with pytest.raises(CommandError, match="There is no label to write"):
        written(tmp_path / "labels.csv", "--reader-study", str(made.pk))
    assert not list(tmp_path.iterdir())


def test_an_unfinished_reading_gives_no_label(
    coordinator: User, reader: User, tmp_path: Path
) -> None:
    made = opened_reader_study(coordinator, [reader], n_cases=1, items=(ITEM,))
    store_grade(
        reading_id=reading_of(made, reader, aided=False).pk, answer=answer(ITEM, "L4/L5", 2)
    )
    with pytest.raises(CommandError, match="no label to write"):
        written(tmp_path / "labels.csv", "--reader-study", str(made.pk))


def test_wrong_words_are_refused_and_no_file_is_overwritten(
    read: ReaderStudy, tmp_path: Path
) -> None:
    path = tmp_path / "labels.csv"
    with pytest.raises(CommandError, match="There is no cohort 'None'"):
        written(path, "--cohort", "None")
    with pytest.raises(CommandError, match="There is no reader study 999999"):
        written(path, "--reader-study", "999999")
    with pytest.raises(CommandError, match="is not a folder"):
        written(tmp_path / "nowhere" / "labels.csv", "--reader-study", str(read.pk))
    path.write_text("mine")
    with pytest.raises(CommandError, match="is there already"):
        written(path, "--reader-study", str(read.pk))
    assert path.read_text() == "mine"
