"""Functional groups of a segmentation: where each frame lies and what it was made from."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

import numpy as np
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset


def shared_groups(source: Sequence[Dataset]) -> Dataset:
    """Spacing and orientation of all frames (PS3.3 C.7.6.16.2.1, C.7.6.16.2.4)."""
    first = source[0]
    measures = Dataset()
    measures.PixelSpacing = first.PixelSpacing
    measures.SliceThickness = first.get("SliceThickness") or _spacing(source)
    measures.SpacingBetweenSlices = first.get("SpacingBetweenSlices") or _spacing(source)
    orientation = Dataset()
    orientation.ImageOrientationPatient = first.ImageOrientationPatient
    groups = Dataset()
    groups.PixelMeasuresSequence = [measures]
    groups.PlaneOrientationSequence = [orientation]
    return groups


def _spacing(source: Sequence[Dataset]) -> float:
    if len(source) < 2:
        return 1.0
    places = [np.array(ds.ImagePositionPatient, dtype=float) for ds in source[:2]]
    return round(float(np.linalg.norm(places[1] - places[0])), 6)


def per_frame_element(
    source: Sequence[Dataset], ranks: Mapping[int, int], frames: Sequence[tuple[int, int]]
) -> bytes:
    """The encoded Per-Frame Functional Groups Sequence, Explicit VR Little Endian.

    ranks: slice -> its place along the normal, from 1. frames: (segment number, slice). The item of
    a slice is encoded once; frames of other segments differ from it in two numbers.
    """
    items = {k: _item_parts(source[k], rank) for k, rank in ranks.items()}
    content = b"".join(_item(items[k], number) for number, k in frames)
    return element(0x5200, 0x9230, b"SQ", content)


def element(group: int, number: int, vr: bytes, value: bytes) -> bytes:
    """One element with a four-byte length (PS3.5 7.1.2)."""
    return struct.pack("<HH2sHI", group, number, vr, 0, len(value)) + value


def _item_parts(source: Dataset, rank: int) -> tuple[bytes, bytes, bytes]:
    """An encoded frame, cut out at the two places where the number of its segment stands."""
    encoded = DicomBytesIO()
    encoded.is_little_endian, encoded.is_implicit_VR = True, False
    write_dataset(encoded, _frame_groups(source, rank))
    text = encoded.getvalue()
    index = struct.pack("<HH2sHI", 0x0020, 0x9157, b"UL", 8, 1)
    segment = struct.pack("<HH2sHH", 0x0062, 0x000B, b"US", 2, 1)
    before, rest = text.split(index)
    between, after = rest.split(segment)
    return before + index[:-4], between + segment[:-2], after


def _item(parts: tuple[bytes, bytes, bytes], segment_number: int) -> bytes:
    index, number = struct.pack("<I", segment_number), struct.pack("<H", segment_number)
    content = parts[0] + index + parts[1] + number + parts[2]
    return struct.pack("<HHI", 0xFFFE, 0xE000, len(content)) + content


def _frame_groups(source: Dataset, rank: int) -> Dataset:
    """A frame of segment 1: its place, its segment and its source image."""
    content = Dataset()
    content.DimensionIndexValues = [1, rank]
    position = Dataset()
    position.ImagePositionPatient = source.ImagePositionPatient
    segment = Dataset()
    segment.ReferencedSegmentNumber = 1
    groups = Dataset()
    groups.FrameContentSequence = [content]
    groups.PlanePositionSequence = [position]
    groups.SegmentIdentificationSequence = [segment]
    groups.DerivationImageSequence = [_derivation(source)]
    return groups


def _derivation(source: Dataset) -> Dataset:
    """From which image a frame was made (PS3.3 C.7.6.16.2.6)."""
    image = Dataset()
    image.ReferencedSOPClassUID = source.SOPClassUID
    image.ReferencedSOPInstanceUID = source.SOPInstanceUID
    image.SpatialLocationsPreserved = "YES"
    image.PurposeOfReferenceCodeSequence = [
        _code("121322", "Source image for image processing operation")
    ]
    item = Dataset()
    item.SourceImageSequence = [image]
    item.DerivationCodeSequence = [_code("113076", "Segmentation")]
    return item


def _code(value: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue = value
    item.CodingSchemeDesignator = "DCM"
    item.CodeMeaning = meaning
    return item
