"""Hashes of what a report uses beside the locked data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence


def lines_sha256(lines: Iterable[Sequence[str]]) -> str:
    """SHA-256 over one JSON line an entry, sorted."""
    whole = hashlib.sha256()
    for line in sorted(json.dumps(list(one), separators=(",", ":")) for one in lines):
        whole.update(line.encode() + b"\n")
    return whole.hexdigest()
