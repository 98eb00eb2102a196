"""Files that iMRMC, MRMCaov and RJafroc read, one set an ordinal item with a reference.

iMRMC and MRMCaov take cases as independent, so one row stands for a whole patient: the highest
grade of all cells, against the highest reference. RJafroc gets cells as locations of a patient.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import numpy as np
import xlsxwriter

from annotations.reporting.final_report.analysis import Analysis
from annotations.reporting.final_report.ratings import MISSING, IntArray, ItemRatings
from spinestudy.common.csv import csv_text

CREATED: Final = datetime(1980, 1, 1)  # noqa: DTZ001 - a stamp that says nothing


def patient_table(rated: ItemRatings) -> tuple[IntArray, IntArray, IntArray]:
    """Patients with a reference, their truth (0, 1), and (A, R, patients) highest codes.

    Only cells with a reference count; -1 where a reader graded none of them.
    """
    known = rated.reference != MISSING
    patients = np.unique(rated.patients[known])
    place = np.searchsorted(patients, rated.patients[known])
    truth = np.zeros(len(patients), dtype=np.int64)
    np.maximum.at(truth, place, (rated.reference[known] >= rated.cut).astype(np.int64))
    shape = (*rated.codes.shape[:2], len(patients))
    highest = np.full(shape, MISSING, dtype=np.int64)
    for arm, reader in np.ndindex(shape[:2]):
        np.maximum.at(highest[arm, reader], place, rated.codes[arm, reader, known])
    return patients, truth, highest


def imrmc(analysis: Analysis, rated: ItemRatings) -> str:
    """An .imrmc file: counts, then reader, case, modality, score; the truth as reader -1."""
    patients, truth, highest = patient_table(rated)
    lines = [
        f"{rated.item.name}, positive: {rated.cut_words}; highest grade of each patient",
        f"N0: {int((truth == 0).sum())}",
        f"N1: {int((truth == 1).sum())}",
        f"NR: {len(analysis.readers)}",
        f"NM: {len(analysis.arms)}",
        "BEGIN DATA:",
    ]
    lines += [f"-1,{patient + 1},0,{true}" for patient, true in zip(patients, truth, strict=True)]
    for arm, reader, place in np.ndindex(highest.shape):
        score = highest[arm, reader, place]
        if score != MISSING:
            name = _word(analysis.arms[arm])
            lines.append(f"{_word(analysis.readers[reader])},{patients[place] + 1},{name},{score}")
    return "\n".join(lines) + "\n"


def _word(text: str) -> str:
    """A name without what would part columns."""
    return text.replace(",", " ").replace(" ", "_")


def mrmcaov(analysis: Analysis, rated: ItemRatings) -> str:
    """CSV for mrmc(empirical_auc(truth, rating), test, reader, case, data = ...)."""
    patients, truth, highest = patient_table(rated)
    rows = [
        (
            analysis.readers[reader],
            analysis.arms[arm],
            int(patients[place]) + 1,
            int(truth[place]),
            int(highest[arm, reader, place]),
        )
        for arm, reader, place in np.ndindex(highest.shape)
        if highest[arm, reader, place] != MISSING
    ]
    return csv_text(("reader", "test", "case", "truth", "rating"), rows)


def rjafroc(analysis: Analysis, rated: ItemRatings) -> bytes:
    """An .xlsx of the FROC paradigm, crossed: sheets Truth, TP and FP.

    Lesions are cells of the reference from the cut upwards, weighted alike within a patient; a
    reader's marks are cells graded above the lowest grade. Numbers stand for readers and arms in
    the order of the report.
    """
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": CREATED})
    known = np.flatnonzero(rated.reference != MISSING)
    readers = ",".join(str(place + 1) for place in range(len(analysis.readers)))
    arms = ",".join(str(place + 1) for place in range(len(analysis.arms)))
    lesion_of: dict[int, int] = {}
    truth: list[tuple[object, ...]] = []
    for patient in np.unique(rated.patients[known]):
        own = [int(cell) for cell in known if rated.patients[cell] == patient]
        lesions = [cell for cell in own if rated.reference[cell] >= rated.cut]
        lesion_of |= {cell: place for place, cell in enumerate(lesions, start=1)}
        numbers = [lesion_of[cell] for cell in lesions] or [0]
        truth += [(int(patient) + 1, lesion, 0, readers, arms) for lesion in numbers]
    _truth_sheet(book, truth)
    found, false = [], []
    for arm, reader in np.ndindex(rated.codes.shape[:2]):
        for cell in known:
            code = int(rated.codes[arm, reader, cell])
            if code > 0:
                case = int(rated.patients[cell]) + 1
                who = reader + 1, arm + 1, case
                if int(cell) in lesion_of:
                    found.append((*who, lesion_of[int(cell)], code))
                else:
                    false.append((*who, code))
    _sheet(book, "TP", ("ReaderID", "ModalityID", "CaseID", "LesionID", "TP_Rating"), found)
    _sheet(book, "FP", ("ReaderID", "ModalityID", "CaseID", "FP_Rating"), false)
    book.close()
    return out.getvalue()


def _truth_sheet(book: xlsxwriter.Workbook, rows: list[tuple[object, ...]]) -> None:
    heads = ("CaseID", "LesionID", "Weight", "ReaderID", "ModalityID", "Paradigm")
    words = ["FROC", "FCTRL"]
    whole = [(*row, words[place] if place < len(words) else None) for place, row in enumerate(rows)]
    _sheet(book, "Truth", heads, whole)


def _sheet(
    book: xlsxwriter.Workbook,
    name: str,
    heads: tuple[str, ...],
    rows: Sequence[tuple[object, ...]],
) -> None:
    sheet = book.add_worksheet(name)
    for line, row in enumerate([heads, *rows]):
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(line, column, value)
            elif isinstance(value, int):
                sheet.write_number(line, column, value)
