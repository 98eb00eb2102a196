"""Data set -> what the exam index keeps of one file."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Final

from pydicom.dataset import Dataset

from spinestudy.imaging.dicom import values
from spinestudy.imaging.dicom.frames import FrameHeader
from spinestudy.imaging.dicom.functional_groups import FrameGroups, frame_groups, pulse_parameters
from spinestudy.imaging.dicom.kinds import DICOMDIR, non_image_kind
from spinestudy.imaging.dicom.unusable import UnusableFileError

MAX_FRAMES: Final = 20_000
NO_PATIENT_ID: Final = "no patient ID in file"


@dataclass(frozen=True)
class InstanceHeader:
    """One file. Names of patients are never taken over."""

    sop_instance_uid: str
    sop_class_uid: str
    transfer_syntax_uid: str
    series_instance_uid: str
    study_instance_uid: str
    patient_id: str
    patient_id_issuer: str
    performed_on: datetime.date | None
    accession_number: str
    study_description: str
    modality: str
    series_number: int | None
    series_description: str
    body_part: str
    manufacturer: str
    instance_number: int | None
    is_synthetic: bool
    frames: tuple[FrameHeader, ...]


def parse_header(dataset: Dataset) -> InstanceHeader:
    """Read the header; raise UnusableFileError where it can't be an image of an exam."""
    sop_class_uid = values.uid(dataset, "SOPClassUID") or values.uid(
        dataset.file_meta, "MediaStorageSOPClassUID"
    )
    modality = values.text(dataset, "Modality", 16).upper()
    kind = non_image_kind(sop_class_uid, modality)
    if kind == "a media directory" or sop_class_uid == DICOMDIR:
        raise UnusableFileError(
            "dicomdir",
            "A DICOMDIR is a list of files, not an image. The images beside it are imported "
            "by themselves; nothing to do.",
        )
    if kind is not None:
        raise UnusableFileError(
            "not_an_image", f"This is {kind}, not an image to read. Nothing to do."
        )
    rows, columns = values.integer(dataset, "Rows"), values.integer(dataset, "Columns")
    if not rows or not columns or rows < 1 or columns < 1 or "PixelData" not in dataset:
        raise UnusableFileError(
            "no_pixels",
            "There are no pixels in this file. If it should be an image, export it again.",
        )
    uids = {
        keyword: values.uid(dataset, keyword)
        for keyword in ("SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID")
    }
    missing = [keyword for keyword, found in uids.items() if not found]
    if missing:
        raise UnusableFileError(
            "missing_uids",
            f"{', '.join(missing)} missing or invalid, so the exam of this image is unknown. "
            "Export it again from the PACS or scanner.",
        )
    study_instance_uid = uids["StudyInstanceUID"]
    patient_id = values.text(dataset, "PatientID")
    # Statistics cluster by patient: two exams without an ID must not become one patient.
    issuer = values.text(dataset, "IssuerOfPatientID") if patient_id else NO_PATIENT_ID
    return InstanceHeader(
        sop_instance_uid=uids["SOPInstanceUID"],
        sop_class_uid=sop_class_uid,
        transfer_syntax_uid=values.uid(dataset.file_meta, "TransferSyntaxUID"),
        series_instance_uid=uids["SeriesInstanceUID"],
        study_instance_uid=study_instance_uid,
        patient_id=patient_id or study_instance_uid,
        patient_id_issuer=issuer,
        performed_on=values.date(dataset, "StudyDate"),
        accession_number=values.text(dataset, "AccessionNumber", 64),
        study_description=values.text(dataset, "StudyDescription"),
        modality=modality,
        series_number=values.integer(dataset, "SeriesNumber"),
        series_description=values.text(dataset, "SeriesDescription"),
        body_part=values.text(dataset, "BodyPartExamined", 64),
        manufacturer=values.text(dataset, "Manufacturer"),
        instance_number=values.integer(dataset, "InstanceNumber"),
        is_synthetic=_is_synthetic(dataset),
        frames=_frames(dataset, rows, columns),
    )


def _is_synthetic(dataset: Dataset) -> bool:
    """Synthetic Data (0008,001C), or a name or ID that begins with SYNTHETIC."""
    if values.text(dataset, "SyntheticData").upper() == "YES":
        return True
    marks = (values.text(dataset, "PatientName"), values.text(dataset, "PatientID"))
    return any(mark.upper().startswith("SYNTHETIC") for mark in marks)


def _frames(dataset: Dataset, rows: int, columns: int) -> tuple[FrameHeader, ...]:
    count = values.integer(dataset, "NumberOfFrames") or 1
    if not 1 <= count <= MAX_FRAMES:
        raise UnusableFileError(
            "too_many_frames",
            f"The file claims {count} frames; {MAX_FRAMES} is the most that is taken.",
        )
    description = " | ".join(
        filter(
            None,
            (
                values.text(dataset, name, 120)
                for name in ("SeriesDescription", "ProtocolName", "SequenceName")
            ),
        )
    )
    return tuple(
        _frame(groups, number, rows, columns, description, is_single=count == 1)
        for number, groups in enumerate(frame_groups(dataset, count), start=1)
    )


def _frame(
    groups: FrameGroups,
    number: int,
    rows: int,
    columns: int,
    description: str,
    *,
    is_single: bool,
) -> FrameHeader:
    position = groups.numbers("PlanePositionSequence", "ImagePositionPatient")
    if not is_single and groups.holder("PlanePositionSequence", "ImagePositionPatient") is (
        groups.top
    ):
        position = ()  # one position at the top level can't be that of every frame
    orientation = groups.numbers("PlaneOrientationSequence", "ImageOrientationPatient")
    spacing = groups.numbers("PixelMeasuresSequence", "PixelSpacing")
    has_spacing = len(spacing) == 2 and min(spacing) > 0
    slope = groups.number("PixelValueTransformationSequence", "RescaleSlope")
    frame_type = groups.tokens("MRImageFrameTypeSequence", "FrameType")
    return FrameHeader(
        frame_number=number,
        rows=rows,
        columns=columns,
        position_lps=position if len(position) == 3 else None,
        orientation_lps=orientation if len(orientation) == 6 else None,
        row_spacing_mm=spacing[0] if has_spacing else None,
        column_spacing_mm=spacing[1] if has_spacing else None,
        slice_thickness_mm=groups.number("PixelMeasuresSequence", "SliceThickness"),
        rescale_slope=slope or 1.0,
        rescale_intercept=(
            groups.number("PixelValueTransformationSequence", "RescaleIntercept") or 0.0
        ),
        window_center=groups.number("FrameVOILUTSequence", "WindowCenter"),
        window_width=groups.number("FrameVOILUTSequence", "WindowWidth"),
        image_type=frame_type or groups.tokens("", "ImageType"),
        echo_number=values.integer(groups.top, "EchoNumbers"),
        temporal_position=(
            groups.integer("FrameContentSequence", "TemporalPositionIndex")
            or values.integer(groups.top, "TemporalPositionIdentifier")
        ),
        acquisition_number=(
            groups.integer("FrameContentSequence", "FrameAcquisitionNumber")
            if groups.own is not None
            else values.integer(groups.top, "AcquisitionNumber")
        ),
        instance_number=(values.integer(groups.top, "InstanceNumber") if is_single else number),
        stack_id=groups.text("FrameContentSequence", "StackID"),
        frame_of_reference_uid=values.uid(groups.top, "FrameOfReferenceUID"),
        description=description,
        pulse=pulse_parameters(groups),
    )
