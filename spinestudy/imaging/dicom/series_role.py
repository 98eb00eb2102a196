"""The weighting of a stack: numbers before text, with its source and how sure it is.

Ranges follow the usual definitions of spin-echo, gradient-echo and inversion-recovery
contrasts; they are named here once and are not validated on clinical lumbar data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from spinestudy.imaging.dicom.frames import PulseParameters
from spinestudy.imaging.dicom.role_text import (
    says_contrast,
    says_fat_suppressed,
    text_label,
)

UNKNOWN: Final = "unknown"
# What numbers can't tell apart, and the text may decide: STIR is often sent without TI.
_TEXT_REFINES: Final = {
    ("T2", "STIR"),
    ("PD", "STIR"),
    ("T1", "T1-FLAIR"),
    ("T1", "T1-GRE"),
    ("T2*", "T1-GRE"),
    ("T2", "FLAIR"),
    ("T2", "DWI"),
    ("T2*", "DWI"),
}
_CONFIDENCE: Final = {"agree": 0.97, "numbers": 0.85, "text": 0.7, "conflict": 0.5}


@dataclass(frozen=True)
class SeriesRole:
    """A label of the weighting, where it comes from, and what contradicts it.

    label: T1, T2, PD, STIR, T1-FLAIR, FLAIR, T2*, T1-GRE, DWI, ADC or unknown.
    source: "numbers and text", "numbers", "text", "image type" or "none".
    """

    label: str
    source: str
    confidence: float
    is_fat_suppressed: bool
    is_contrast_enhanced: bool
    notes: tuple[str, ...] = ()


def numbers_label(pulse: PulseParameters) -> str | None:
    """The weighting by repetition, echo and inversion time; None where they don't decide."""
    te, tr, ti = pulse.echo_time_ms, pulse.repetition_time_ms, pulse.inversion_time_ms
    kinds = set(pulse.scanning_sequence)
    if te is None or (te < 1 and "GR" not in kinds) or te <= 0:
        return None  # missing, or written in seconds
    if ("IR" in kinds or (ti or 0) > 0) and ti:
        if 80 <= ti <= 300:
            return "STIR"
        if ti > 1700:
            return "FLAIR"
        if 600 <= ti <= 1200 and te < 30:
            return "T1-GRE" if "GR" in kinds else "T1-FLAIR"
        return None
    if "GR" in kinds and "SE" not in kinds:
        return "T2*" if te >= 12 else "T1-GRE"
    if tr is None or tr < 20 or not ({"SE", "RM"} & kinds):
        return None
    if te >= 60 and tr >= 1500:
        return "T2"
    if te <= 30 and tr < 1200:
        return "T1"
    if te <= 45 and tr >= 1500:
        return "PD"
    return None


def image_type_label(image_type: Sequence[str], pulse: PulseParameters) -> str | None:
    """Diffusion and its maps, which neither numbers nor texts should override."""
    found = set(image_type)
    if found & {"ADC", "EADC"}:
        return "ADC"
    if found & {"DIFFUSION", "TRACEW"} or (pulse.b_value or 0) > 0:
        return "DWI"
    return None


def series_role(
    pulse: PulseParameters, image_type: Sequence[str], text: str, modality: str = "MR"
) -> SeriesRole:
    """Decide the weighting of one stack; `text` joins the descriptions of its series."""
    if modality != "MR":
        return SeriesRole(UNKNOWN, "not MR", 0.0, False, pulse.has_contrast_agent)
    label, source, confidence, notes = _decide(pulse, image_type, text)
    fat_suppressed = (
        pulse.is_fat_suppressed
        or says_fat_suppressed(text)
        or label == "STIR"
        or bool({"W", "WATER"} & set(image_type))
    )
    contrast = pulse.has_contrast_agent or says_contrast(text)
    return SeriesRole(label, source, confidence, fat_suppressed, contrast, notes)


def _decide(
    pulse: PulseParameters, image_type: Sequence[str], text: str
) -> tuple[str, str, float, tuple[str, ...]]:
    by_type = image_type_label(image_type, pulse)
    if by_type:
        return by_type, "image type", _CONFIDENCE["agree"], ()
    by_numbers, by_text = numbers_label(pulse), text_label(text)
    if by_numbers and by_text:
        if by_numbers == by_text:
            return by_numbers, "numbers and text", _CONFIDENCE["agree"], ()
        if (by_numbers, by_text) in _TEXT_REFINES:
            return by_text, "numbers and text", _CONFIDENCE["numbers"], ()
        note = f"weighting conflict: numbers say {by_numbers}, text says {by_text}"
        return by_numbers, "numbers", _CONFIDENCE["conflict"], (note,)
    if by_numbers:
        return by_numbers, "numbers", _CONFIDENCE["numbers"], ()
    if by_text:
        return by_text, "text", _CONFIDENCE["text"], ()
    return UNKNOWN, "none", 0.0, ()
