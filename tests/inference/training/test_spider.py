"""SPIDER's layout, values and numbering, on a set that the test writes itself."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from inference.training.adapters.spider import ITEM_OF_COLUMN, open_folder
from inference.training.sources import DataError
from tests.inference.training.mha import write_mha

AXES = ((0.0, 1.0, 0.0), (0.0, 0.0, -1.0), (1.0, 0.0, 0.0))
"""As exported from a sagittal series: columns backward, rows downward, slices to the left."""
ORIGIN, SPACING = (-20.0, -60.0, 90.0), (2.0, 2.0, 4.0)
COLUMNS, ROWS, SLICES = 60, 100, 11


def spine() -> NDArray[np.uint8]:
    """(columns, rows, slices): L5 to L1 and their discs, canal behind, one spinous process."""
    mask = np.zeros((COLUMNS, ROWS, SLICES), np.uint8)
    for number in range(1, 6):
        top = 90 - 17 * number
        mask[15:33, top : top + 12, 2:9] = number
        mask[15:33, top + 12 : top + 17, 2:9] = 200 + number
    mask[34:40, :, 4:7] = 100
    mask[42:56, 22:30, 5:6] = 4
    return mask


def write_set(folder: Path, *, gradings: bool = True) -> None:
    rng = np.random.default_rng(3)
    for patient, kinds in (("1", ("t1", "t2")), ("12", ("t2",))):
        for kind in kinds:
            image = rng.integers(0, 900, (COLUMNS, ROWS, SLICES)).astype(np.int16)
            write_mha(folder / "images" / f"{patient}_{kind}.mha", image, AXES, ORIGIN, SPACING)
            write_mha(folder / "masks" / f"{patient}_{kind}.mha", spine(), AXES, ORIGIN, SPACING)
    (folder / "overview.csv").write_text(
        "new_file_name,subset,sex\n1_t1,training,F\n1_t2,training,F\n12_t2,validation,M\n"
    )
    if gradings:
        with (folder / "radiological_gradings.csv").open("w", newline="") as file:
            table = csv.writer(file)
            table.writerow(["Patient", "IVD label", *ITEM_OF_COLUMN])
            table.writerow([1, 1, 2, 4, 0, 1, 0, 0, 1, 1])
            table.writerow([1, 2, 0, 3, 0, 0, 0, 0, 0, 0])
            table.writerow([1, 0, 3, 5, 1, 1, 1, 1, 1, 1])


def test_patients_grades_and_parts_are_those_of_the_tables(tmp_path: Path) -> None:
    write_set(tmp_path)
    source = open_folder(tmp_path, None)
    assert [(case.exam_key, case.part) for case in source.cases] == [
        ("spider-1", "train"),
        ("spider-12", "test"),
    ]
    assert source.label_source == "reference"
    exam = source.cases[0].load()
    assert exam.grades["modic"] == {"L5/S1": 2, "L4/L5": 0}
    assert exam.grades["pfirrmann"] == {"L5/S1": 4, "L4/L5": 3}
    assert exam.grades["disc_narrowing_spider"] == {"L5/S1": 1, "L4/L5": 0}
    assert source.cases[1].load().grades == {}


def test_structures_lie_where_the_masks_lie_and_arches_are_no_body(tmp_path: Path) -> None:
    write_set(tmp_path)
    exam = open_folder(tmp_path, None).cases[0].load()
    stacks = {stack.weighting: stack for stack in exam.exam.stacks}
    assert set(stacks) == {"T1", "T2"}
    labels = exam.labels[stacks["T2"].stack_id]
    assert labels.shape == (SLICES, ROWS, COLUMNS)
    mask = spine().transpose(2, 1, 0)
    assert (labels[mask == 100] == 4).all()
    assert (labels[mask > 200] == 3).all()
    body = np.isin(mask, [1, 2, 3, 4, 5])
    in_front = body & (np.arange(COLUMNS) < 34)
    assert (labels[in_front] == 1).all()
    assert (body & ~in_front).any()
    assert (labels[body & ~in_front] == 0).all()
    assert (labels[mask == 0] == 0).all()


def test_levels_are_counted_upward_from_the_lowest_vertebra(tmp_path: Path) -> None:
    write_set(tmp_path)
    centers = open_folder(tmp_path, None).cases[0].load().centers_lps
    assert {"L1", "L2", "L3", "L4", "L5", "S1", "L5/S1", "L4/L5", "L1/L2"} <= set(centers)
    top = 90 - 17 * 4
    expected = [-20 + 4.0 * 5, -60 + 2.0 * 23.5, 90 - 2.0 * (top + 5.5)]
    assert np.allclose(centers["L2"], expected), "the process of vertebra 4 pulls nothing"
    assert centers["L1"][2] > centers["L1/L2"][2] > centers["L2"][2] > centers["L5/S1"][2]
    assert np.allclose(centers["S1"] - centers["L5/S1"], centers["L5/S1"] - centers["L5"])


def test_what_is_missing_or_wrong_is_named(tmp_path: Path) -> None:
    write_set(tmp_path, gradings=False)
    with pytest.raises(DataError, match=r"lacks radiological_gradings\.csv"):
        open_folder(tmp_path, None)
    write_set(tmp_path)
    with pytest.raises(DataError, match=r"no labels from 'R1'. It has labels from: reference"):
        open_folder(tmp_path, "R1")
    table = tmp_path / "radiological_gradings.csv"
    whole = table.read_text()
    table.write_text(whole.replace("Pfirrman grade", "Pfirrmann"))
    with pytest.raises(DataError, match="no column Pfirrman grade"):
        open_folder(tmp_path, None)
    table.write_text(whole.replace("1,2,0,3", "1,2,0,three"))
    with pytest.raises(DataError, match="line 3: 'three' in Pfirrman grade"):
        open_folder(tmp_path, None)


def test_the_digest_follows_tables_and_files(tmp_path: Path) -> None:
    write_set(tmp_path)
    before = open_folder(tmp_path, None).digest
    assert open_folder(tmp_path, None).digest == before
    (tmp_path / "masks" / "12_t2.mha").unlink()
    assert open_folder(tmp_path, None).digest != before


@pytest.mark.worker
def test_lumbar_grading_finds_discs_to_learn_from(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="the worker's packages are not installed")
    from inference.pipelines.lumbar_grading.network import ITEMS
    from inference.training.lumbar_grading.samples import UNKNOWN, exam_samples

    write_set(tmp_path)
    samples = exam_samples(open_folder(tmp_path, None).cases[0].load())
    assert len(samples.crops) == 5
    codes = [item.code for item in ITEMS]
    pfirrmann = samples.grades[:, codes.index("pfirrmann")].tolist()
    assert pfirrmann == [UNKNOWN, UNKNOWN, UNKNOWN, 2, 3]
    assert (samples.grades[:, codes.index("central_canal_stenosis")] == UNKNOWN).all()
    assert set(np.unique(samples.masks)) == {0, 1, 3, 4}
