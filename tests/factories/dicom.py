"""DICOM made in the test: small MR images with exact geometry."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage, generate_uid

SAGITTAL = (0.0, 1.0, 0.0, 0.0, 0.0, -1.0)
AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
CORONAL = (1.0, 0.0, 0.0, 0.0, 0.0, -1.0)


def tilted_axial(degrees: float) -> tuple[float, ...]:
    """Axial, turned about the left-right axis."""
    angle = np.deg2rad(degrees)
    return (1.0, 0.0, 0.0, 0.0, float(np.cos(angle)), float(np.sin(angle)))


@dataclass
class SeriesRecipe:
    """What all slices of a series share; `tags` override or remove (None) any element."""

    study_uid: str = field(default_factory=generate_uid)
    series_uid: str = field(default_factory=generate_uid)
    patient_id: str = "TEST-1"
    orientation: Sequence[float] = SAGITTAL
    rows: int = 12
    columns: int = 10
    spacing: tuple[float, float] = (0.5, 0.75)
    tags: dict[str, Any] = field(default_factory=dict)


def normal_of(orientation: Sequence[float]) -> NDArray[np.float64]:
    """Row direction x column direction."""
    return np.cross(np.array(orientation[:3]), np.array(orientation[3:]))


def positions(
    count: int,
    *,
    step_mm: float = 4.0,
    orientation: Sequence[float] = SAGITTAL,
    start: Sequence[float] = (0.0, 0.0, 0.0),
) -> list[tuple[float, float, float]]:
    """Equally spaced positions along the normal."""
    normal = normal_of(orientation)
    return [
        tuple(map(float, np.array(start) + normal * step_mm * index))  # type: ignore[misc]
        for index in range(count)
    ]


def image(
    recipe: SeriesRecipe,
    position: Sequence[float] | None,
    number: int = 1,
    *,
    pixels: NDArray[Any] | None = None,
    **tags: Any,
) -> FileDataset:
    """One MR image; its pixels differ by number and position unless given."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = MRImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid()
    ds = FileDataset("", Dataset(), file_meta=meta, preamble=b"\0" * 128)
    ds.SOPClassUID = MRImageStorage
    ds.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    ds.StudyInstanceUID, ds.SeriesInstanceUID = recipe.study_uid, recipe.series_uid
    ds.PatientID, ds.PatientName = recipe.patient_id, "Test^Case"
    ds.StudyDate, ds.Modality = "20260102", "MR"
    ds.SeriesNumber, ds.InstanceNumber = 1, number
    ds.SeriesDescription = "t2_tse_sag"
    ds.ImageType = ["ORIGINAL", "PRIMARY", "M", "ND"]
    ds.ScanningSequence, ds.SequenceVariant = "SE", "SK"
    ds.RepetitionTime, ds.EchoTime = "3500", "100"
    ds.FrameOfReferenceUID = f"{recipe.study_uid[:60]}.1"
    if position is not None:
        ds.ImagePositionPatient = [float(value) for value in position]
        ds.ImageOrientationPatient = list(recipe.orientation)
    ds.PixelSpacing = list(recipe.spacing)
    if pixels is None:
        seed = abs(hash((number, *map(float, position or ())))) % 2**32
        pixels = np.random.default_rng(seed).integers(
            0, 1000, (recipe.rows, recipe.columns), np.uint16
        )
    ds.Rows, ds.Columns = pixels.shape[:2]
    ds.SamplesPerPixel = 1
    ds.PhotometricInterpretation = "MONOCHROME2"
    ds.BitsAllocated = pixels.dtype.itemsize * 8
    ds.BitsStored, ds.HighBit = ds.BitsAllocated, ds.BitsAllocated - 1
    ds.PixelRepresentation = int(pixels.dtype.kind == "i")
    ds.PixelData = pixels.tobytes()
    for keyword, value in {**recipe.tags, **tags}.items():
        if value is None:
            if keyword in ds:
                delattr(ds, keyword)
        else:
            setattr(ds, keyword, value)
    return ds


def to_bytes(dataset: Dataset) -> bytes:
    """As a file has it."""
    buffer = io.BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def series(
    recipe: SeriesRecipe, where: Sequence[Sequence[float]], *, first_number: int = 1, **tags: Any
) -> list[FileDataset]:
    """Images at these positions, numbered in the order given."""
    return [
        image(recipe, position, first_number + index, **tags)
        for index, position in enumerate(where)
    ]


def write(folder: Path, datasets: Sequence[Dataset], prefix: str = "im") -> list[Path]:
    """Write them as files."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for index, dataset in enumerate(datasets):
        path = folder / f"{prefix}{index:03d}.dcm"
        path.write_bytes(to_bytes(dataset))
        paths.append(path)
    return paths
