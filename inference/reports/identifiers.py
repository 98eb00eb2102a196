"""A screen for what may name a person in a report: names, dates, numbers, telephone, e-mail.

It finds what usually stands in reports, by form. It can miss an identifier and can flag what is
none, so it is a help for whoever decides, not a de-identification.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Final

KINDS_OF_IDENTIFIER: Final = ("name", "date", "number", "phone", "e-mail", "age")

_MONTH: Final = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sep(?:t(?:ember)?)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_CAPITALISED: Final = r"[A-Z][A-Za-z'’-]+"
_PERSON: Final = rf"{_CAPITALISED}(?:[ ]+(?:[A-Z]\.?[ ]+)?{_CAPITALISED}){{0,2}}"
_PATTERNS: Final = (
    ("e-mail", re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+\w")),
    ("date", re.compile(r"\b(?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])[-/.](?:[0-2]?\d|3[01])\b")),
    ("date", re.compile(r"\b(?:[0-2]?\d|3[01])[-/.](?:[0-2]?\d|3[01])[-/.](?:\d{4}|\d\d)\b")),
    (
        "date",
        re.compile(
            rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)?[ -])?{_MONTH}\.?[ -]"
            r"(?:\d{1,2}(?:st|nd|rd|th)?,?[ ])?(?:19|20)\d\d\b",
            re.IGNORECASE,
        ),
    ),
    ("date", re.compile(rf"\b{_MONTH}\.?[ ]\d{{1,2}}(?:st|nd|rd|th)?\b")),
    (
        "number",
        re.compile(
            r"\b(?:MRN|NHS|SSN|ID|Acc(?:ession)?|Record|Chart|Case|Account|Order)"
            r"(?:[ ]?(?:No|Number|Nr|ID))?\.?[ ]?[:#]?[ ]?#?(?=[A-Z-]*\d)[A-Z0-9-]{4,}\b",
            re.IGNORECASE,
        ),
    ),
    ("phone", re.compile(r"(?<![\d.])(?:\+\d{1,3}[ .-]?)?\(?\d{3,4}\)?[ .-]\d{3}[ .-]\d{3,4}\b")),
    ("number", re.compile(r"(?<![\d.])\d{6,}(?![\d.])")),
    ("name", re.compile(rf"\b(?:Dr|Mr|Mrs|Ms|Miss|Prof|Professor|Doctor)\.?[ ]+{_PERSON}")),
    (
        "name",
        re.compile(
            r"\b(?i:patient(?:[ ]name)?|name|referr(?:ed|ing)(?:[ ](?:by|physician|doctor))?"
            r"|(?:electronically[ ])?signed(?:[ ]by)?|dictated[ ]by|reported[ ]by|read[ ]by"
            rf"|radiologist|physician)[ ]?:?[ ]*(?-i:(?<=[: ]){_PERSON})"
        ),
    ),
    ("name", re.compile(rf"\b{_PERSON},?[ ](?:M\.?D\.?|D\.?O\.?|FRCR|MBBS|PhD)\b")),
    ("age", re.compile(r"\b(?:9\d|1[01]\d)[ -]?(?:year|yr|y/?o)s?\b", re.IGNORECASE)),
)
_NO_NAMES: Final = frozenset(
    ("history", "presents", "has", "with", "is", "was", "the", "findings", "impression", "mri")
)


@dataclass(frozen=True, slots=True)
class Identifier:
    """A part of the text that may name a person."""

    kind: str
    start: int
    end: int


def find_identifiers(text: str) -> list[Identifier]:
    """What may name a person, in order, without overlaps; earlier patterns win."""
    found: list[Identifier] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span()
            if kind == "name" and match[0].split()[-1].lower() in _NO_NAMES:
                continue
            if all(end <= one.start or start >= one.end for one in found):
                found.append(Identifier(kind, start, end))
    return sorted(found, key=lambda one: one.start)


def counted(identifiers: list[Identifier]) -> dict[str, int]:
    """Kind -> how many."""
    counts = Counter(one.kind for one in identifiers)
    return {kind: counts[kind] for kind in KINDS_OF_IDENTIFIER if counts[kind]}


def masked(text: str) -> str:
    """The text with "[name]", "[date]" and so on in place of what was found."""
    parts, at = [], 0
    for one in find_identifiers(text):
        parts += [text[at : one.start], f"[{one.kind}]"]
        at = one.end
    return "".join([*parts, text[at:]])
