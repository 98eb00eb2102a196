"""The masks of an exam as DICOM segmentations, one a stack. Knows no Django."""

from __future__ import annotations

import hashlib
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import pydicom

from spinestudy.imaging.dicom.segmentation import SegmentationLabel, segmentation_bytes
from spinestudy.imaging.phantom import PhantomExam, PhantomSeries
from spinestudy.imaging.phantom.segments import segments_of

FIRST_SERIES_NUMBER: Final = 900


def write_masks(exam: PhantomExam, files: list[Path], folder: Path) -> list[Path]:
    """Write folder/<role>[-<stack>].dcm for every stack with a mask; return the paths.

    files: the images of the exam in the order in which write_exam gave them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    start = 0
    for series in exam.series:
        own = files[start : start + len(series.pixels)]
        start += len(series.pixels)
        stacks = _stacks(series)
        for number, (first, end) in enumerate(stacks, 1):
            path = folder / (f"{series.role}-{number}.dcm" if stacks[1:] else f"{series.role}.dcm")
            if _write(exam, series, own[first:end], (first, end), path, len(written)):
                written.append(path)
    return written


def _stacks(series: PhantomSeries) -> list[tuple[int, int]]:
    """Runs of slices of one orientation, as (first, end)."""
    turns = np.any(np.abs(np.diff(series.orientation_lps, axis=0)) > 1e-6, axis=1)
    bounds = [0, *(np.flatnonzero(turns) + 1).tolist(), len(series.pixels)]
    return [*pairwise(bounds)]


def _write(
    exam: PhantomExam,
    series: PhantomSeries,
    files: list[Path],
    run: tuple[int, int],
    path: Path,
    number: int,
) -> bool:
    if series.structures is None or series.changes is None:
        raise ValueError("The exam was drawn without masks.")
    part = slice(*run)
    segments = segments_of(series.structures[part], series.changes[part], exam.spec.lumbar_count)
    if not segments:
        return False
    source = [pydicom.dcmread(file, stop_before_pixels=True) for file in files]
    root = f"{source[0].SOPInstanceUID}|masks"
    label = SegmentationLabel(
        sop_instance_uid=_uid(root, "instance"),
        series_instance_uid=_uid(root, "series"),
        series_number=FIRST_SERIES_NUMBER + number,
        series_description=f"SYNTHETIC truth of {source[0].ProtocolName}",
        content_label="TRUTH",
        content_description="SYNTHETIC truth of a computed phantom",
        manufacturer="SpineStudy phantom",
        model="SpineStudy phantom",
        serial_number="SYNTHETIC",
        software_version="phantom",
    )
    path.write_bytes(segmentation_bytes(source, segments, label))
    return True


def _uid(*parts: str) -> str:
    """A UID below 2.25 from a hash (PS3.5 B.2)."""
    digest = hashlib.sha256("|".join(parts).encode()).digest()[:16]
    return f"2.25.{int.from_bytes(digest, 'big')}"
