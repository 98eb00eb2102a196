"""Keep what can't be used, with the reason; nothing is ever dropped silently."""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from typing import Final

from spinestudy.imaging.models import QuarantinedFile, Upload
from spinestudy.imaging.services import storage
from spinestudy.imaging.services.sources import Source

_CHUNK: Final = 1024 * 1024


def quarantine(*, upload: Upload, source: Source, code: str, reason: str) -> QuarantinedFile:
    """Store the file byte for byte and write its row."""
    path, sha256, size_bytes = _keep(source)
    row = QuarantinedFile(
        upload=upload,
        original_name=printable(source.name)[-1000:],
        reason_code=code,
        reason=printable(reason)[:500],
        path=path,
        sha256=sha256,
        size_bytes=size_bytes,
    )
    row.save()
    return row


def printable(text: str) -> str:
    """Without control characters and stray surrogates, which PostgreSQL refuses."""
    clean = "".join(letter if letter.isprintable() else "?" for letter in text)
    return clean.encode("utf-8", "replace").decode("utf-8")


def _keep(source: Source) -> tuple[str, str, int]:
    """Store the content; where a member of an archive can't be unpacked, only its name stays."""
    digest, size_bytes = hashlib.sha256(), 0
    try:
        with source.open() as opened:
            while chunk := opened.read(_CHUNK):
                digest.update(chunk)
                size_bytes += len(chunk)
        with source.open() as opened:
            sha256 = digest.hexdigest()
            return storage.store_quarantined(opened, sha256, size_bytes), sha256, size_bytes
    except (OSError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error, EOFError):
        return "", hashlib.sha256(b"").hexdigest(), 0
