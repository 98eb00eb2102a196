"""Read files below the storage root; `services.storage` writes them."""

from __future__ import annotations

import gzip
from pathlib import Path

from django.conf import settings


def root() -> Path:
    """The storage root."""
    return Path(settings.STORAGE_ROOT)


def absolute(relative: str) -> Path:
    """The place of a stored file on this machine."""
    return root() / relative


def load_frame(relative: str) -> bytes:
    """The plain pixels of one frame."""
    return gzip.decompress(absolute(relative).read_bytes())
