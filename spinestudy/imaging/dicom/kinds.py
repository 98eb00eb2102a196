"""Which objects are images to read, by SOP Class (PS3.4 annex B.5, PS3.6 table A-1)."""

from __future__ import annotations

from typing import Final

DICOMDIR: Final = "1.2.840.10008.1.3.10"

_PREFIX: Final = "1.2.840.10008.5.1.4.1.1."
_EXACT: Final = {
    "4.2": "MR spectroscopy",
    "30": "a parametric map",
    "66": "raw data",
    "66.1": "a spatial registration",
    "66.2": "spatial fiducials",
    "66.3": "a deformable registration",
    "66.4": "a segmentation",
    "66.5": "a surface segmentation",
    "66.6": "tractography results",
    "66.7": "a label map segmentation",
    "67": "a real world value mapping",
    "68.1": "a surface scan mesh",
    "68.2": "a surface scan point cloud",
    "77.1.6": "a whole slide microscopy image",
    "131": "a basic structured display",
}
_FAMILIES: Final = {
    "9": "a waveform",
    "11": "a presentation state",
    "88": "a structured report",
    "104": "an encapsulated document",
    "481": "a radiotherapy object",
    "200": "an imaging protocol",
    "201": "an inventory",
}
_NO_IMAGE_OBJECTS: Final = {
    "1.2.840.10008.5.1.4.38.1": "a hanging protocol",
    "1.2.840.10008.5.1.4.39.1": "a colour palette",
    "1.2.840.10008.5.1.4.43.1": "a generic implant template",
}
_NON_IMAGE_MODALITIES: Final = {
    "SEG": "a segmentation",
    "SR": "a structured report",
    "PR": "a presentation state",
    "KO": "a key object selection",
    "REG": "a spatial registration",
    "RTSTRUCT": "a radiotherapy object",
    "RTPLAN": "a radiotherapy object",
    "RTDOSE": "a radiotherapy object",
    "DOC": "an encapsulated document",
    "PLAN": "a plan",
}
# Radiotherapy images are images: PS3.4 table B.5-1.
_RT_IMAGES: Final = {"481.1", "481.20", "481.21", "481.22"}


def non_image_kind(sop_class_uid: str, modality: str) -> str | None:
    """What the object is, in words, where it is no image to read; None for images.

    A private or new SOP Class counts as an image; whether it has pixels is asked elsewhere.
    """
    if sop_class_uid == DICOMDIR:
        return "a media directory"
    if sop_class_uid in _NO_IMAGE_OBJECTS:
        return _NO_IMAGE_OBJECTS[sop_class_uid]
    if sop_class_uid.startswith(_PREFIX):
        tail = sop_class_uid.removeprefix(_PREFIX)
        if tail in _RT_IMAGES:
            return None
        kind = _EXACT.get(tail) or _FAMILIES.get(tail.split(".")[0])
        if kind:
            return kind
    return _NON_IMAGE_MODALITIES.get(modality.upper())
