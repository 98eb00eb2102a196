"""What DICOMweb retrieves (WADO-RS, PS3.18 section 10.4): whole files and single frames."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
import pydicom
from django.db.models import QuerySet
from pydicom.dataset import Dataset, validate_file_meta
from pydicom.encaps import get_frame
from pydicom.uid import UID, ExplicitVRBigEndian, ExplicitVRLittleEndian

from spinestudy.common.errors import ConflictError, MissingError
from spinestudy.imaging.dicom import values
from spinestudy.imaging.dicom.media import EXPLICIT_LITTLE, NATIVE, NATIVE_LITTLE
from spinestudy.imaging.dicom.reading import read_dataset
from spinestudy.imaging.dicom.unusable import UnusableFileError
from spinestudy.imaging.models import Instance
from spinestudy.imaging.selectors.dicomweb import Resource
from spinestudy.imaging.selectors.stored_files import absolute, load_frame

LOST = "The stored file of this image is missing or damaged. Import it again."


def instances_of(resource: Resource) -> QuerySet[Instance]:
    """The files of an exam, series or instance with their UIDs; MissingError for none."""
    found = Instance.objects.select_related("series__imaging_study").filter(
        series__imaging_study__study_instance_uid=resource.study_instance_uid
    )
    if resource.series_instance_uid:
        found = found.filter(series__series_instance_uid=resource.series_instance_uid)
    if resource.sop_instance_uid:
        found = found.filter(sop_instance_uid=resource.sop_instance_uid)
    if not found.exists():
        raise MissingError("There is no such exam, series or image.")
    return found.order_by("series__number", "series_id", "number", "pk")


def stored_bytes(instance: Instance) -> bytes:
    """The file byte for byte; MissingError where it has gone."""
    try:
        return absolute(instance.path).read_bytes()
    except OSError as error:
        raise MissingError(LOST) from error


def open_dataset(instance: Instance) -> Dataset:
    """The data set of a stored file; MissingError where it can't be read any more."""
    try:
        return read_dataset(stored_bytes(instance)).dataset
    except UnusableFileError as error:
        raise MissingError(LOST) from error


def explicit_little_endian(instance: Instance) -> bytes:
    """The file with uncompressed pixels in Explicit VR Little Endian."""
    dataset = open_dataset(instance)
    syntax = UID(dataset.file_meta.TransferSyntaxUID)
    if syntax == ExplicitVRBigEndian:
        for element in dataset:
            if element.VR == "OW" and element.value:
                element.value = np.frombuffer(element.value, ">u2").astype("<u2").tobytes()
    elif syntax not in NATIVE:
        try:
            dataset.decompress(generate_instance_uid=False)
        except Exception as error:  # every codec raises its own kinds
            raise ConflictError("The pixels of this image can't be decompressed.") from error
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = UID(instance.sop_class_uid)
    dataset.file_meta.MediaStorageSOPInstanceUID = UID(instance.sop_instance_uid)
    dataset.preamble = b"\0" * 128
    buffer = io.BytesIO()
    validate_file_meta(dataset.file_meta, enforce_standard=True)
    # forced: from big endian it is a change of byte order, made above for what isn't values
    pydicom.dcmwrite(buffer, dataset, implicit_vr=False, little_endian=True, force_encoding=True)
    return buffer.getvalue()


class FrameSource:
    """The frames of one instance: as they lie in the file, or plain."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.dataset = open_dataset(instance)
        self.syntax = str(self.dataset.file_meta.TransferSyntaxUID)
        self._bits = values.integer(self.dataset, "BitsAllocated") or 0

    @property
    def has_plain(self) -> bool:
        """Whether plain pixels fit the header, so that a client can make sense of them.

        Prepared pixels are RGB and of 8 or 16 bits; where the header says otherwise, only the
        stored form goes with it.
        """
        return self._fits_header or (self.syntax in NATIVE_LITTLE and self._bits % 8 == 0)

    @property
    def _fits_header(self) -> bool:
        pixels = self.instance.frame_headers[0]["pixels"]
        return bool(pixels["samples_per_pixel"] == 1 and pixels["bits_allocated"] == self._bits)

    def stored(self, number: int) -> bytes:
        """The compressed bytes of a frame (1-based)."""
        count = self.instance.frame_count
        return get_frame(self.dataset.PixelData, number - 1, number_of_frames=count)

    def plain(self, number: int) -> bytes:
        """Little-endian values of a frame (1-based), rows x columns x samples."""
        if self.syntax in NATIVE_LITTLE and self._bits % 8 == 0:
            pixels: bytes = self.dataset.PixelData
            size = self._frame_bytes()
            return pixels[(number - 1) * size : number * size]
        try:
            return load_frame(self.instance.frame_headers[number - 1]["pixels"]["path"])
        except (OSError, EOFError) as error:
            raise MissingError(LOST) from error

    def _frame_bytes(self) -> int:
        rows, columns, samples = (
            values.integer(self.dataset, name) or 1
            for name in ("Rows", "Columns", "SamplesPerPixel")
        )
        size = rows * columns * samples * self._bits // 8
        is_halved = values.text(self.dataset, "PhotometricInterpretation") == "YBR_FULL_422"
        return size * 2 // 3 if is_halved else size


def syntaxes(instances: Sequence[Instance]) -> frozenset[str]:
    """The transfer syntaxes in which they are stored."""
    return frozenset(one.transfer_syntax_uid or EXPLICIT_LITTLE for one in instances)
