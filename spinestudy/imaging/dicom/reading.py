"""Bytes -> data set, with the traps of pydicom's reader closed.

A missing sequence delimiter after compressed pixels makes pydicom warn and return an EMPTY
data set; deeply nested sequences end in RecursionError; files without the preamble of PS3.10
section 7.1 exist in the wild. Each ends here in a data set or in a reason.
"""

from __future__ import annotations

import io
import logging
import warnings
from dataclasses import dataclass
from typing import Final

import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.errors import InvalidDicomError
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from spinestudy.imaging.dicom.unusable import UnusableFileError

# pydicom logs what it also warns of; here each becomes a note or a reason.
logging.getLogger("pydicom").setLevel(logging.CRITICAL)

SEQUENCE_DELIMITER: Final = b"\xfe\xff\xdd\xe0\x00\x00\x00\x00"
NOT_DICOM: Final = "This is not a DICOM file. Nothing to do, unless an image was expected here."
DAMAGED: Final = (
    "The file is damaged and can't be read as DICOM. Export it again from the PACS or scanner."
)


@dataclass(frozen=True)
class ReadResult:
    """A data set and what was mended to get it."""

    dataset: Dataset
    notes: tuple[str, ...] = ()


def read_dataset(content: bytes) -> ReadResult:
    """Parse a whole file; raise UnusableFileError where there is no data set in it."""
    if not content:
        raise UnusableFileError("empty_file", "The file is empty. Export or copy it again.")
    has_preamble = content[128:132] == b"DICM"
    if not has_preamble and not _looks_like_a_bare_data_set(content):
        raise UnusableFileError("not_dicom", NOT_DICOM)
    dataset = _parse(content, force=not has_preamble)
    notes: tuple[str, ...] = ()
    if len(dataset) == 0:
        dataset = _parse(content + SEQUENCE_DELIMITER, force=not has_preamble)
        notes = ("the missing end mark of the compressed pixels was added",)
    if "SOPClassUID" not in dataset and not (len(dataset) > 1 and has_preamble):
        code, reason = ("damaged", DAMAGED) if has_preamble else ("not_dicom", NOT_DICOM)
        raise UnusableFileError(code, reason)
    if not has_preamble:
        notes = (*notes, "no DICOM preamble")
    _complete_file_meta(dataset)
    return ReadResult(dataset, notes)


def _looks_like_a_bare_data_set(content: bytes) -> bool:
    """Whether it starts with an element of group 0002 or 0008, in either byte order."""
    return content[:2] in (b"\x02\x00", b"\x08\x00", b"\x00\x08") and len(content) > 64


def _parse(content: bytes, *, force: bool) -> Dataset:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return pydicom.dcmread(io.BytesIO(content), force=force)
    except RecursionError:
        raise UnusableFileError(
            "nested_too_deeply",
            "Sequences are nested too deeply to be read safely. Ask the sender for a clean export.",
        ) from None
    except InvalidDicomError:
        raise UnusableFileError("not_dicom", NOT_DICOM) from None
    except MemoryError:
        raise UnusableFileError("damaged", DAMAGED) from None
    except Exception as error:  # pydicom raises many kinds on damaged input
        raise UnusableFileError("damaged", f"{DAMAGED} ({type(error).__name__})") from error


def _complete_file_meta(dataset: Dataset) -> None:
    """Name the transfer syntax that was guessed, where the file names none (PS3.5 annex A)."""
    meta = getattr(dataset, "file_meta", None)
    if meta is None:
        dataset.file_meta = meta = FileMetaDataset()
    if meta.get("TransferSyntaxUID"):
        return
    implicit, little = dataset.original_encoding
    if implicit:
        meta.TransferSyntaxUID = ImplicitVRLittleEndian
    else:
        meta.TransferSyntaxUID = ExplicitVRLittleEndian if little else ExplicitVRBigEndian
