"""Reports come in from CSV files, find their exams, and are screened for names."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client

from inference.models import ClinicalReport, ReportImport, ReportRun
from inference.reports.identifiers import counted, find_identifiers, masked
from inference.services.clinical_reports import NotHeldBackError, release_report
from inference.services.report_imports import Columns, ReportFileError, import_reports
from spinestudy.audit.models import AuditRecord
from spinestudy.common.errors import InvalidInputError
from spinestudy.imaging.models import Cohort
from tests.factories.clinical_reports import NAMING, TEXT, csv_file, imported
from tests.factories.reader_studies import exam

pytestmark = pytest.mark.django_db


def bring_in(data: bytes, **more: object) -> ReportImport:
    given = {"source": "x.csv", "handling": "quarantine", "actor": None, **more}
    return import_reports(data=data, **given)  # type: ignore[arg-type]


def test_a_report_finds_its_exam_by_uid_accession_number_or_patient_id() -> None:
    one, two, three = exam(), exam(accession_number="A-17"), exam()
    header = "study_instance_uid,accession_number,patient_id,text\r\n"
    rows = (
        f"{one.study_instance_uid},,,{TEXT} one\r\n,A-17,,{TEXT} two\r\n"
        f",,{three.patient.patient_id},{TEXT} three\r\n"
    )
    made = bring_in((header + rows).encode())
    assert (made.n_rows, made.n_new, made.unmatched) == (3, 3, [])
    texts = dict(ClinicalReport.objects.values_list("imaging_study_id", "text"))
    assert {key: text.split()[-1] for key, text in texts.items()} == {
        one.pk: "one",
        two.pk: "two",
        three.pk: "three",
    }
    assert ReportRun.objects.count() == 3


def test_what_finds_no_exam_is_told_by_line_and_stored_nowhere() -> None:
    patient = exam().patient
    second = exam()
    second.patient = patient
    second.save()
    data = csv_file(
        (patient.patient_id, TEXT + "\n\n" + TEXT),
        ("nobody", TEXT),
        ("", TEXT),
        ("nobody", ""),
        column="patient_id",
    )
    made = bring_in(data)
    assert ClinicalReport.objects.count() == 0
    assert made.unmatched == [
        [2, "several exams have this patient id; give the Study Instance UID"],
        [5, "no exam has this patient id"],
        [6, "no identifier in any of the columns"],
        [7, "the text is empty"],
    ]


def test_a_cohort_limits_where_exams_are_looked_for() -> None:
    inside, outside = exam(), exam()
    cohort = Cohort.objects.create(name="pilot")
    inside.cohorts.add(cohort)
    data = csv_file((inside.study_instance_uid, TEXT), (outside.study_instance_uid, TEXT))
    made = bring_in(data, cohort_name="pilot")
    assert made.n_new == 1
    assert made.unmatched == [[3, "no exam has this study instance uid in the cohort pilot"]]


def test_the_same_text_of_the_same_exam_is_stored_once() -> None:
    data = csv_file((exam().study_instance_uid, TEXT))
    assert bring_in(data).n_new == 1
    again = bring_in(data + data.split(b"\r\n", 1)[1])
    assert (again.n_new, again.n_known) == (0, 2)
    assert ClinicalReport.objects.count() == ReportRun.objects.count() == 1


def test_the_database_itself_keeps_a_report_once_per_exam() -> None:
    report = imported(exam())
    report.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        report.save(force_insert=True)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "has no column"),
        (b"study_instance_uid,words\r\n1.2,x\r\n", "no column .text.*its columns are: study_inst"),
        (b"name,text\r\nx,y\r\n", "none of the columns study_instance_uid, accession_number"),
        (b"patient_id,text\r\n", "no reports"),
        (b"patient_id,text\r\nP1,\xff\xfe\r\n", "isn't UTF-8"),
        (b'patient_id,text\r\nP1,"open\r\n', "isn't CSV"),
    ],
)
def test_a_file_that_cannot_be_used_says_what_to_do_and_stores_nothing(
    data: bytes, message: str
) -> None:
    with pytest.raises(ReportFileError, match=message):
        bring_in(data)
    assert ReportImport.objects.count() == 0


def test_columns_may_be_called_otherwise() -> None:
    one = exam()
    data = f"ID,Befund\r\n{one.patient.patient_id},{TEXT}\r\n".encode("utf-8-sig")
    made = bring_in(data, columns=Columns(text="Befund", patient_id="ID"))
    assert made.n_new == 1


def test_what_may_name_a_person_is_held_back_and_not_read() -> None:
    report = imported(exam(), NAMING)
    assert report.state == ClinicalReport.State.HELD_BACK
    assert report.identifiers == {"name": 1}
    assert not report.runs.exists()


def test_or_it_is_masked_and_the_name_is_kept_nowhere() -> None:
    report = imported(exam(), NAMING, handling="mask")
    assert report.text.endswith("Discussed with [name].")
    assert report.is_masked
    assert report.runs.get().labels.filter(target="canal", category="moderate").exists()
    assert "Example" not in str([one.data for one in AuditRecord.objects.all()])


def test_a_coordinator_releases_a_held_back_report(coordinator: User) -> None:
    report = imported(exam(), NAMING)
    with pytest.raises(InvalidInputError, match="Say why"):
        release_report(report_id=report.pk, how="as_it_is", actor=coordinator)
    released = release_report(report_id=report.pk, how="mask", actor=coordinator)
    assert "[name]" in released.text
    assert released.runs.exists()
    with pytest.raises(NotHeldBackError):
        release_report(report_id=report.pk, how="mask", actor=coordinator)
    assert AuditRecord.objects.filter(action="clinical_report.released").count() == 1


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Discussed with Dr. Jane Q. Example by telephone.", {"name": 1}),
        ("Electronically signed by: John Example, MD.", {"name": 1}),
        ("COMPARISON: MRI of 2019-03-14 and 3/14/21.", {"date": 2}),
        ("COMPARISON: MRI of March 2019 and of 14 March 2020.", {"date": 2}),
        (
            "MRN: 0012345. Call 555-123-4567 or a.b@example.org.",
            {"number": 1, "phone": 1, "e-mail": 1},
        ),
        ("A 93-year-old patient.", {"age": 1}),
        ("L4-5, L4/5 and 4/5: disc bulge of 12 x 8 mm, 1.5 mm slip, grade 1.", {}),
    ],
)
def test_likely_identifiers_are_found(text: str, kinds: dict[str, int]) -> None:
    assert counted(find_identifiers(text)) == kinds
    assert not find_identifiers(masked(text))


def test_the_command_says_what_became_of_the_rows(tmp_path: Path) -> None:
    path = tmp_path / "reports.csv"
    path.write_bytes(
        csv_file(
            (exam().study_instance_uid, TEXT), (exam().study_instance_uid, NAMING), ("1.2", TEXT)
        )
    )
    out = StringIO()
    call_command("import_reports", str(path), stdout=out)
    counts = dict(line.rsplit(maxsplit=1) for line in out.getvalue().splitlines()[:5])
    assert counts == {
        "rows": "3",
        "new reports": "2",
        "known already": "0",
        "without exam": "1",
        "held back": "1",
    }
    assert "no exam has this study instance uid (line 4)" in out.getvalue()
    with pytest.raises(CommandError, match="There is no cohort"):
        call_command("import_reports", str(path), cohort="nowhere")
    with pytest.raises(CommandError, match="can't be read"):
        call_command("import_reports", str(tmp_path / "nothing.csv"))


def test_the_page_imports_a_file_and_shows_what_was_not_stored(
    client: Client, coordinator: User
) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    client.force_login(coordinator)
    data = csv_file((exam().study_instance_uid, TEXT), ("1.2.3", TEXT))
    sent = {"file": SimpleUploadedFile("r.csv", data), "handling": "quarantine", "cohort": ""}
    page = client.post("/clinical-reports/import/", sent, follow=True).content.decode()
    assert "no exam has this study instance uid" in page
    assert ReportImport.objects.get().imported_by == coordinator
    refused = client.post("/clinical-reports/import/", {"handling": "mask"})
    assert refused.status_code == 400
    assert "Choose a CSV file first." in refused.content.decode()
