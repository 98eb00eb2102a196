"""Values of a data set, whatever the sender wrote: the value, or None, never an exception."""

from __future__ import annotations

import datetime
import math
import re
from typing import Any, Final

from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]+")
_UID: Final = re.compile(r"^[0-9]+(\.[0-9]+)*$")


def raw(dataset: Dataset, keyword: str) -> Any:
    """The value as pydicom gives it; None where it is absent, empty or can't be decoded."""
    try:
        value = dataset.get(keyword)
    except Exception:
        return None
    return None if value is None or value == "" else value


def text(dataset: Dataset, keyword: str, max_length: int = 255) -> str:
    """Text without control characters (PostgreSQL refuses NUL); several values by backslash."""
    value = raw(dataset, keyword)
    if value is None:
        return ""
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    parts = list(value) if isinstance(value, (MultiValue, list, tuple)) else [value]
    joined = "\\".join(str(part) for part in parts)
    clean = _CONTROL.sub(" ", joined).encode("utf-8", "replace").decode("utf-8")
    return clean.strip()[:max_length]


def tokens(dataset: Dataset, keyword: str) -> tuple[str, ...]:
    """The values of a multi-valued code string, upper case."""
    return tuple(part.strip().upper() for part in text(dataset, keyword, 1000).split("\\") if part)


def numbers(dataset: Dataset, keyword: str) -> tuple[float, ...]:
    """All finite numbers of the element; empty where one of them is none."""
    value = raw(dataset, keyword)
    if value is None:
        return ()
    many = value if isinstance(value, (list, tuple)) or hasattr(value, "__iter__") else [value]
    try:
        found = tuple(float(one) for one in many)
    except (TypeError, ValueError):
        return ()
    return found if all(math.isfinite(one) for one in found) else ()


def number(dataset: Dataset, keyword: str) -> float | None:
    """The first number."""
    found = numbers(dataset, keyword)
    return found[0] if found else None


def integer(dataset: Dataset, keyword: str) -> int | None:
    """The first number where it is whole and fits a database integer."""
    found = number(dataset, keyword)
    if found is None or found != int(found) or abs(found) >= 2**31:
        return None
    return int(found)


def uid(dataset: Dataset, keyword: str) -> str:
    """A valid UID (PS3.5 section 9.1), else an empty text."""
    found = text(dataset, keyword, 200)
    return found if len(found) <= 64 and _UID.match(found) else ""


def date(dataset: Dataset, keyword: str) -> datetime.date | None:
    """A DICOM date (DA, PS3.5 table 6.2-1), also in the old form with dots."""
    found = text(dataset, keyword).replace(".", "").replace("-", "")[:8]
    try:
        return datetime.datetime.strptime(found, "%Y%m%d").replace(tzinfo=datetime.UTC).date()
    except ValueError:
        return None


def items(dataset: Dataset | None, keyword: str) -> list[Dataset]:
    """The items of a sequence; empty where it is absent or no sequence."""
    if dataset is None:
        return []
    value = raw(dataset, keyword)
    if value is None or not hasattr(value, "__iter__"):
        return []
    return [item for item in value if isinstance(item, Dataset)]


def first_item(dataset: Dataset | None, keyword: str) -> Dataset | None:
    """The first item of a sequence."""
    found = items(dataset, keyword)
    return found[0] if found else None
