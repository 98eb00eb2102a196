"""Files below the storage root: originals byte for byte, frames ready to be served.

Every file is written under a temporary name, flushed to disk and renamed, so that a reader
sees all of it or nothing. Paths are made of digests and numbers; they never name a person.
"""

from __future__ import annotations

import gzip
import os
import secrets
import shutil
from pathlib import Path
from typing import BinaryIO, Final

from spinestudy.imaging.selectors.stored_files import absolute, root

GZIP_LEVEL: Final = 2
"""Frames are packed once and travel packed; higher levels cost much time for few bytes."""


def _write(relative: str, fill: bytes | BinaryIO, *, is_replaceable: bool = False) -> None:
    """`is_replaceable`: it can be made again, so a power cut may take it."""
    target = absolute(relative)
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(6)}.part")
    try:
        with temporary.open("xb") as out:
            if isinstance(fill, bytes):
                out.write(fill)
            else:
                shutil.copyfileobj(fill, out, 1024 * 1024)
            out.flush()
            if not is_replaceable:
                os.fsync(out.fileno())
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _store_once(relative: str, content: bytes | BinaryIO, size_bytes: int) -> str:
    """Write unless it's there with the right size: the name is the digest of the content."""
    target = absolute(relative)
    if not target.is_file() or target.stat().st_size != size_bytes:
        _write(relative, content)
    return relative


def store_original(content: bytes, sha256: str) -> str:
    """Keep a DICOM file byte for byte; return its path below the root."""
    return _store_once(f"originals/{sha256[:2]}/{sha256}", content, len(content))


def store_quarantined(content: bytes | BinaryIO, sha256: str, size_bytes: int) -> str:
    """Keep a file that can't be used; return its path below the root."""
    return _store_once(f"quarantine/{sha256[:2]}/{sha256}", content, size_bytes)


def store_report_file(content: bytes, sha256: str) -> str:
    """Keep one file of a final report; return its path below the root."""
    return _store_once(f"reports/{sha256[:2]}/{sha256}", content, len(content))


def store_frame(pixels: bytes, *, file_sha256: str, frame_number: int) -> str:
    """Keep the plain pixels of one frame, packed; return their path below the root."""
    relative = f"frames/{file_sha256[:2]}/{file_sha256}/{frame_number}.raw.gz"
    _write(relative, gzip.compress(pixels, GZIP_LEVEL, mtime=0))
    return relative


def metadata_path(file_sha256: str) -> str:
    """Where the header of a file lies as JSON. The number changes with what is told."""
    return f"metadata/1/{file_sha256[:2]}/{file_sha256}.json.gz"


def store_metadata(packed: bytes, file_sha256: str) -> None:
    """Keep the header of a file as packed JSON."""
    _write(metadata_path(file_sha256), packed, is_replaceable=True)


def incoming_folder(upload_id: int) -> Path:
    """Where the files of an upload wait for the worker."""
    return root() / "incoming" / str(upload_id)


def remove_incoming(upload_id: int) -> None:
    """Drop the waiting files once each is stored for good."""
    shutil.rmtree(incoming_folder(upload_id), ignore_errors=True)
