"""Media types of DICOM over HTTP: what a client accepts, and bodies of several parts.

PS3.18 section 8.7; Accept itself is RFC 9110 section 12.5.1.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.message import Message
from typing import Final

EXPLICIT_LITTLE: Final = "1.2.840.10008.1.2.1"
NATIVE_LITTLE: Final = frozenset({"1.2.840.10008.1.2", EXPLICIT_LITTLE, "1.2.840.10008.1.2.1.99"})
"""Syntaxes whose frames are plain little-endian values: the frames of all are alike."""
NATIVE: Final = NATIVE_LITTLE | {"1.2.840.10008.1.2.2"}
OCTETS: Final = "application/octet-stream"
_COMPRESSED: Final = {  # PS3.18 table 8.7.3-5
    "image/jpeg": ("4.50", "4.51", "4.57", "4.70"),
    "image/jls": ("4.80", "4.81"),
    "image/jp2": ("4.90", "4.91"),
    "image/jpx": ("4.92", "4.93"),
    "image/jphc": ("4.201", "4.202", "4.203"),
    "image/dicom-rle": ("5",),
}
IMAGE_TYPE: Final = {
    f"1.2.840.10008.1.2.{ending}": media_type
    for media_type, endings in _COMPRESSED.items()
    for ending in endings
}


@dataclass(frozen=True)
class Accepted:
    """One entry of Accept. `media_type` is that of the parts where `is_multipart`.

    `transfer_syntax` is a UID, "*" or empty.
    """

    media_type: str
    is_multipart: bool
    transfer_syntax: str = ""
    quality: float = 1.0

    def covers(self, media_type: str) -> bool:
        """Whether this entry names the type, or a range that holds it."""
        kind = media_type.partition("/")[0]
        return self.media_type in (media_type, f"{kind}/*", "*/*")


def parse_accept(text: str) -> list[Accepted]:
    """The entries of an Accept header, best first; an empty header accepts everything."""
    entries = [_entry(one) for one in _split(text or "*/*", ",")]
    wanted = [one for one in entries if one.quality > 0]
    return sorted(wanted, key=lambda one: -one.quality)


def _split(text: str, separator: str) -> list[str]:
    """Split outside quoted strings."""
    parts, is_quoted = [""], False
    for letter in text:
        if letter == '"':
            is_quoted = not is_quoted
        if letter == separator and not is_quoted:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts if part.strip()]


def _entry(text: str) -> Accepted:
    media_type, *rest = _split(text, ";")
    pairs = (one.partition("=") for one in rest)
    parameters = {name.strip().lower(): value.strip().strip('"') for name, _, value in pairs}
    media_type = media_type.lower()
    is_multipart = media_type == "multipart/related"
    try:
        quality = float(parameters.get("q", "1"))
    except ValueError:
        quality = 0.0
    return Accepted(
        media_type=parameters.get("type", "*/*").lower() if is_multipart else media_type,
        is_multipart=is_multipart,
        transfer_syntax=parameters.get("transfer-syntax", ""),
        quality=quality,
    )


@dataclass(frozen=True)
class Form:
    """How an answer is sent. `is_stored`: as it lies in the file, else plain and decoded."""

    media_type: str
    transfer_syntax: str
    is_stored: bool
    is_multipart: bool

    @property
    def part_type(self) -> str:
        """The Content-Type of a part."""
        return f"{self.media_type}; transfer-syntax={self.transfer_syntax}"


def frame_form(accepted: Iterable[Accepted], stored: str, *, can_decode: bool) -> Form | None:
    """How frames stored in a syntax are sent to this client; None: in no way that it accepts.

    A client that names no syntax gets plain pixels (the default of octet-stream), where that is
    possible, or the compressed form under its own media type.
    """
    as_stored = EXPLICIT_LITTLE if stored in NATIVE else stored
    for one in accepted:
        is_multipart = one.is_multipart or one.media_type == "*/*"
        plain = Form(OCTETS, EXPLICIT_LITTLE, False, is_multipart)
        own_type = IMAGE_TYPE.get(stored, "")
        if one.covers(OCTETS):
            if one.transfer_syntax == as_stored and stored not in NATIVE:
                return Form(OCTETS, stored, True, is_multipart)
            if one.transfer_syntax == "*" and stored not in NATIVE:
                return Form(OCTETS, stored, True, is_multipart)
            if one.transfer_syntax in ("", "*", EXPLICIT_LITTLE) and can_decode:
                return plain
        if own_type and one.covers(own_type) and one.transfer_syntax in ("", "*", stored):
            return Form(own_type, stored, True, is_multipart)
    return None


def file_form(accepted: Iterable[Accepted], stored: frozenset[str]) -> Form | None:
    """How whole files, stored in these syntaxes, are sent; None: in no way that is accepted.

    A client that names no syntax gets Explicit VR Little Endian (PS3.18 section 8.7.3.5.2),
    made where needed; "*" gives the files byte for byte.
    """
    for one in accepted:
        if not one.covers("application/dicom"):
            continue
        is_multipart = one.is_multipart or one.media_type == "*/*"
        if one.transfer_syntax == "*" or stored == {one.transfer_syntax}:
            return Form("application/dicom", one.transfer_syntax, True, is_multipart)
        if one.transfer_syntax in ("", EXPLICIT_LITTLE):
            is_stored = stored == {EXPLICIT_LITTLE}
            return Form("application/dicom", EXPLICIT_LITTLE, is_stored, is_multipart)
    return None


def json_type(accepted: Iterable[Accepted]) -> str | None:
    """The media type of a JSON answer that the client accepts."""
    for one in accepted:
        if one.is_multipart:
            continue
        for media_type in ("application/dicom+json", "application/json"):
            if one.covers(media_type):
                return media_type
    return None


def new_boundary() -> str:
    """Long and random: some clients search the whole body for it."""
    return f"spinestudy-{secrets.token_hex(24)}"


def multipart_type(media_type: str, boundary: str) -> str:
    """The Content-Type of the whole answer (RFC 2387)."""
    message = Message()
    message["Content-Type"] = "multipart/related"
    message.set_param("type", media_type, requote=True)
    message.set_param("boundary", boundary)
    return str(message["Content-Type"])


def multipart_body(parts: Iterable[tuple[str, bytes]], boundary: str) -> Iterator[bytes]:
    """The body, piece by piece, of parts given as (Content-Type, content)."""
    for part_type, content in parts:
        head = f"--{boundary}\r\nContent-Type: {part_type}\r\nContent-Length: {len(content)}\r\n"
        yield head.encode() + b"\r\n"
        yield content
        yield b"\r\n"
    yield f"--{boundary}--\r\n".encode()
