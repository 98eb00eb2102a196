"""DICOM JSON (PS3.18 annex F) of a data set and of single attributes. Pixels are never in it."""

from __future__ import annotations

import datetime
import math
import warnings
from collections.abc import Mapping
from typing import Any, Final

from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

BULK_BYTES: Final = 1024
"""Binary values longer than this are left out, as PS3.18 section 10.4.1.1.2 allows."""
_BINARY: Final = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "UN"})
_PIXELS: Final = frozenset({0x7FE00001, 0x7FE00002, 0x7FE00003, 0x7FE00008, 0x7FE00009, 0x7FE00010})
_LOOKUP_TABLES: Final = frozenset(
    {0x00281201, 0x00281202, 0x00281203, 0x00281221, 0x00281222, 0x00281223, 0x00283006}
)
"""Palettes and LUT data: without them the image can't be shown, so they stay, however long."""
_CHARACTER_SET: Final = 0x00080005

Json = dict[str, Any]


def to_dicom_json(dataset: Dataset) -> Json:
    """The data set without pixels, group lengths and long binary values.

    An element whose value can't be told (a broken number, an unknown character set) is left out;
    the others stay.
    """
    body: Json = {}
    for tag in sorted(dataset.keys()):
        if tag.group < 0x0008 or tag.element == 0 or tag in _PIXELS:
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                told = _element(dataset[tag])
        except Exception:  # noqa: S112 - pydicom raises many kinds on crooked values
            continue
        if told is not None:
            body[f"{tag:08X}"] = told
    return body


def _element(element: DataElement) -> Json | None:
    if element.tag == _CHARACTER_SET:
        return {"vr": "CS", "Value": ["ISO_IR 192"]}  # JSON text is UTF-8, whatever the file was
    if element.VR == "SQ":
        items = [to_dicom_json(item) for item in element.value]
        return {"vr": "SQ", "Value": items} if items else {"vr": "SQ"}
    is_long = element.VR in _BINARY and len(element.value or b"") > BULK_BYTES
    if is_long and element.tag not in _LOOKUP_TABLES:
        return None
    told: Json = element.to_json_dict(None, 0)
    if "Value" in told:
        told["Value"] = [_finite(value) for value in told["Value"]]
    return told


def _finite(value: Any) -> Any:
    """JSON has no word for NaN and infinity."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def attributes_json(values: Mapping[str, Any]) -> Json:
    """Attributes by keyword -> DICOM JSON, in the order of their tags.

    A list gives several values; None and empty text give the attribute without a value.
    """
    tags = {keyword: tag_for_keyword(keyword) for keyword in values}
    unknown = [keyword for keyword, tag in tags.items() if tag is None]
    if unknown:
        raise KeyError(f"no DICOM attributes: {', '.join(unknown)}")
    ordered = sorted(tags.items(), key=lambda pair: pair[1] or 0)
    return {f"{tag:08X}": _attribute(keyword, values[keyword]) for keyword, tag in ordered}


def _attribute(keyword: str, value: Any) -> Json:
    vr = dictionary_VR(keyword)
    many = value if isinstance(value, (list, tuple)) else [value]
    told = [_plain(one, vr) for one in many if one is not None and one != ""]
    return {"vr": vr, "Value": told} if told else {"vr": vr}


def _plain(value: Any, vr: str) -> Any:
    if isinstance(value, datetime.date):
        return value.strftime("%Y%m%d")
    return {"Alphabetic": value} if vr == "PN" else value
