"""RSNA 2024 Lumbar Spine Degenerative Classification, in the layout of the challenge.

train.csv (one row an exam, columns such as spinal_canal_stenosis_l1_l2),
train_series_descriptions.csv (study_id, series_id, series_description),
train_label_coordinates.csv (study_id, series_id, instance_number, condition, level, x, y),
train_images/STUDY/SERIES/INSTANCE.dcm. Words of a grade: "Normal/Mild", "Moderate", "Severe".
x counts columns and y rows of the image named.

Nobody has marked discs or bodies. Where all five canal points of an exam are marked, the centres of
discs and bodies are estimated from them (`centers_from_canal`); otherwise the exam has none.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inference.contract import ExamInput, StackInput
from inference.training.adapters.dicom_folder import LoadedSeries, load_series, stacks_of
from inference.training.exams import TrainingExam
from inference.training.sources import (
    Case,
    DataError,
    DataSource,
    listing_digest,
    require_label_source,
)

LEVELS: Final = ("L1/L2", "L2/L3", "L3/L4", "L4/L5", "L5/S1")
SCORE_OF: Final = {"normal/mild": 0, "moderate": 1, "severe": 2}
CONDITIONS: Final = {
    "spinal_canal_stenosis": ("central_canal_rsna", ""),
    "left_neural_foraminal_narrowing": ("foraminal_rsna", "left"),
    "right_neural_foraminal_narrowing": ("foraminal_rsna", "right"),
    "left_subarticular_stenosis": ("subarticular_rsna", "left"),
    "right_subarticular_stenosis": ("subarticular_rsna", "right"),
}
"""Condition -> item and side."""
WEIGHTING_OF: Final = {"sagittal t1": "T1", "sagittal t2/stir": "T2", "axial t2": "T2"}
CANAL_TO_DISC_MM: Final = 26.0
"""From the middle of the canal to the middle of the disc; a round number, not a measurement."""
Row = dict[str, str]
Points = dict[tuple[str, str, str], NDArray[np.float64]]


def open_folder(folder: Path, labels: str | None) -> DataSource:
    """All exams of train.csv whose images are there."""
    names = ("train.csv", "train_series_descriptions.csv", "train_label_coordinates.csv")
    missing = [n for n in (*names, "train_images") if not (folder / n).exists()]
    if missing:
        raise DataError(
            f"{folder} lacks {', '.join(missing)}. Unpack the challenge's archive there."
        )
    columns = [f"{c}_{level_slug(level)}" for c in CONDITIONS for level in LEVELS]
    labelled = _rows(folder / names[0], ("study_id", *columns))
    described = _by_exam(_rows(folder / names[1], ("study_id", "series_id", "series_description")))
    marked = _by_exam(
        _rows(
            folder / names[2],
            ("study_id", "series_id", "instance_number", "condition", "level", "x", "y"),
        )
    )
    images = folder / "train_images"
    cases = tuple(
        Case(
            f"rsna2024-{row['study_id']}",
            f"rsna2024-{row['study_id']}",
            partial(
                load_exam,
                images / row["study_id"],
                row,
                described.get(row["study_id"], []),
                marked.get(row["study_id"], []),
            ),
        )
        for row in labelled
        if (images / row["study_id"]).is_dir()
    )
    return DataSource(
        name="rsna2024",
        description="RSNA 2024 Lumbar Spine Degenerative Classification, training part",
        licence="rules of the challenge; see its page before use",
        cases=cases,
        label_source=require_label_source(labels, ("reference",), "RSNA 2024"),
        digest=listing_digest(folder, [folder / n for n in names], images.glob("*/*/*.dcm")),
        digest_covers="the three tables, and names and sizes of the images",
    )


def level_slug(level: str) -> str:
    """The level as columns write it: l4_l5 for L4/L5."""
    return level.lower().replace("/", "_")


def load_exam(folder: Path, row: Row, described: list[Row], marked: list[Row]) -> TrainingExam:
    """All series of one exam, its labels, and its points in the patient's frame."""
    stacks: list[StackInput] = []
    points: Points = {}
    key = f"rsna2024-{row['study_id']}"
    exam_key = key
    for one in described:
        path = folder / one["series_id"]
        files = sorted(path.glob("*.dcm"))
        if not files:
            raise DataError(f"{path} holds no image, but the table of series names it.")
        weighting = WEIGHTING_OF.get(one["series_description"].strip().lower(), "")
        own = [mark for mark in marked if mark["series_id"] == one["series_id"]]
        for series in load_series(files):
            stacks += stacks_of(series, len(stacks), weighting)
            points |= _points(path, series, own)
            exam_key = series.study_instance_uid
    grades, sided = _grades(row)
    return TrainingExam(
        patient_key=key,
        exam_key=exam_key,
        exam=ExamInput(tuple(stacks)),
        labels={},
        grades=grades,
        side_grades=sided,
        points_lps=points,
        centers_lps=centers_from_canal(points),
    )


