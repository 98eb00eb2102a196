"""A folder of DICOM files with `labels.csv`: a site's own exams, with labels from anywhere.

labels.csv has one row a cell: study_instance_uid, item, disc_level, side (right, left or empty),
score, source. source says whose label it is: truth, reference, report, or a reader's code. Rows
with the item `center` give the place of a disc or body instead: disc_level, and x, y, z in LPS
mm. `manage.py export_labels` writes such a file.

Labels of several sources can be asked for, as in `reference,report`: in a cell that two of them
label, the first one named goes before.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import pydicom

from inference.contract import ExamInput, StackInput
from inference.training.adapters.dicom_folder import load_series, stacks_of
from inference.training.exams import TrainingExam
from inference.training.sources import (
    Case,
    DataError,
    DataSource,
    listing_digest,
    require_label_source,
)

TABLE: Final = "labels.csv"
COLUMNS: Final = ("study_instance_uid", "item", "disc_level", "side", "score", "source")
CENTER: Final = "center"
REPORT: Final = "report"
"""Labels that were read from reports; weak, see TrainingExam.from_reports."""
Row = dict[str, str]


def open_folder(folder: Path, labels: str | None) -> DataSource:
    """All exams that have labels of the source that was asked for."""
    path = folder / TABLE
    if not path.is_file():
        raise DataError(f"{folder} lacks {TABLE} with the columns {', '.join(COLUMNS)}.")
    rows = _rows(path)
    known = sorted({row["source"] for row in rows if row["item"] != CENTER})
    if not known:
        raise DataError(f"{TABLE} holds no label.")
    preferred = [name for name in ("reference", "truth") if name in known]
    wanted: list[str | None] = [one.strip() for one in (labels or "").split(",") if one.strip()]
    wanted = wanted or [None]
    sources = [require_label_source(one, [*preferred, *known], TABLE) for one in wanted]
    files = [one for one in sorted(folder.rglob("*")) if one.is_file() and one != path]
    exams = _exams(files)
    labelled = {row["study_instance_uid"] for row in rows if row["source"] in sources}
    absent = sorted(labelled - exams.keys())
    if absent:
        raise DataError(
            f"{TABLE} names {len(absent)} exams that have no file here, the first {absent[0]}."
        )
    cases = tuple(
        Case(
            exams[uid][0],
            uid,
            partial(
                load_exam,
                tuple(exams[uid][1]),
                [r for r in rows if r["study_instance_uid"] == uid],
                sources,
            ),
        )
        for uid in sorted(labelled)
    )
    return DataSource(
        name="dicom",
        description=f"Exams of a site, {len(cases)} with labels",
        licence="the site's own",
        cases=cases,
        label_source=",".join(sources),
        digest=listing_digest(folder, [path], files),
        digest_covers=f"{TABLE}, and names and sizes of the images",
    )


def load_exam(files: tuple[Path, ...], rows: list[Row], sources: list[str]) -> TrainingExam:
    """One exam with the labels of these sources, and all places that are known.

    The first source goes before the second where both label a cell.
    """
    stacks: list[StackInput] = []
    patient, exam_key = "", ""
    for series in load_series(files):
        stacks += stacks_of(series, len(stacks))
        patient, exam_key = series.patient_id, series.study_instance_uid
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    sided: dict[str, dict[tuple[str, str], int]] = defaultdict(dict)
    centers = {
        row["disc_level"]: np.array([float(row[axis]) for axis in "xyz"])
        for row in rows
        if row["item"] == CENTER
    }
    from_reports = set()
    for cell, (source, score) in _labels(rows, sources).items():
        item, level, side = cell
        if side:
            sided[item][level, side] = score
        else:
            grades[item][level] = score
        if source == REPORT:
            from_reports.add(cell)
    return TrainingExam(
        patient_key=patient,
        exam_key=exam_key,
        exam=ExamInput(tuple(stacks)),
        labels={},
        grades=dict(grades),
        side_grades=dict(sided),
        centers_lps=centers,
        from_reports=frozenset(from_reports),
    )


def _labels(rows: list[Row], sources: list[str]) -> dict[tuple[str, str, str], tuple[str, int]]:
    """(item, level, side) -> the source that counts there, and its score."""
    labels: dict[tuple[str, str, str], tuple[str, int]] = {}
    for source in reversed(sources):
        for row in rows:
            if row["item"] != CENTER and row["source"] == source:
                cell = (row["item"], row["disc_level"], row["side"])
                labels[cell] = (source, int(row["score"]))
    return labels


def _exams(files: list[Path]) -> dict[str, tuple[str, list[Path]]]:
    """Study Instance UID -> patient and files, by the headers alone."""
    found: dict[str, tuple[str, list[Path]]] = {}
    tags = ["StudyInstanceUID", "PatientID"]
    for path in files:
        try:
            header = pydicom.dcmread(path, stop_before_pixels=True, specific_tags=tags)
        except (pydicom.errors.InvalidDicomError, OSError):
            continue
        uid = str(header.get("StudyInstanceUID", ""))
        if uid:
            patient = str(header.get("PatientID", "")) or f"no patient ID in {uid}"
            found.setdefault(uid, (patient, []))[1].append(path)
    return found


def _rows(path: Path) -> list[Row]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
        if missing:
            raise DataError(f"{path.name} has no column {', '.join(missing)}.")
        rows = [{k: (v or "").strip() for k, v in row.items() if k} for row in reader]
    for line, row in enumerate(rows, 2):
        fields = ("x", "y", "z") if row["item"] == CENTER else ("score",)
        for field in fields:
            try:
                float(row.get(field, ""))
            except ValueError as error:
                raise DataError(
                    f"{path.name}, line {line}: {field} is '{row.get(field, '')}', not a number."
                ) from error
    return rows
