"""Files of every kind end in a data set or in a reason, never in a crash."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence as DicomSequence
from pydicom.uid import JPEGLSLossless

from spinestudy.imaging.dicom.headers import parse_header
from spinestudy.imaging.dicom.pixels import decode_frames, pixel_facts
from spinestudy.imaging.dicom.reading import SEQUENCE_DELIMITER, read_dataset
from spinestudy.imaging.dicom.unusable import UnusableFileError
from tests.factories.dicom import SeriesRecipe, image, positions, to_bytes


def a_file(**tags: Any) -> bytes:
    return to_bytes(image(SeriesRecipe(), (0.0, 0.0, 0.0), **tags))


def rejected(content: bytes) -> UnusableFileError:
    with pytest.raises(UnusableFileError) as caught:
        use(content)
    return caught.value


def use(content: bytes) -> None:
    """All that an import does with a file before it is stored."""
    dataset = read_dataset(content).dataset
    header = parse_header(dataset)
    list(decode_frames(dataset, len(header.frames)))


def deeply_nested(levels: int) -> bytes:
    """Written by hand, since pydicom's writer recurses too: undefined lengths, never closed."""
    start = a_file(PixelData=None)
    item = b"\x08\x00\x40\x11SQ\x00\x00\xff\xff\xff\xff" + b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
    return start + item * levels


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"hello, world" * 40, "not_dicom"),
        (b"\x08\x00" + b"\xff" * 200, "not_dicom"),
        (b"\0" * 128 + b"DICM", "damaged"),
        (deeply_nested(3000), "nested_too_deeply"),
        (a_file(PixelData=None), "no_pixels"),
        (a_file(Rows=None), "no_pixels"),
        (a_file(StudyInstanceUID=None), "missing_uids"),
        (a_file(SeriesInstanceUID="not-a-uid"), "missing_uids"),
        (a_file(SOPClassUID="1.2.840.10008.1.3.10"), "dicomdir"),
        (a_file(SOPClassUID="1.2.840.10008.5.1.4.1.1.66.4"), "not_an_image"),
        (a_file(SOPClassUID="1.2.840.10008.5.1.4.1.1.88.33"), "not_an_image"),
        (a_file(SOPClassUID="1.2.840.10008.5.1.4.1.1.104.1"), "not_an_image"),
        (a_file(SOPClassUID="1.2.840.10008.5.1.4.1.1.9.1.1"), "not_an_image"),
        (a_file(Modality="RTSTRUCT"), "not_an_image"),
        (a_file(Rows=4000), "pixels_truncated"),
        (a_file(NumberOfFrames="3"), "pixels_truncated"),
        (a_file(NumberOfFrames="30000"), "too_many_frames"),
    ],
)
def test_what_cannot_be_used_gets_a_reason(content: bytes, code: str) -> None:
    error = rejected(content)
    assert error.code == code
    assert len(error.reason) > 20


def test_cutting_a_file_anywhere_never_crashes() -> None:
    whole = a_file()
    outcomes = set()
    for length in range(0, len(whole), 7):
        outcomes.add(rejected(whole[:length]).code)
    assert "pixels_truncated" in outcomes


def test_a_missing_end_mark_of_compressed_pixels_is_mended() -> None:
    from pydicom.pixels.encoders.base import get_encoder

    pixels = np.arange(120, dtype=np.uint16).reshape(12, 10)
    dataset = image(SeriesRecipe(), (0.0, 0.0, 0.0), pixels=pixels)
    encoder = get_encoder(JPEGLSLossless)
    options: dict[str, Any] = {
        "rows": 12, "columns": 10, "samples_per_pixel": 1, "bits_allocated": 16,
        "bits_stored": 16, "pixel_representation": 0, "number_of_frames": 1,
        "photometric_interpretation": "MONOCHROME2",
    }  # fmt: skip
    dataset.PixelData = encapsulate([encoder.encode(pixels, **options)])
    dataset["PixelData"].VR = "OB"
    dataset.file_meta.TransferSyntaxUID = JPEGLSLossless
    whole = to_bytes(dataset)
    assert whole.endswith(SEQUENCE_DELIMITER)
    result = read_dataset(whole.removesuffix(SEQUENCE_DELIMITER))
    assert result.notes
    (decoded,) = decode_frames(result.dataset, 1)
    assert np.array_equal(decoded, pixels)


def test_a_file_without_preamble_is_read() -> None:
    whole = a_file()
    # Group 0002 has a length element first: skip preamble, DICM and all of group 0002.
    start = 132 + 12 + int.from_bytes(whole[140:144], "little")
    result = read_dataset(whole[start:])
    assert "no DICOM preamble" in result.notes
    assert parse_header(result.dataset).patient_id == "TEST-1"


