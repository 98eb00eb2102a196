"""Functional groups of a segmentation: where each frame lies and what it was made from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pydicom.dataset import Dataset


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


def per_frame_groups(source: Dataset, segment_number: int, position_index: int) -> Dataset:
    """One frame: its place, its segment and its source image."""
    content = Dataset()
    content.DimensionIndexValues = [segment_number, position_index]
    position = Dataset()
    position.ImagePositionPatient = source.ImagePositionPatient
    segment = Dataset()
    segment.ReferencedSegmentNumber = segment_number
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
