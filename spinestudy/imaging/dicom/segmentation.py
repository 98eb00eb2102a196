"""Masks as DICOM: Segmentation Storage, binary, of one stack (PS3.3 A.51, C.8.20)."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, SegmentationStorage

from spinestudy.imaging.dicom.segmentation_groups import (
    element,
    per_frame_element,
    shared_groups,
)

_PATIENT_AND_EXAM: Final = (
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "PatientSex",
    "PatientAge",
    "PatientComments",
    "StudyInstanceUID",
    "StudyDate",
    "StudyTime",
    "ReferringPhysicianName",
    "StudyID",
    "AccessionNumber",
    "StudyDescription",
    "FrameOfReferenceUID",
    "PositionReferenceIndicator",
)
_TYPE_2: Final = {
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "PatientSex",
    "StudyDate",
    "StudyTime",
    "ReferringPhysicianName",
    "StudyID",
    "AccessionNumber",
    "PositionReferenceIndicator",
}
# Bounds of what counts as one plane orientation, and of two slices at one place (mm).
_SAME_ORIENTATION: Final = 1e-4
_SAME_PLACE_MM: Final = 1e-3


class SegmentationError(ValueError):
    """No segmentation can be written of that; the message says why and what to do."""


@dataclass(frozen=True)
class CodedConcept:
    """Code value, coding scheme designator and meaning (PS3.3 8.8)."""

    value: str
    scheme: str
    meaning: str


@dataclass(frozen=True)
class MaskSegment:
    """One segment. mask: bool (slices, rows, columns) on the source stack, in its order.

    algorithm_name is needed unless a person drew it (algorithm_type MANUAL).
    """

    label: str
    category: CodedConcept
    type: CodedConcept
    mask: NDArray[np.bool_]
    algorithm_type: Literal["AUTOMATIC", "SEMIAUTOMATIC", "MANUAL"] = "AUTOMATIC"
    algorithm_name: str = ""


@dataclass(frozen=True)
class SegmentationLabel:
    """Who made it, and what it is called. content_label: CS, at most 16 of A-Z, 0-9, space, _."""

    sop_instance_uid: str
    series_instance_uid: str
    series_number: int
    series_description: str
    content_label: str
    content_description: str
    manufacturer: str
    model: str
    serial_number: str
    software_version: str


def segmentation_bytes(
    source: Sequence[Dataset], segments: Sequence[MaskSegment], label: SegmentationLabel
) -> bytes:
    """A Segmentation object over the slices of one stack, as the bytes of its file.

    source: headers of the single-frame images, one a slice. Segments may overlap; those without a
    voxel are kept as segments without frames. Slices without a voxel of a segment have no frame.

    Raises SegmentationError where the slices differ in orientation, spacing, size or frame of
    reference, lie twice at one place, or no segment holds a voxel.
    """
    _check(source, segments)
    frames = [
        (number, k)
        for number, segment in enumerate(segments, 1)
        for k in np.flatnonzero(segment.mask.any(axis=(1, 2))).tolist()
    ]
    if not frames:
        raise SegmentationError("All masks are empty: leave this stack out.")
    head = io.BytesIO()
    _header(source, segments, label, frames).save_as(head, enforce_file_format=True)
    bits = np.concatenate([segments[number - 1].mask[k].ravel() for number, k in frames])
    packed = np.packbits(bits, bitorder="little").tobytes()  # PS3.5 8.1.1
    pixels = packed + b"\0" * (len(packed) % 2)
    # The groups of hundreds of frames and the pixels come last, and are encoded apart: through a
    # data set they take ten times as long.
    order = _order_along_normal(source)
    ranks = {k: int(order[k]) + 1 for _, k in frames}
    groups = per_frame_element(source, ranks, frames)
    return head.getvalue() + groups + element(0x7FE0, 0x0010, b"OB", pixels)


def _header(
    source: Sequence[Dataset],
    segments: Sequence[MaskSegment],
    label: SegmentationLabel,
    frames: Sequence[tuple[int, int]],
) -> FileDataset:
    """All but the groups of the frames and the pixels."""
    first = source[0]
    ds = _new_file(label)
    for keyword in _PATIENT_AND_EXAM:
        if keyword in first:
            ds[keyword] = first[keyword]
        elif keyword in _TYPE_2:
            setattr(ds, keyword, "")
    ds.SpecificCharacterSet = "ISO_IR 192"
    _describe(ds, first, label)
    ds.SegmentSequence = [_segment_item(n, s) for n, s in enumerate(segments, 1)]
    ds.Rows, ds.Columns = int(first.Rows), int(first.Columns)
    ds.NumberOfFrames = len(frames)
    ds.SharedFunctionalGroupsSequence = [shared_groups(source)]
    organization = UID(_derived(label.sop_instance_uid))
    ds.DimensionOrganizationSequence = [Dataset()]
    ds.DimensionOrganizationSequence[0].DimensionOrganizationUID = organization
    ds.DimensionIndexSequence = [
        _dimension(organization, 0x0062000B, 0x0062000A, "Segment"),
        _dimension(organization, 0x00200032, 0x00209113, "Position"),
    ]
    ds.ReferencedSeriesSequence = [_referenced(source, sorted({k for _, k in frames}))]
    return ds


def _check(source: Sequence[Dataset], segments: Sequence[MaskSegment]) -> None:
    if not source:
        raise SegmentationError("There are no source images: give the slices of one stack.")
    first = source[0]
    if any(int(ds.get("NumberOfFrames", 1) or 1) > 1 for ds in source):
        raise SegmentationError("Multi-frame sources aren't supported: give single-frame images.")
    orientation = np.array(first.ImageOrientationPatient, dtype=float)
    for ds in source[1:]:
        away = np.abs(np.array(ds.ImageOrientationPatient, dtype=float) - orientation).max()
        same = all(
            ds.get(keyword) == first.get(keyword)
            for keyword in ("Rows", "Columns", "PixelSpacing", "FrameOfReferenceUID")
        )
        if away > _SAME_ORIENTATION or not same:
            raise SegmentationError(
                "The slices differ in orientation, size, spacing or frame of reference: write one "
                "segmentation for each stack."
            )
    places = np.sort(_along_normal(source))
    if np.any(np.diff(places) < _SAME_PLACE_MM):
        raise SegmentationError("Two slices lie at one place: leave out the repetition.")
    shape = (len(source), int(first.Rows), int(first.Columns))
    for segment in segments:
        if segment.mask.shape != shape:
            raise SegmentationError(
                f"The mask of {segment.label} has the shape {segment.mask.shape}, "
                f"the stack {shape}: give one mask slice for each image."
            )
        if segment.algorithm_type != "MANUAL" and not segment.algorithm_name:
            raise SegmentationError(f"{segment.label}: name the algorithm that made it.")


def _along_normal(source: Sequence[Dataset]) -> NDArray[np.float64]:
    orientation = np.array(source[0].ImageOrientationPatient, dtype=float)
    normal = np.cross(orientation[:3], orientation[3:])
    return np.array([np.array(ds.ImagePositionPatient, dtype=float) @ normal for ds in source])


def _order_along_normal(source: Sequence[Dataset]) -> NDArray[np.intp]:
    """Rank of every slice along the normal, from 0."""
    return np.argsort(np.argsort(_along_normal(source)))


def _new_file(label: SegmentationLabel) -> FileDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = SegmentationStorage
    meta.MediaStorageSOPInstanceUID = UID(label.sop_instance_uid)
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = UID(_derived("SpineStudy segmentation writer"))
    meta.ImplementationVersionName = "SPINESTUDY"
    ds = FileDataset("", Dataset(), preamble=b"\0" * 128, file_meta=meta)
    ds.SOPClassUID = SegmentationStorage
    ds.SOPInstanceUID = UID(label.sop_instance_uid)
    return ds


def _describe(ds: FileDataset, first: Dataset, label: SegmentationLabel) -> None:
    """Series, equipment, general image and segmentation image modules."""
    ds.Modality = "SEG"
    ds.SeriesInstanceUID = UID(label.series_instance_uid)
    ds.SeriesNumber = label.series_number
    ds.SeriesDescription = label.series_description[:64]
    ds.Manufacturer = label.manufacturer
    ds.ManufacturerModelName = label.model
    ds.DeviceSerialNumber = label.serial_number
    ds.SoftwareVersions = label.software_version
    ds.InstanceNumber = 1
    ds.ImageType = ["DERIVED", "PRIMARY"]
    day, time = first.get("ContentDate") or first.get("StudyDate"), first.get("ContentTime")
    ds.ContentDate, ds.ContentTime = day or "19000101", time or "000000"
    ds.SeriesDate, ds.SeriesTime = ds.ContentDate, ds.ContentTime
    ds.ContentLabel = label.content_label
    ds.ContentDescription = label.content_description[:64]
    ds.ContentCreatorName = ""
    ds.SegmentationType = "BINARY"
    ds.SegmentsOverlap = "YES"
    ds.LossyImageCompression = "00"
    ds.BurnedInAnnotation = "NO"
    ds.SamplesPerPixel = 1
    ds.PhotometricInterpretation = "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = 1, 1, 0
    ds.PixelRepresentation = 0


def _segment_item(number: int, segment: MaskSegment) -> Dataset:
    item = Dataset()
    item.SegmentNumber = number
    item.SegmentLabel = segment.label[:64]
    item.SegmentAlgorithmType = segment.algorithm_type
    if segment.algorithm_type != "MANUAL":
        item.SegmentAlgorithmName = segment.algorithm_name
    item.SegmentedPropertyCategoryCodeSequence = [code_item(segment.category)]
    item.SegmentedPropertyTypeCodeSequence = [code_item(segment.type)]
    return item


def code_item(code: CodedConcept) -> Dataset:
    """An item of a code sequence."""
    item = Dataset()
    item.CodeValue = code.value
    item.CodingSchemeDesignator = code.scheme
    item.CodeMeaning = code.meaning[:64]
    return item


def _dimension(organization: UID, pointer: int, group: int, name: str) -> Dataset:
    item = Dataset()
    item.DimensionOrganizationUID = organization
    item.DimensionIndexPointer = pointer
    item.FunctionalGroupPointer = group
    item.DimensionDescriptionLabel = name
    return item


def _referenced(source: Sequence[Dataset], used: Sequence[int]) -> Dataset:
    """Common instance reference module (PS3.3 C.12.2)."""
    item = Dataset()
    item.SeriesInstanceUID = source[0].SeriesInstanceUID
    item.ReferencedInstanceSequence = []
    for k in used:
        one = Dataset()
        one.ReferencedSOPClassUID = source[k].SOPClassUID
        one.ReferencedSOPInstanceUID = source[k].SOPInstanceUID
        item.ReferencedInstanceSequence.append(one)
    return item


def _derived(uid: str) -> str:
    """Another UID that follows from one (PS3.5 B.2)."""
    number = int.from_bytes(hashlib.sha256(f"{uid}|dimensions".encode()).digest()[:16], "big")
    return f"2.25.{number}"
