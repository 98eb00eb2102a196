"""A site's own exams with labels from readers, a reference, or reports."""

from __future__ import annotations

from pathlib import Path

import pytest

from inference.training.adapters.dicom_labels import open_folder
from inference.training.sources import DataError, open_adapter
from tests.factories.dicom import SeriesRecipe, positions, series, write

HEAD = "study_instance_uid,item,disc_level,side,score,source,x,y,z\n"


def write_set(folder: Path) -> tuple[str, str]:
    """Two exams of one patient; R1 has read both, the reference knows one."""
    recipes = [SeriesRecipe(), SeriesRecipe()]
    for number, recipe in enumerate(recipes):
        write(folder / "images" / str(number), series(recipe, positions(6)))
    first, second = (recipe.study_uid for recipe in recipes)
    (folder / "labels.csv").write_text(
        HEAD
        + f"{first},modic,L4/L5,,2,R1,,,\n{second},modic,L4/L5,,0,R1,,,\n"
        + f"{first},modic,L4/L5,,1,reference,,,\n{first},foraminal_rsna,L5/S1,left,2,R1,,,\n"
        + f"{first},center,L4/L5,,,,1.5,-2,3\n"
    )
    return first, second


def test_labels_of_the_source_that_was_asked_for(tmp_path: Path) -> None:
    first, second = write_set(tmp_path)
    by_reader = open_adapter(f"dicom:{tmp_path}", "R1")
    assert {case.exam_key for case in by_reader.cases} == {first, second}
    assert {case.patient_key for case in by_reader.cases} == {"TEST-1"}
    exams = {case.exam_key: case.load() for case in by_reader.cases}
    assert exams[first].score("modic", "L4/L5") == 2
    assert exams[first].score("foraminal_rsna", "L5/S1", "left") == 2
    assert exams[first].centers_lps["L4/L5"].tolist() == [1.5, -2, 3]
    assert [s.weighting for s in exams[first].exam.stacks] == ["T2"]
    (case,) = open_folder(tmp_path, None).cases
    assert case.exam_key == first
    assert case.load().score("modic", "L4/L5") == 1


def test_what_is_missing_or_wrong_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"lacks labels\.csv with the columns study_instance_uid"):
        open_folder(tmp_path, None)
    first, _ = write_set(tmp_path)
    with pytest.raises(DataError, match=r"no labels from 'R9'. It has labels from: reference"):
        open_folder(tmp_path, "R9")
    table = tmp_path / "labels.csv"
    table.write_text(f"{HEAD}{first},modic,L4/L5,,high,R1,,,\n")
    with pytest.raises(DataError, match="line 2: score is 'high', not a number"):
        open_folder(tmp_path, None)
    table.write_text(f"{HEAD}1.2.3,modic,L4/L5,,1,R1,,,\n")
    with pytest.raises(DataError, match=r"names 1 exams that have no file here, the first 1\.2\.3"):
        open_folder(tmp_path, None)
