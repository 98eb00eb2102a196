"""The layout of the RSNA 2024 challenge, on a set that the test writes itself."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from inference.training.adapters.rsna2024 import CONDITIONS, LEVELS, level_slug, open_folder
from inference.training.sources import DataError
from tests.factories.dicom import AXIAL, SeriesRecipe, positions, series, to_bytes

EXAM = "4003253"
SAGITTAL, AXIAL_T2 = "702807833", "2448190387"
FIRST = (-16.0, -40.0, 120.0)
SPACING = (1.5, 0.5)


def write_set(folder: Path) -> None:
    own = SeriesRecipe(rows=100, columns=90, spacing=SPACING)
    axial = SeriesRecipe(own.study_uid, orientation=AXIAL, rows=20, columns=20)
    for name, recipe, where in (
        (SAGITTAL, own, [(x, FIRST[1], FIRST[2]) for x in np.arange(-16.0, 20.0, 4.0)]),
        (AXIAL_T2, axial, positions(3, orientation=AXIAL)),
    ):
        path = folder / "train_images" / EXAM / name
        path.mkdir(parents=True)
        for number, image in enumerate(series(recipe, where), 1):
            (path / f"{number}.dcm").write_bytes(to_bytes(image))
    columns = [f"{c}_{level_slug(level)}" for c in CONDITIONS for level in LEVELS]
    grades = dict.fromkeys(columns, "Normal/Mild")
    grades["spinal_canal_stenosis_l4_l5"] = "Severe"
    grades["left_neural_foraminal_narrowing_l5_s1"] = "Moderate"
    grades["right_subarticular_stenosis_l1_l2"] = ""
    tables: dict[str, list[list[object]]] = {
        "train.csv": [["study_id", *columns], [EXAM, *grades.values()], ["999", *grades.values()]],
        "train_series_descriptions.csv": [
            ["study_id", "series_id", "series_description"],
            [EXAM, SAGITTAL, "Sagittal T2/STIR"],
            [EXAM, AXIAL_T2, "Axial T2"],
        ],
        "train_label_coordinates.csv": [
            ["study_id", "series_id", "instance_number", "condition", "level", "x", "y"],
            *(
                [EXAM, SAGITTAL, 5, "Spinal Canal Stenosis", level, 60.0, 10.0 + 20 * k]
                for k, level in enumerate(LEVELS)
            ),
            [EXAM, SAGITTAL, 2, "Right Neural Foraminal Narrowing", "L4/L5", 50.5, 70.25],
        ],
    }
    for name, rows in tables.items():
        with (folder / name).open("w", newline="") as file:
            csv.writer(file).writerows(rows)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_set(tmp_path)
    return tmp_path


def test_grades_by_level_and_side_and_an_empty_one_is_unknown(folder: Path) -> None:
    (case,) = open_folder(folder, None).cases
    exam = case.load()
    assert exam.score("central_canal_rsna", "L4/L5") == 2
    assert exam.score("central_canal_rsna", "L1/L2") == 0
    assert exam.score("foraminal_rsna", "L5/S1", "left") == 1
    assert exam.score("foraminal_rsna", "L5/S1", "right") == 0
    assert exam.score("subarticular_rsna", "L1/L2", "right") is None


def test_series_have_the_weighting_that_the_table_says(folder: Path) -> None:
    exam = open_folder(folder, None).cases[0].load()
    found = {(s.plane, s.weighting): s.pixels.shape for s in exam.exam.stacks}
    assert found == {("sagittal", "T2"): (9, 100, 90), ("axial", "T2"): (3, 20, 20)}


def test_points_are_in_the_patient_by_the_geometry_of_their_image(folder: Path) -> None:
    """Sagittal image 2 lies at x = -12; columns run backward, rows downward."""
    exam = open_folder(folder, None).cases[0].load()
    point = exam.points_lps["foraminal_rsna", "L4/L5", "right"]
    assert point.tolist() == [-12.0, -40 + 50.5 * 0.5, 120 - 70.25 * 1.5]


def test_centres_are_estimated_in_front_of_the_canal(folder: Path) -> None:
    exam = open_folder(folder, None).cases[0].load()
    canal = exam.points_lps["central_canal_rsna", "L3/L4", ""]
    assert np.allclose(exam.centers_lps["L3/L4"], canal - [0, 26, 0])
    assert np.allclose(
        exam.centers_lps["L4"], (exam.centers_lps["L3/L4"] + exam.centers_lps["L4/L5"]) / 2
    )
    assert exam.centers_lps["S1"][2] < exam.centers_lps["L5/S1"][2] < exam.centers_lps["L5"][2]
    table = folder / "train_label_coordinates.csv"
    lines = table.read_text().splitlines()
    table.write_text("\n".join(lines[:1] + lines[2:]) + "\n")
    assert open_folder(folder, None).cases[0].load().centers_lps == {}


def test_what_is_missing_or_wrong_is_named(folder: Path) -> None:
    table = folder / "train.csv"
    whole = table.read_text()
    table.write_text(whole.replace("Severe", "Terrible"))
    with pytest.raises(DataError, match="exam 4003253: 'terrible' is no known grade"):
        open_folder(folder, None).cases[0].load()
    table.write_text(whole.replace("spinal_canal_stenosis_l1_l2", "canal"))
    with pytest.raises(DataError, match="no column spinal_canal_stenosis_l1_l2"):
        open_folder(folder, None)
    table.unlink()
    with pytest.raises(DataError, match=r"lacks train\.csv"):
        open_folder(folder, None)
