"""Bring reports in from a CSV file: find the exam of each row, screen the text, read it."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import transaction

from inference.models import ClinicalReport, ReportImport
from inference.reports.identifiers import counted, find_identifiers, masked
from inference.services.report_labels import label_reports
from spinestudy.audit.services import record
from spinestudy.common.errors import InvalidInputError
from spinestudy.imaging.models import Cohort, ImagingStudy

LONGEST_TEXT: Final = 100_000
LARGEST_FILE: Final = 64 * 1024 * 1024
IDENTITY_COLUMNS: Final = ("study_instance_uid", "accession_number", "patient_id")
"""In the order in which they are asked: the first that a row has decides."""


class ReportFileError(InvalidInputError):
    """The file can't be used as it is; nothing of it was stored."""

    code = "report_file"


@dataclass(frozen=True)
class Columns:
    """What the columns of the file are called."""

    text: str = "text"
    study_instance_uid: str = "study_instance_uid"
    accession_number: str = "accession_number"
    patient_id: str = "patient_id"


@dataclass
class _Sorted:
    """Rows by what became of them; unmatched: (line, reason)."""

    new: dict[tuple[int, str], tuple[ImagingStudy, str]] = field(default_factory=dict)
    n_rows: int = 0
    n_known: int = 0
    unmatched: list[tuple[int, str]] = field(default_factory=list)


def read_rows(data: bytes, columns: Columns) -> list[tuple[int, Mapping[str, str]]]:
    """(first line, row) of a CSV file with a header, UTF-8; ReportFileError with what to do."""
    if len(data) > LARGEST_FILE:
        raise ReportFileError(f"The file is larger than {LARGEST_FILE // 2**20} MiB; split it.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReportFileError("The file isn't UTF-8 text; save it as CSV UTF-8.") from error
    csv.field_size_limit(max(csv.field_size_limit(), 2 * LONGEST_TEXT))
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        header = reader.fieldnames or []
        _check_header(header, columns)
        rows: list[tuple[int, Mapping[str, str]]] = []
        line = reader.line_num + 1
        for row in reader:
            rows.append((line, {key: value or "" for key, value in row.items() if key}))
            line = reader.line_num + 1
        return rows
    except csv.Error as error:
        raise ReportFileError(f"Line {reader.line_num} isn't CSV: {error}.") from error


def _check_header(header: Sequence[str], columns: Columns) -> None:
    there = ", ".join(header) or "none"
    if columns.text not in header:
        raise ReportFileError(
            f"The file has no column “{columns.text}” with the text of the reports; its columns "
            f"are: {there}."
        )
    names = [getattr(columns, one) for one in IDENTITY_COLUMNS]
    if not set(names) & set(header):
        raise ReportFileError(
            f"The file has none of the columns {', '.join(names)}, by which a report finds its "
            f"exam; its columns are: {there}."
        )


@transaction.atomic
def import_reports(
    *,
    data: bytes,
    source: str,
    handling: str,
    actor: Any,
    cohort_name: str = "",
    columns: Columns | None = None,
) -> ReportImport:
    """Store the reports whose exam is found, and read them; all of the file or nothing.

    The same text of the same exam is stored once, however often it comes. What likely names a
    person is masked, or the report is held back, by `handling`.

    Raises
    ------
    ReportFileError
        If the file, its columns or the cohort can't be used.
    """
    columns = columns or Columns()
    if handling not in ReportImport.Handling.values:
        raise ReportFileError("Say whether likely identifiers are masked or held back.")
    cohort = None
    if cohort_name.strip():
        cohort = Cohort.objects.filter(name=cohort_name.strip()).first()
        if cohort is None:
            raise ReportFileError(f"There is no cohort called “{cohort_name.strip()}”.")
    rows = read_rows(data, columns)
    if not rows:
        raise ReportFileError("The file has a header and no reports.")
    sorted_rows = _sorted_rows(rows, columns, cohort)
    flags = {key: counted(find_identifiers(text)) for key, (_, text) in sorted_rows.new.items()}
    made = ReportImport.objects.create(
        source=source[:255],
        cohort=cohort,
        handling=handling,
        n_rows=len(rows),
        n_new=len(sorted_rows.new),
        n_known=sorted_rows.n_known,
        n_flagged=sum(bool(one) for one in flags.values()),
        unmatched=[list(one) for one in sorted_rows.unmatched],
        imported_by=actor,
    )
    masks = handling == ReportImport.Handling.MASK
    reports = ClinicalReport.objects.bulk_create(
        ClinicalReport(
            imaging_study=exam,
            report_import=made,
            text=masked(text) if masks and flags[key] else text,
            sha256=key[1],
            state=ClinicalReport.State.HELD_BACK
            if flags[key] and not masks
            else ClinicalReport.State.IN_USE,
            is_masked=bool(masks and flags[key]),
            identifiers=flags[key],
        )
        for key, (exam, text) in sorted_rows.new.items()
    )
    label_reports(reports)
    record(
        actor=actor,
        action="clinical_reports.imported",
        subject=made,
        new=made.n_new,
        known=made.n_known,
        unmatched=len(made.unmatched),
        handling=handling,
    )
    return made


def _sorted_rows(
    rows: Sequence[tuple[int, Mapping[str, str]]], columns: Columns, cohort: Cohort | None
) -> _Sorted:
    found = _Sorted(n_rows=len(rows))
    for line, row in rows:
        text = row.get(columns.text, "").replace("\r\n", "\n").strip()
        problem = _problem_of(text)
        exam, reason = (None, problem) if problem else _exam_of(row, columns, cohort)
        if exam is None:
            found.unmatched.append((line, reason))
            continue
        key = (exam.pk, hashlib.sha256(text.encode()).hexdigest())
        if key in found.new:
            found.n_known += 1
        else:
            found.new[key] = (exam, text)
    known = set(
        ClinicalReport.objects.filter(
            imaging_study__in={exam for exam, _ in found.new}, sha256__in={d for _, d in found.new}
        ).values_list("imaging_study_id", "sha256")
    )
    found.n_known += len(known & set(found.new))
    found.new = {key: value for key, value in found.new.items() if key not in known}
    return found


def _problem_of(text: str) -> str:
    if not text:
        return "the text is empty"
    if len(text) > LONGEST_TEXT:
        return f"the text has more than {LONGEST_TEXT} characters"
    return "the text holds a NUL character" if "\0" in text else ""


def _exam_of(
    row: Mapping[str, str], columns: Columns, cohort: Cohort | None
) -> tuple[ImagingStudy | None, str]:
    """The exam that a row names, or why there is none."""
    lookups = {
        "study_instance_uid": "study_instance_uid",
        "accession_number": "accession_number",
        "patient_id": "patient__patient_id",
    }
    exams = ImagingStudy.objects.all() if cohort is None else cohort.imaging_studies.all()
    where = "" if cohort is None else f" in the cohort {cohort.name}"
    for name in IDENTITY_COLUMNS:
        value = row.get(getattr(columns, name), "").strip()
        if not value or "\0" in value:
            continue
        found = list(exams.filter(**{lookups[name]: value})[:2])
        words = name.replace("_", " ")
        if len(found) == 1:
            return found[0], ""
        if not found:
            return None, f"no exam has this {words}{where}"
        return None, f"several exams have this {words}{where}; give the Study Instance UID"
    return None, "no identifier in any of the columns"
