"""Write a phantom exam as MR Image Storage, one file a slice (DICOM PS3.3 A.4)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, MRImageStorage

from spinestudy.imaging.phantom.exam import PhantomExam, PhantomSeries
from spinestudy.imaging.phantom.protocol_tags import protocol_tags, scanner_tags

MARK: Final = "SYNTHETIC"
COMMENT: Final = "SYNTHETIC image of a computed phantom. No patient. Not for clinical use."


@dataclass(frozen=True)
class _Protocol:
    number: int
    description: str
    name: str
    repetition_ms: float
    echo_ms: float
    echo_train: int
    window: tuple[int, int]


_PROTOCOLS: Final[dict[str, _Protocol]] = {
    "sag_t1": _Protocol(2, "SYNTHETIC t1_tse_sag", "t1_tse_sag", 550.0, 10.0, 3, (750, 1500)),
    "sag_t2": _Protocol(3, "SYNTHETIC t2_tse_sag", "t2_tse_sag", 3500.0, 100.0, 17, (750, 1500)),
    "ax_t2": _Protocol(4, "SYNTHETIC t2_tse_tra", "t2_tse_tra", 4000.0, 105.0, 19, (750, 1500)),
}


class PhantomWriteError(ValueError):
    """The exam can't be written there; the message says why and what to do."""


def write_exam(
    exam: PhantomExam, folder: Path, *, patient_id: str, study_date: date, accession: str
) -> list[Path]:
    """Write all slices to folder/<series>/<slice>.dcm and return the paths in that order.

    UIDs follow from the specification, patient, date and accession number, so that the same
    call gives the same files. Raises PhantomWriteError for an identifier that its VR doesn't
    allow (LO 64, SH 16 characters), before anything is written.
    """
    if not 0 < len(patient_id) <= 64 or "\\" in patient_id:
        raise PhantomWriteError(f"Patient ID {patient_id!r}: give 1 to 64 characters, no '\\'.")
    if not 0 < len(accession) <= 16 or "\\" in accession:
        raise PhantomWriteError(f"Accession {accession!r}: give 1 to 16 characters, no '\\'.")
    root = f"{exam.spec.digest()}|{patient_id}|{study_date.isoformat()}|{accession}"
    common = _common(exam, root, patient_id, study_date, accession)
    paths: list[Path] = []
    for series in exam.series:
        target = folder / series.role
        target.mkdir(parents=True, exist_ok=True)
        for k in range(len(series.pixels)):
            path = target / f"{k + 1:03d}.dcm"
            _slice_file(common, exam, series, k, root).save_as(path, enforce_file_format=True)
            paths.append(path)
    return paths


def _uid(*parts: object) -> UID:
    """A UID below 2.25 from a hash (PS3.5 B.2 asks for a 128-bit integer)."""
    text = "|".join(str(p) for p in parts)
    return UID(f"2.25.{int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], 'big')}")


def _common(
    exam: PhantomExam, root: str, patient_id: str, study_date: date, accession: str
) -> Dataset:
    """Patient, study, frame of reference and equipment: the same in every file."""
    spec = exam.spec
    day = study_date.strftime("%Y%m%d")
    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.ImageType = ["ORIGINAL", "PRIMARY", "M", "SE"]
    ds.SOPClassUID = MRImageStorage
    ds.StudyDate = ds.SeriesDate = ds.AcquisitionDate = ds.ContentDate = day
    ds.StudyTime = "090000"
    ds.AccessionNumber = accession
    ds.Modality = "MR"
    ds.Manufacturer = "SpineStudy phantom"
    ds.ReferringPhysicianName = ""
    ds.StudyDescription = f"{MARK} lumbar spine"
    ds.ManufacturerModelName = "SpineStudy phantom"
    ds.PatientName = f"{MARK}^{patient_id}"[:64]
    ds.PatientID = patient_id
    ds.PatientBirthDate = ""
    ds.PatientSex = spec.sex
    ds.PatientAge = f"{spec.age_years:03d}Y"
    ds.PatientComments = COMMENT
    ds.BodyPartExamined = "LSPINE"
    ds.ScanningSequence = "SE"
    ds.SequenceVariant = ["SK", "SP"]
    ds.ScanOptions = "SAT1"
    ds.MRAcquisitionType = "2D"
    ds.MagneticFieldStrength = 1.5
    ds.ImagingFrequency = 63.87
    ds.ImagedNucleus = "1H"
    ds.NumberOfAverages = 2.0
    ds.EchoNumbers = 1
    ds.FlipAngle = 150.0
    ds.SoftwareVersions = "phantom"
    ds.PatientPosition = "HFS"
    ds.StudyInstanceUID = _uid(root, "exam")
    ds.StudyID = "1"
    ds.FrameOfReferenceUID = _uid(root, "frame")
    ds.PositionReferenceIndicator = ""
    ds.ImageComments = COMMENT
    ds.BurnedInAnnotation = "YES"
    if spec.acquisition:
        scanner_tags(ds, spec.acquisition)
    return ds


