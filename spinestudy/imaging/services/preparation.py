"""One file, from bytes to stored pixels, without the database: fit for a pool of threads."""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from dataclasses import dataclass, replace
from typing import Final

from spinestudy.imaging.dicom import values
from spinestudy.imaging.dicom.frames import StoredFrame
from spinestudy.imaging.dicom.headers import InstanceHeader, parse_header
from spinestudy.imaging.dicom.pixels import decode_frames, pixel_facts
from spinestudy.imaging.dicom.reading import read_dataset
from spinestudy.imaging.dicom.unusable import UnusableFileError
from spinestudy.imaging.services import storage
from spinestudy.imaging.services.sources import ZIP_SIGNATURES, Source


@dataclass(frozen=True)
class Content:
    """A file in memory."""

    source: Source
    data: bytes
    sha256: str


@dataclass(frozen=True)
class Prepared:
    """A file whose original and frames are stored; its rows are still to be written."""

    source: Source
    sha256: str
    size_bytes: int
    path: str
    header: InstanceHeader
    frames: tuple[StoredFrame, ...]


@dataclass(frozen=True)
class Rejected:
    """A file for the quarantine."""

    source: Source
    code: str
    reason: str


UNREADABLE: Final = "The file can't be read. Copy it again and check its permissions."
ZIP_DAMAGED: Final = "This file inside the zip archive is damaged. Pack the archive again."


def read_content(source: Source) -> Content | Rejected:
    """Read a file and its digest."""
    if source.problem:
        return Rejected(source, *source.problem)
    try:
        data = source.read()
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        return Rejected(source, "zip_damaged", ZIP_DAMAGED)
    except OSError:
        return Rejected(source, "unreadable", UNREADABLE)
    return Content(source, data, hashlib.sha256(data).hexdigest())


def prepare(content: Content) -> Prepared | Rejected:
    """Parse, decode and store one file; whatever goes wrong inside it ends as a reason."""
    source = content.source
    try:
        if content.data[:4] in ZIP_SIGNATURES:
            raise UnusableFileError(
                "nested_archive", "An archive inside an archive. Unpack it and import the folder."
            )
        result = read_dataset(content.data)
        header = parse_header(result.dataset)
        photometric = values.text(result.dataset, "PhotometricInterpretation")
        frames = []
        decoded = decode_frames(result.dataset, len(header.frames))
        for frame_header, pixels in zip(header.frames, decoded, strict=True):
            facts, stored = pixel_facts(pixels, photometric)
            path = storage.store_frame(
                stored, file_sha256=content.sha256, frame_number=frame_header.frame_number
            )
            frames.append(
                StoredFrame(header.sop_instance_uid, frame_header, replace(facts, path=path))
            )
    except UnusableFileError as error:
        return Rejected(source, error.code, error.reason)
    except (OSError, MemoryError):
        raise  # a full disk or memory is no fault of the file
    except Exception as error:
        return Rejected(
            source,
            "unexpected",
            f"Reading the file failed in an unexpected way ({type(error).__name__}). "
            "Report it, with the file where that is allowed.",
        )
    return Prepared(
        source=source,
        sha256=content.sha256,
        size_bytes=len(content.data),
        path=storage.store_original(content.data, content.sha256),
        header=header,
        frames=tuple(frames),
    )
