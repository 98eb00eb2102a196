"""SPIDER: lumbar T1 and T2 with masks and gradings (van der Graaf et al. 2024, Sci Data 11:264).

Layout as published: images/N_t1.mha, N_t2.mha, N_t2_SPACE.mha, masks of the same names,
overview.csv, radiological_gradings.csv. Mask values: 1-25 vertebrae counted upward from L5 (101-125
where only partly in view), 100 spinal canal, 201-225 the disc below vertebra 1-25. A grading's "IVD
label" n is the disc of mask value 200 + n; rows with another number belong to no disc.

The sacrum has no mask. The place of S1 is taken to lie as far below the disc L5/S1 as L5 lies
above it.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inference.contract import ExamInput, StackInput
from inference.training.adapters.metaimage import Volume, read_mha
from inference.training.adapters.spider_masks import structures_of
from inference.training.adapters.volume_stack import SagittalOrder, sagittal_stack
from inference.training.exams import Part, TrainingExam
from inference.training.sources import (
    Case,
    DataError,
    DataSource,
    listing_digest,
    require_label_source,
)

BODIES: Final = ("L5", "L4", "L3", "L2", "L1", "T12", "T11", "T10", "T9", "T8")
DISCS: Final = ("L5/S1", *(f"{above}/{below}" for below, above in pairwise(BODIES)))
ITEM_OF_COLUMN: Final = {
    "Modic": "modic",
    "Pfirrman grade": "pfirrmann",
    "UP endplate": "endplate_upper_spider",
    "LOW endplate": "endplate_lower_spider",
    "Spondylolisthesis": "spondylolisthesis_spider",
    "Disc herniation": "disc_herniation_spider",
    "Disc narrowing": "disc_narrowing_spider",
    "Disc bulging": "disc_bulging_spider",
}
"""Column -> our item. Yes-or-no gradings that no scale of ours matches keep the set's name."""
_WEIGHTING: Final = (("t2", "T2"), ("t1", "T1"), ("t2_SPACE", "T2"))
_PART: Final[Mapping[str, Part]] = {"training": "train", "validation": "test"}
_DISC_BASE: Final = 200
Grades = dict[str, dict[str, int]]


def open_folder(folder: Path, labels: str | None) -> DataSource:
    """All patients that have an image with its mask.

    The published "validation" patients are our test part: nothing is chosen on them.
    """
    images, masks = folder / "images", folder / "masks"
    tables = [folder / "radiological_gradings.csv", folder / "overview.csv"]
    missing = [path.name for path in (images, masks, *tables) if not path.exists()]
    if missing:
        raise DataError(
            f"{folder} lacks {', '.join(missing)}. Unpack all files of SPIDER into one folder."
        )
    grades, parts = _gradings(tables[0]), _parts(tables[1])
    patients: dict[str, list[str]] = {}
    for path in sorted(masks.glob("*.mha")):
        patient, _, kind = path.stem.partition("_")
        if (images / path.name).is_file() and kind in dict(_WEIGHTING):
            patients.setdefault(patient, []).append(kind)
    cases = tuple(
        Case(
            f"spider-{patient}",
            f"spider-{patient}",
            partial(load_exam, folder, patient, tuple(kinds), grades.get(patient, {})),
            parts.get(patient),
        )
        for patient, kinds in sorted(patients.items(), key=lambda one: (len(one[0]), one[0]))
    )
    return DataSource(
        name="spider",
        description="SPIDER, lumbar spine MRI of 218 patients with low back pain, four hospitals "
        "(van der Graaf et al. 2024)",
        licence="CC BY 4.0",
        cases=cases,
        label_source=require_label_source(labels, ("reference",), "SPIDER"),
        digest=listing_digest(folder, tables, [*images.glob("*.mha"), *masks.glob("*.mha")]),
        digest_covers="both tables, and names and sizes of images and masks",
    )


def load_exam(folder: Path, patient: str, kinds: tuple[str, ...], grades: Grades) -> TrainingExam:
    """All series of one patient; centres from the masks of the T2 series, else of the T1 series."""
    stacks: list[StackInput] = []
    labels = {}
    centers: dict[str, NDArray[np.float64]] = {}
    for kind, weighting in _WEIGHTING:
        if kind not in kinds:
            continue
        image = read_mha(folder / "images" / f"{patient}_{kind}.mha")
        mask = read_mha(folder / "masks" / f"{patient}_{kind}.mha")
        if image.voxels.shape != mask.voxels.shape:
            raise DataError(f"{patient}_{kind}.mha: image and mask are of different size.")
        stack = sagittal_stack(image, len(stacks), weighting)
        arranged = SagittalOrder.of(image).arranged(mask.voxels).astype(np.int32)
        whole = structures_of(arranged, stack)
        labels[stack.stack_id] = whole
        stacks.append(stack)
        centers = centers or _centers(image, mask, stack_structures=whole)
    return TrainingExam(
        patient_key=f"spider-{patient}",
        exam_key=f"spider-{patient}",
        exam=ExamInput(tuple(stacks)),
        labels=labels,
        grades=grades,
        centers_lps=centers,
    )


def _centers(
    image: Volume, mask: Volume, stack_structures: NDArray[np.uint8]
) -> dict[str, NDArray[np.float64]]:
    """Centres of discs and bodies in mm; the arches of a vertebra don't pull its centre."""
    order = SagittalOrder.of(image)
    values = order.arranged(mask.voxels).astype(np.int32)
    kept = np.where(stack_structures > 0, values, 0)
    found: dict[str, NDArray[np.float64]] = {}
    for names, base in ((BODIES, 0), (DISCS, _DISC_BASE)):
        for number, name in enumerate(names, 1):
            where = np.argwhere(kept == base + number)
            if len(where):
                index = np.empty(3)
                index[list(order.axes)] = where.mean(0)
                found[name] = image.to_patient(index)
    if "L5/S1" in found and "L5" in found:
        found["S1"] = 2 * found["L5/S1"] - found["L5"]
    return found


def _gradings(path: Path) -> dict[str, Grades]:
    """Patient -> item -> disc level -> score."""
    told: dict[str, Grades] = {}
    rows = list(_rows(path, ("Patient", "IVD label", *ITEM_OF_COLUMN)))
    for line, row in enumerate(rows, 2):
        number = _whole(row["IVD label"], path, line, "IVD label")
        if number is None or not 1 <= number <= len(DISCS):
            continue
        for column, item in ITEM_OF_COLUMN.items():
            score = _whole(row[column], path, line, column)
            if score is not None:
                own = told.setdefault(row["Patient"].strip(), {}).setdefault(item, {})
                own[DISCS[number - 1]] = score
    return told


def _parts(path: Path) -> dict[str, Part]:
    """Patient -> part, as the publisher has split them."""
    parts: dict[str, Part] = {}
    for row in _rows(path, ("new_file_name", "subset")):
        part = _PART.get(row["subset"].strip().lower())
        if part is not None:
            parts[row["new_file_name"].partition("_")[0].strip()] = part
    return parts


def _rows(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        missing = [column for column in columns if column not in (reader.fieldnames or ())]
        if missing:
            raise DataError(f"{path.name} has no column {', '.join(missing)}.")
        return list(reader)


def _whole(text: str | None, path: Path, line: int, column: str) -> int | None:
    """A whole number, None for an empty field."""
    if text is None or not text.strip():
        return None
    try:
        number = float(text)
    except ValueError:
        number = 0.5
    if number != int(number):
        raise DataError(f"{path.name}, line {line}: '{text}' in {column} is not a whole number.")
    return int(number)
