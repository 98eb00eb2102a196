"""SYNTHETIC cases with a small stack each, read by several readers who have drawn on it."""

from __future__ import annotations

import gzip
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from django.contrib.auth.models import User
from numpy.typing import NDArray

from annotations.models import ReaderStudy, Reading
from annotations.services.grades import store_grade
from annotations.services.measurements import Drawing, store_measurement
from annotations.services.reader_studies import (
    UNAIDED,
    ReadingProtocol,
    create_reader_study,
    open_reader_study,
)
from annotations.services.segmentations import store_mask
from annotations.services.submission import submit_reading
from annotations.vocabulary import DISC_LEVELS
from spinestudy.imaging.models import ImagingStudy, Stack, Upload
from spinestudy.imaging.selectors.pixels import load_stack
from spinestudy.imaging.services.ingest import import_paths
from tests import personas
from tests.factories.dicom import SeriesRecipe, positions, series, tilted_axial, write
from tests.factories.reader_studies import answer

SHAPE = (5, 24, 20)
BODY, LESION = 1, 5
Labels = NDArray[np.uint8]


def small_exam(folder: Path) -> Stack:
    """An axial slab with random pixels, of a patient of its own."""
    recipe = SeriesRecipe(
        orientation=tilted_axial(17), rows=SHAPE[1], columns=SHAPE[2], spacing=(0.5, 0.75)
    )
    where = positions(SHAPE[0], orientation=recipe.orientation, start=(-7.0, 3.0, 11.0))
    made = series(recipe, where, SeriesDescription="t2_tse_tra")
    upload = Upload.objects.create(source="test")
    import_paths(upload=upload, paths=write(folder, made), progress=lambda *_: None)
    return Stack.objects.latest("pk")


def opened(coordinator: User, folder: Path, names: Sequence[str]) -> ReaderStudy:
    """One case with images, unaided, open to readers of these names."""
    small_exam(folder)
    reader_study = create_reader_study(
        actor=coordinator,
        title=f"Drawn by several, {folder.name}",
        seed=1,
        imaging_studies=[ImagingStudy.objects.latest("pk")],
        readers=[personas.reader(name) for name in names],
        finding_codes=["modic"],
        arms=[UNAIDED],
        protocol=ReadingProtocol(tools=("length",), segments=("vertebral_body", "lesion")),
    )
    return open_reader_study(reader_study_id=reader_study.pk, actor=coordinator)


def labelmap(**boxes: tuple[slice, slice, slice]) -> Labels:
    """Boxes of voxels by segment, "body" or "lesion"; the later covers the earlier."""
    labels = np.zeros(SHAPE, np.uint8)
    for name, box in boxes.items():
        labels[box] = {"body": BODY, "lesion": LESION}[name]
    return labels


def draw_mask(reading: Reading, labels: Labels, base: int = 0) -> None:
    stack = Stack.objects.get(series__imaging_study=reading.case.imaging_study)
    store_mask(
        reading_id=reading.pk,
        stack_id=stack.pk,
        data=gzip.compress(labels.tobytes()),
        base_revision=base,
        act_key=uuid.uuid4(),
    )


def draw_length(reading: Reading, mm: float, label: str = "") -> None:
    """A line along the rows of the middle slice."""
    stack = Stack.objects.get(series__imaging_study=reading.case.imaging_study)
    loaded = load_stack(stack)
    start = loaded.positions_lps[2] + loaded.column_direction_lps * 3
    ends = [start, start + loaded.row_direction_lps * mm]
    drawing: dict[str, Any] = {
        "measurement_key": uuid.uuid4(),
        "act_key": uuid.uuid4(),
        "base_revision": 0,
        "kind": "length",
        "points_lps": [[float(v) for v in end] for end in ends],
        "stack_id": stack.pk,
        "stack_position": 2,
        "label": label,
        "is_deleted": False,
        "drawn_at": datetime(2026, 11, 20, tzinfo=UTC),
    }
    store_measurement(reading_id=reading.pk, drawing=Drawing(**drawing))


def read(reader_study: ReaderStudy, scores: Mapping[str, Sequence[int]]) -> dict[str, Reading]:
    """Grades of each reader level by level, not submitted yet; reader -> reading."""
    readings = Reading.objects.filter(case__reader_study=reader_study)
    found = {one.enrolment.reader.username: one for one in readings}
    for name, reading in found.items():
        for level, score in zip(DISC_LEVELS, scores[name], strict=True):
            store_grade(reading_id=reading.pk, answer=answer("modic", level, score))
    return found


def submit(readings: Mapping[str, Reading]) -> None:
    for reading in readings.values():
        submit_reading(reading_id=reading.pk)
