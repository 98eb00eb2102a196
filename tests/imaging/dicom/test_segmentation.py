"""Masks as DICOM: what is written is read back by others as it was meant."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes
from pydicom.uid import MRImageStorage, SegmentationStorage

from spinestudy.imaging.dicom.segmentation import (
    CodedConcept,
    MaskSegment,
    SegmentationError,
    SegmentationLabel,
    segmentation_bytes,
)

ANATOMY = CodedConcept("91723000", "SCT", "Anatomical Structure")
L4 = CodedConcept("11994002", "SCT", "L4 vertebra")
L5 = CodedConcept("49668003", "SCT", "L5 vertebra")
LABEL = SegmentationLabel(
    "2.25.11", "2.25.12", 901, "SYNTHETIC", "TRUTH", "SYNTHETIC", "maker", "model", "1", "1"
)
SHAPE = (5, 13, 11)
"""An odd number of pixels a frame: bits of a frame begin inside a byte."""


def stack(**changes: Any) -> list[Dataset]:
    """Headers of five sagittal slices, written from left to right."""
    found = []
    for k in range(SHAPE[0]):
        ds = Dataset()
        ds.SOPClassUID, ds.SOPInstanceUID = MRImageStorage, f"2.25.10{k}"
        ds.StudyInstanceUID, ds.SeriesInstanceUID = "2.25.1", "2.25.2"
        ds.FrameOfReferenceUID = "2.25.3"
        ds.PatientName, ds.PatientID, ds.StudyDate = "SYNTHETIC^A", "A", "20260102"
        ds.Rows, ds.Columns = SHAPE[1:]
        ds.PixelSpacing, ds.SliceThickness = [0.8, 0.9], 4.0
        ds.ImageOrientationPatient = [0, 1, 0, 0, 0, -1]
        ds.ImagePositionPatient = [round(10 - 4.4 * k, 6), -20, 30]
        for keyword, value in changes.items():
            if k == SHAPE[0] - 1:
                setattr(ds, keyword, value)
        found.append(ds)
    return found


def masks(seed: int = 3) -> list[NDArray[np.bool_]]:
    rng = np.random.default_rng(seed)
    first, second = rng.random((2, *SHAPE)) < 0.3
    first[1] = False  # a slice without a voxel has no frame
    return [first, second]


def written(*, source: list[Dataset] | None = None) -> bytes:
    one, two = masks()
    segments = [
        MaskSegment("L4", ANATOMY, L4, one, algorithm_name="test"),
        MaskSegment("L5", ANATOMY, L5, two, algorithm_type="MANUAL"),
    ]
    return segmentation_bytes(source or stack(), segments, LABEL)


def test_every_frame_comes_back_with_its_segment_slice_and_source() -> None:
    ds = pydicom.dcmread(io.BytesIO(written()))
    assert ds.SOPClassUID == SegmentationStorage
    frames = ds.pixel_array
    one, two = masks()
    assert len(frames) == ds.NumberOfFrames == len(one) - 1 + len(two)
    seen = set()
    source = {s.SOPInstanceUID: k for k, s in enumerate(stack())}
    for frame, groups in zip(frames, ds.PerFrameFunctionalGroupsSequence, strict=True):
        number = groups.SegmentIdentificationSequence[0].ReferencedSegmentNumber
        image = groups.DerivationImageSequence[0].SourceImageSequence[0]
        k = source[image.ReferencedSOPInstanceUID]
        assert np.array_equal(frame.astype(bool), (one, two)[number - 1][k])
        place = groups.PlanePositionSequence[0].ImagePositionPatient
        assert np.allclose(place, stack()[k].ImagePositionPatient)
        # Slices were written from left to right; the normal of the stack points to the right.
        index = groups.FrameContentSequence[0].DimensionIndexValues
        assert list(index) == [number, k + 1]
        seen.add((number, k))
    assert len(seen) == len(frames)


def test_codes_and_references_are_told() -> None:
    ds = pydicom.dcmread(io.BytesIO(written()))
    kinds = [s.SegmentedPropertyTypeCodeSequence[0].CodeValue for s in ds.SegmentSequence]
    assert kinds == [codes.SCT.L4Vertebra.value, codes.SCT.L5Vertebra.value]
    assert [s.SegmentAlgorithmType for s in ds.SegmentSequence] == ["AUTOMATIC", "MANUAL"]
    assert "SegmentAlgorithmName" not in ds.SegmentSequence[1]
    referenced = ds.ReferencedSeriesSequence[0].ReferencedInstanceSequence
    assert [r.ReferencedSOPInstanceUID for r in referenced] == [s.SOPInstanceUID for s in stack()]
    assert ds.PatientID == "A"
    assert ds.StudyInstanceUID == "2.25.1"
    assert ds.FrameOfReferenceUID == "2.25.3"


def test_the_same_masks_give_the_same_bytes() -> None:
    assert written() == written()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"ImageOrientationPatient": [1, 0, 0, 0, 0, -1]}, "one segmentation for each stack"),
        ({"PixelSpacing": [0.8, 0.8]}, "one segmentation for each stack"),
        ({"FrameOfReferenceUID": "2.25.4"}, "one segmentation for each stack"),
        ({"ImagePositionPatient": [10, -20, 30]}, "Two slices lie at one place"),
        ({"NumberOfFrames": 2}, "single-frame"),
    ],
)
def test_slices_that_are_no_stack_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(SegmentationError, match=message):
        written(source=stack(**changes))


def test_masks_that_do_not_fit_or_are_empty_are_refused() -> None:
    small = MaskSegment("L4", ANATOMY, L4, np.ones((2, 2, 2), bool), algorithm_name="test")
    with pytest.raises(SegmentationError, match=r"L4 has the shape \(2, 2, 2\)"):
        segmentation_bytes(stack(), [small], LABEL)
    empty = MaskSegment("L4", ANATOMY, L4, np.zeros(SHAPE, bool), algorithm_name="test")
    with pytest.raises(SegmentationError, match="empty: leave this stack out"):
        segmentation_bytes(stack(), [empty], LABEL)
    nameless = MaskSegment("L4", ANATOMY, L4, np.ones(SHAPE, bool))
    with pytest.raises(SegmentationError, match="name the algorithm"):
        segmentation_bytes(stack(), [nameless], LABEL)


def test_a_validator_of_others_finds_no_fault(tmp_path: Path) -> None:
    validator = shutil.which("dciodvfy")
    if validator is None:
        pytest.skip("dciodvfy (dicom3tools) isn't installed")
    path = tmp_path / "seg.dcm"
    path.write_bytes(written())
    told = subprocess.run([validator, path], capture_output=True, text=True, check=False)
    said = told.stdout + told.stderr
    assert [line for line in said.splitlines() if line.startswith("Error")] == []
    assert "Segmentation" in said