def _slice_file(
    common: Dataset, exam: PhantomExam, series: PhantomSeries, k: int, root: str
) -> FileDataset:
    protocol = _PROTOCOLS[series.role] if series.plan is None else None
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = MRImageStorage
    meta.MediaStorageSOPInstanceUID = _uid(root, series.role, k)
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = _uid("SpineStudy phantom writer")
    meta.ImplementationVersionName = "SPINESTUDY"
    ds = FileDataset("", Dataset(), preamble=b"\0" * 128, file_meta=meta)
    ds.update(common)
    ds.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    ds.SeriesInstanceUID = _uid(root, series.role)
    ds.AcquisitionNumber = 1
    ds.InstanceNumber = k + 1
    if protocol is None:
        protocol_tags(ds, exam, series)
    else:
        _old_protocol(ds, protocol)
    ds.PercentSampling = 100.0
    ds.PercentPhaseFieldOfView = 100.0
    _geometry(ds, series, k)
    if protocol is not None:
        ds.WindowCenter, ds.WindowWidth = protocol.window
    _pixels(ds, series.pixels[k])
    return ds


def _old_protocol(ds: Dataset, protocol: _Protocol) -> None:
    """The three series of an exam without an acquisition of its own."""
    ds.SeriesNumber = protocol.number
    ds.SeriesTime = ds.AcquisitionTime = ds.ContentTime = f"09{5 * protocol.number:02d}00"
    ds.SeriesDescription = protocol.description
    ds.ProtocolName = protocol.name
    ds.RepetitionTime = protocol.repetition_ms
    ds.EchoTime = protocol.echo_ms
    ds.EchoTrainLength = protocol.echo_train
    ds.PixelBandwidth = 180.0


def _geometry(ds: Dataset, series: PhantomSeries, k: int) -> None:
    """Image plane module, PS3.3 C.7.6.2."""
    orientation, position = series.orientation_lps[k], series.positions_lps[k]
    normal = np.cross(orientation[:3], orientation[3:])
    ds.ImageOrientationPatient = [_ds(v) for v in orientation]
    ds.ImagePositionPatient = [_ds(v) for v in position]
    ds.PixelSpacing = [_ds(series.row_spacing_mm), _ds(series.column_spacing_mm)]
    ds.SliceThickness = _ds(series.slice_thickness_mm)
    ds.SpacingBetweenSlices = _ds(series.slice_spacing_mm)
    ds.SliceLocation = _ds(float(normal @ position))


def _ds(value: float) -> str:
    """A decimal string of at most 16 characters (PS3.5 6.2)."""
    return f"{value:.9f}".rstrip("0").rstrip(".")[:16] or "0"


def _pixels(ds: Dataset, image: np.ndarray[tuple[int, ...], np.dtype[np.uint16]]) -> None:
    ds.SamplesPerPixel = 1
    ds.PhotometricInterpretation = "MONOCHROME2"
    ds.Rows, ds.Columns = image.shape
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = 16, 12, 11
    ds.PixelRepresentation = 0
    ds.SmallestImagePixelValue = int(image.min())
    ds.LargestImagePixelValue = int(image.max())
    ds.PixelData = np.ascontiguousarray(image, dtype="<u2").tobytes()