def test_names_of_patients_are_not_taken_over_and_nul_bytes_are_removed() -> None:
    content = a_file(PatientName="Doe^Jane", PatientID="A\0B", StudyDescription="L\0WS")
    header = parse_header(read_dataset(content).dataset)
    assert "Doe" not in repr(header)
    assert "\0" not in header.patient_id + header.study_description


def test_two_exams_without_a_patient_id_are_two_patients() -> None:
    first, second = (parse_header(read_dataset(a_file(PatientID="")).dataset) for _ in range(2))
    assert first.patient_id != second.patient_id


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({}, False),
        ({"PatientName": "SYNTHETIC^Phantom"}, True),
        ({"PatientID": "synthetic-7"}, True),
        ({"SyntheticData": "YES"}, True),
    ],
)
def test_synthetic_exams_are_known_by_their_tags(tags: dict[str, str], expected: bool) -> None:
    assert parse_header(read_dataset(a_file(**tags)).dataset).is_synthetic is expected


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint16])
def test_stored_pixels_are_the_values_of_the_file(dtype: Any) -> None:
    low = np.iinfo(dtype).min
    pixels: NDArray[Any] = np.linspace(low, np.iinfo(dtype).max, 120).astype(dtype).reshape(12, 10)
    content = to_bytes(image(SeriesRecipe(), (0.0, 0.0, 0.0), pixels=pixels))
    (decoded,) = decode_frames(read_dataset(content).dataset, 1)
    facts, stored = pixel_facts(decoded, "MONOCHROME2")
    assert np.array_equal(np.frombuffer(stored, np.dtype(dtype).newbyteorder("<")), pixels.ravel())
    assert (facts.pixel_min, facts.pixel_max) == (pixels.min(), pixels.max())
    assert facts.is_signed == (np.dtype(dtype).kind == "i")


def test_overlays_in_unused_high_bits_are_cleared() -> None:
    pixels = np.full((12, 10), 0x8123, np.uint16)
    content = to_bytes(
        image(SeriesRecipe(), (0.0, 0.0, 0.0), pixels=pixels, BitsStored=12, HighBit=11)
    )
    (decoded,) = decode_frames(read_dataset(content).dataset, 1)
    assert set(decoded.ravel()) == {0x123}


def enhanced(frame_count: int, items: int) -> bytes:
    """A multi-frame image whose functional groups list `items` frames."""
    recipe = SeriesRecipe()
    where = positions(items, step_mm=3.3)
    dataset = image(recipe, None, pixels=np.zeros((12 * frame_count, 10), np.uint16))
    dataset.Rows, dataset.NumberOfFrames = 12, str(frame_count)
    del dataset.PixelSpacing
    shared, plane, measures = Dataset(), Dataset(), Dataset()
    plane.ImageOrientationPatient = list(recipe.orientation)
    measures.PixelSpacing = [0.5, 0.75]
    shared.PlaneOrientationSequence = DicomSequence([plane])
    shared.PixelMeasuresSequence = DicomSequence([measures])
    dataset.SharedFunctionalGroupsSequence = DicomSequence([shared])
    groups = []
    for position in where:
        group, place = Dataset(), Dataset()
        place.ImagePositionPatient = list(position)
        group.PlanePositionSequence = DicomSequence([place])
        groups.append(group)
    dataset.PerFrameFunctionalGroupsSequence = DicomSequence(groups)
    return to_bytes(dataset)


def test_more_functional_groups_than_frames_are_left_aside() -> None:
    header = parse_header(read_dataset(enhanced(3, 4)).dataset)
    assert [frame.position_lps[0] for frame in header.frames if frame.position_lps] == (
        pytest.approx([0.0, -3.3, -6.6])
    )
    assert header.frames[2].row_spacing_mm == 0.5


def test_fewer_functional_groups_leave_frames_without_a_place() -> None:
    header = parse_header(read_dataset(enhanced(3, 2)).dataset)
    assert [frame.position_lps is None for frame in header.frames] == [False, False, True]


def test_every_real_file_is_an_image_or_gets_a_reason(shared_data: Path) -> None:
    read = 0
    reasons: list[str] = []
    for path in sorted((shared_data / "dicom").rglob("*")):
        if path.is_file():
            try:
                parse_header(read_dataset(path.read_bytes()).dataset)
                read += 1
            except UnusableFileError as error:
                reasons.append(error.reason)
    assert read > 200
    assert len(reasons) > 30
    assert all(reasons)