def centers_from_canal(points: Points) -> dict[str, NDArray[np.float64]]:
    """Estimated centres of discs and bodies; {} unless all five canal points are there.

    A disc lies in front of the canal, at right angles to the canal's course; a body halfway
    between its discs, the outermost ones as far beyond.
    """
    canal = [points.get(("central_canal_rsna", level, "")) for level in LEVELS]
    if any(point is None for point in canal):
        return {}
    course = np.gradient(np.stack([point for point in canal if point is not None]), axis=0)
    course[:, 0] = 0
    course /= np.linalg.norm(course, axis=1, keepdims=True)
    front = np.stack([np.zeros(len(course)), course[:, 2], -course[:, 1]], 1)
    front *= -np.sign(front[:, 1:2])  # the patient's front is -y
    discs = np.stack([p for p in canal if p is not None]) + CANAL_TO_DISC_MM * front
    between = [(a + b) / 2 for a, b in pairwise(discs)]
    bodies = [2 * discs[0] - between[0], *between, 2 * discs[-1] - between[-1]]
    names = ("L1", "L2", "L3", "L4", "L5", "S1")
    return dict(zip(LEVELS, discs, strict=True)) | dict(zip(names, bodies, strict=True))


def _grades(
    row: Row,
) -> tuple[dict[str, dict[str, int]], dict[str, dict[tuple[str, str], int]]]:
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    sided: dict[str, dict[tuple[str, str], int]] = defaultdict(dict)
    for condition, (item, side) in CONDITIONS.items():
        for level in LEVELS:
            text = (row[f"{condition}_{level_slug(level)}"] or "").strip().lower()
            if text in ("", "nan"):
                continue
            if text not in SCORE_OF:
                raise DataError(f"train.csv, exam {row['study_id']}: '{text}' is no known grade.")
            if side:
                sided[item][level, side] = SCORE_OF[text]
            else:
                grades[item][level] = SCORE_OF[text]
    return dict(grades), dict(sided)


def _points(folder: Path, series: LoadedSeries, marked: list[Row]) -> Points:
    """(item, level, side) -> LPS mm, by the geometry of the image that was marked."""
    points: Points = {}
    for mark in marked:
        condition = mark["condition"].strip().lower().replace(" ", "_")
        frame = series.file_of.get(folder / f"{mark['instance_number']}.dcm")
        if condition not in CONDITIONS or frame is None:
            continue
        header = frame.header
        if header.position_lps is None or header.orientation_lps is None:
            continue
        if header.row_spacing_mm is None or header.column_spacing_mm is None:
            continue
        along = np.array(header.orientation_lps[:3]) * header.column_spacing_mm
        down = np.array(header.orientation_lps[3:]) * header.row_spacing_mm
        item, side = CONDITIONS[condition]
        points[item, mark["level"].strip().upper(), side] = (
            np.array(header.position_lps) + float(mark["x"]) * along + float(mark["y"]) * down
        )
    return points


def _by_exam(rows: list[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["study_id"]].append(row)
    return found


def _rows(path: Path, columns: tuple[str, ...]) -> list[Row]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        missing = [column for column in columns if column not in (reader.fieldnames or ())]
        if missing:
            raise DataError(f"{path.name} has no column {', '.join(missing[:3])}.")
        return list(reader)
