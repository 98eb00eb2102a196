"""Seeded draws that come out the same on every machine and in every language with SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")


def digest(*parts: object) -> str:
    """SHA-256 of the parts, joined by "/", as hex digits."""
    return hashlib.sha256("/".join(map(str, parts)).encode()).hexdigest()


def shuffled(things: Iterable[T], *key: object) -> list[T]:
    """The things sorted by the digest of key and thing; equal digests don't occur."""
    return sorted(things, key=lambda thing: digest(*key, thing))


def drawn_number(below: int, *key: object) -> int:
    """A number from 0 to below - 1. The bias of the remainder is under 2**-200."""
    return int(digest(*key), 16) % below
