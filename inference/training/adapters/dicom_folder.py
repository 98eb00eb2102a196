"""DICOM files -> the stacks that pipelines take, without a database.

Files are read, split into stacks and judged by the same code that imports them into a site.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from inference.contract import Plane, StackInput
from inference.training.sources import DataError
from spinestudy.imaging.dicom import values
from spinestudy.imaging.dicom.fitness import reading_flags
from spinestudy.imaging.dicom.frames import StoredFrame
from spinestudy.imaging.dicom.headers import InstanceHeader, parse_header
from spinestudy.imaging.dicom.pixels import decode_frames, pixel_facts
from spinestudy.imaging.dicom.reading import read_dataset
from spinestudy.imaging.dicom.series_role import series_role
from spinestudy.imaging.dicom.stacks import StackPlan, split_into_stacks
from spinestudy.imaging.dicom.unusable import UnusableFileError


@dataclass
class LoadedSeries:
    """One series: its frames with their pixels, by SOP Instance UID and frame number."""

    series_instance_uid: str
    study_instance_uid: str
    patient_id: str
    modality: str
    frames: list[StoredFrame] = field(default_factory=list)
    pixels: dict[tuple[str, int], NDArray[np.float32]] = field(default_factory=dict)
    file_of: dict[Path, StoredFrame] = field(default_factory=dict)


def load_series(files: Iterable[Path]) -> list[LoadedSeries]:
    """Read the images among these files, series by series.

    Files that are no images are left out; DataError for an image that can't be read.
    """
    found: dict[str, LoadedSeries] = {}
    for path in sorted(files):
        try:
            dataset = read_dataset(path.read_bytes()).dataset
            header = parse_header(dataset)
            series = found.setdefault(header.series_instance_uid, _series_of(header))
            photometric = values.text(dataset, "PhotometricInterpretation")
            decoded = decode_frames(dataset, len(header.frames))
            for frame, stored in zip(header.frames, decoded, strict=True):
                facts, _ = pixel_facts(stored, photometric)
                one = StoredFrame(header.sop_instance_uid, frame, facts)
                grey = stored.astype(np.float32)
                grey = grey.mean(2) if grey.ndim == 3 else grey
                key = (one.sop_instance_uid, frame.frame_number)
                series.pixels[key] = grey * frame.rescale_slope + frame.rescale_intercept
                series.frames.append(one)
                series.file_of[path] = one
        except UnusableFileError as error:
            if error.code in ("not_dicom", "dicomdir", "not_an_image"):
                continue
            raise DataError(f"{path}: {error.reason}") from error
    return list(found.values())


def stacks_of(series: LoadedSeries, first_id: int, weighting: str = "") -> list[StackInput]:
    """The stacks of a series that are fit for reading. weighting: what is known from elsewhere."""
    plans = split_into_stacks(series.frames)
    stacks: list[StackInput] = []
    for plan in plans:
        if plan.orientation is None or not reading_flags(plan, plans)[1]:
            continue
        stacks.append(_stack(series, plan, first_id + len(stacks), weighting))
    return stacks


def _series_of(header: InstanceHeader) -> LoadedSeries:
    return LoadedSeries(
        header.series_instance_uid, header.study_instance_uid, header.patient_id, header.modality
    )


def _stack(series: LoadedSeries, plan: StackPlan, stack_id: int, weighting: str) -> StackInput:
    header = plan.frames[0].header
    orientation = plan.orientation
    if orientation is None or header.row_spacing_mm is None or header.column_spacing_mm is None:
        raise DataError(f"Series {series.series_instance_uid} has no geometry.")
    role = series_role(header.pulse, header.image_type, header.description, series.modality)
    return StackInput(
        stack_id=stack_id,
        plane=cast("Plane", plan.plane),
        weighting=weighting or role.label,
        pixels=np.stack(
            [series.pixels[one.sop_instance_uid, one.header.frame_number] for one in plan.frames]
        ),
        row_direction_lps=orientation.row,
        column_direction_lps=orientation.column,
        positions_lps=np.array([one.header.position_lps for one in plan.frames], np.float64),
        row_spacing_mm=header.row_spacing_mm,
        column_spacing_mm=header.column_spacing_mm,
    )
