"""How a wanted value of a search matches a field (PS3.4 C.2.2.2): each gives a condition."""

from __future__ import annotations

import datetime
import re

from django.db.models import Q

from spinestudy.common.errors import InvalidInputError


def uids(path: str, value: str) -> Q:
    """Any of a list, by comma or backslash."""
    return Q(**{f"{path}__in": [one.strip() for one in re.split(r"[,\\]", value)]})


def text(path: str, value: str) -> Q:
    """Wildcards * and ? (PS3.4 C.2.2.2.4); otherwise the very value."""
    if not re.search(r"[*?]", value):
        return Q(**{path: value})
    pattern = "".join({"*": ".*", "?": "."}.get(one) or re.escape(one) for one in value)
    return Q(**{f"{path}__regex": f"^{pattern}$"})


def codes(path: str, value: str) -> Q:
    """Any of a list of code strings; codes are upper case."""
    found = Q(pk__in=[])
    for one in re.split(r"[,\\]", value):
        found |= text(path, one.strip().upper())
    return found


def number(path: str, value: str) -> Q:
    """A whole number."""
    if not re.fullmatch(r"\s*-?\d{1,10}\s*", value):
        raise InvalidInputError(f"{value!r} is no whole number.")
    return Q(**{path: int(value)})


def dates(path: str, value: str) -> Q:
    """A day, or a range (PS3.4 C.2.2.2.5): "20260101-20260131", "-20260131", "20260101-"."""
    first, dash, last = value.partition("-")
    if not dash:
        return Q(**{path: _day(first)})
    found = Q(**{f"{path}__isnull": False})
    if first:
        found &= Q(**{f"{path}__gte": _day(first)})
    return found & Q(**{f"{path}__lte": _day(last)}) if last else found


def _day(value: str) -> datetime.date:
    try:
        return datetime.datetime.strptime(value, "%Y%m%d").replace(tzinfo=datetime.UTC).date()
    except ValueError:
        raise InvalidInputError(f"{value!r} is no DICOM date such as 20260131.") from None
