"""The files: valid MR images, marked synthetic in tags and pixels."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage

from spinestudy.imaging.phantom import PhantomExam, build_exam, sample_spec, write_exam
from spinestudy.imaging.phantom.stamp import STAMP_VALUE, stamp_mask
from spinestudy.imaging.phantom.writer import PhantomWriteError

DAY = date(2024, 3, 4)
# Type 1 attributes of the modules of the MR Image IOD (PS3.3 A.4.3).
TYPE_1 = """
    SOPClassUID SOPInstanceUID StudyInstanceUID SeriesInstanceUID FrameOfReferenceUID Modality
    ImageType SamplesPerPixel PhotometricInterpretation Rows Columns BitsAllocated BitsStored
    HighBit PixelRepresentation PixelSpacing ImageOrientationPatient ImagePositionPatient
    ScanningSequence SequenceVariant WindowCenter WindowWidth BodyPartExamined EchoTime
"""
TYPE_2 = """
    PatientName PatientID PatientBirthDate PatientSex StudyDate StudyTime StudyID AccessionNumber
    ReferringPhysicianName SeriesNumber Manufacturer InstanceNumber SliceThickness ScanOptions
    PositionReferenceIndicator MRAcquisitionType RepetitionTime EchoTrainLength
"""


@pytest.fixture(scope="module")
def exam() -> PhantomExam:
    return build_exam(sample_spec(5), quick=True)


@pytest.fixture(scope="module")
def files(exam: PhantomExam, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("phantom")
    return write_exam(exam, folder, patient_id="SYN-0005", study_date=DAY, accession="SYN5")


def test_one_file_a_slice_reads_without_force(exam: PhantomExam, files: list[Path]) -> None:
    assert len(files) == sum(len(s.pixels) for s in exam.series)
    for path in files:
        ds = pydicom.dcmread(path)
        assert ds.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
        assert ds.SOPClassUID == MRImageStorage == ds.file_meta.MediaStorageSOPClassUID
        missing = [k for k in TYPE_1.split() if k not in ds or ds[k].is_empty]
        assert missing == []
        assert [k for k in TYPE_2.split() if k not in ds] == []


def test_every_file_says_synthetic_in_tags_and_pixels(files: list[Path]) -> None:
    mask = stamp_mask()
    for path in files:
        ds = pydicom.dcmread(path)
        for keyword in ("PatientName", "SeriesDescription", "StudyDescription", "ImageComments"):
            assert "SYNTHETIC" in str(ds[keyword].value)
        assert ds.BurnedInAnnotation == "YES"
        pixels = ds.pixel_array
        bottom = pixels.shape[0] - 4
        corner = pixels[bottom - mask.shape[0] : bottom, 4 : 4 + mask.shape[1]]
        assert np.all(corner[mask] == STAMP_VALUE)
        assert corner[~mask].mean() < 0.75 * STAMP_VALUE


def test_uids_are_valid_unique_and_repeatable(
    exam: PhantomExam, files: list[Path], tmp_path: Path
) -> None:
    sets = [pydicom.dcmread(p, stop_before_pixels=True) for p in files]
    sops = [ds.SOPInstanceUID for ds in sets]
    assert len(set(sops)) == len(files)
    assert all(uid.is_valid and uid.startswith("2.25.") and len(uid) <= 64 for uid in sops)
    assert len({ds.SeriesInstanceUID for ds in sets}) == 3
    assert len({ds.StudyInstanceUID for ds in sets}) == 1
    assert len({ds.FrameOfReferenceUID for ds in sets}) == 1
    again = write_exam(exam, tmp_path, patient_id="SYN-0005", study_date=DAY, accession="SYN5")
    assert [p.read_bytes() for p in again] == [p.read_bytes() for p in files]
    other = write_exam(exam, tmp_path / "b", patient_id="SYN-6", study_date=DAY, accession="SYN6")
    assert pydicom.dcmread(other[0]).StudyInstanceUID not in {d.StudyInstanceUID for d in sets}


def test_pixels_and_geometry_survive_the_file(exam: PhantomExam, files: list[Path]) -> None:
    k = 0
    for series in exam.series:
        for i in range(len(series.pixels)):
            ds = pydicom.dcmread(files[k])
            k += 1
            assert np.array_equal(ds.pixel_array, series.pixels[i])
            assert np.allclose(ds.ImageOrientationPatient, series.orientation_lps[i], atol=1e-8)
            assert np.allclose(ds.ImagePositionPatient, series.positions_lps[i], atol=1e-5)
            assert np.allclose(ds.PixelSpacing, series.row_spacing_mm)
            assert ds.BitsStored == 12


def test_weighting_shows_in_the_times(files: list[Path]) -> None:
    times = {}
    for path in files:
        ds = pydicom.dcmread(path, stop_before_pixels=True)
        times[path.parent.name] = (float(ds.RepetitionTime), float(ds.EchoTime))
    assert times["sag_t1"] == (550.0, 10.0)
    assert times["sag_t2"] == (3500.0, 100.0)
    assert times["ax_t2"][1] > 60


def test_an_accession_number_that_is_too_long_writes_nothing(
    exam: PhantomExam, tmp_path: Path
) -> None:
    with pytest.raises(PhantomWriteError, match="1 to 16 characters"):
        write_exam(exam, tmp_path, patient_id="SYN-1", study_date=DAY, accession="A" * 17)
    assert list(tmp_path.iterdir()) == []
