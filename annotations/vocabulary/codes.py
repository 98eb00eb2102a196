"""Codes of the concepts that are graded, of published coding schemes only.

SCT is SNOMED CT as DICOM PS3.16 uses it; each such code stands in pydicom's dictionary under the
same meaning, and a test looks. RADELEMENT, a scheme that DICOM has registered, is the common data
elements of RSNA and ACR: those below are known at second hand, so `is_verified` is false, and a
writer of DICOM objects must leave them out until somebody has checked them at the source.
Concepts without a code here have none in these schemes that we know of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Code:
    """A coded concept: code value, coding scheme designator, code meaning.

    version: of the scheme, "" where it has none or it doesn't matter.
    """

    value: str
    scheme: str
    meaning: str
    is_verified: bool = True
    version: str = ""


def _sct(value: str, meaning: str) -> Code:
    return Code(value, "SCT", meaning)


def _radelement(value: str, meaning: str) -> Code:
    return Code(value, "RADELEMENT", meaning, is_verified=False)


NONE: Final = _sct("260413007", "None")
MILD: Final = _sct("255604002", "Mild")
MODERATE: Final = _sct("6736007", "Moderate")
SEVERE: Final = _sct("24484000", "Severe")
ABSENT: Final = _sct("272519000", "Absent")
PRESENT: Final = _sct("52101004", "Present")
NORMAL: Final = _sct("17621005", "Normal")
STENOSIS: Final = _sct("415582006", "stenosis")
SPINAL_CANAL: Final = _sct("61853006", "Spinal canal structure (body structure)")

CENTRAL_CANAL: Final = _radelement("RDE2058", "Central spinal canal")
RIGHT_RECESS: Final = _radelement("RDE2060", "Right subarticular recess")
LEFT_RECESS: Final = _radelement("RDE2031", "Left subarticular recess")
RIGHT_FACET: Final = _radelement("RDE2056", "Right facet joint")
LEFT_FACET: Final = _radelement("RDE2057", "Left facet joint")
PFIRRMANN: Final = _radelement("RDE2055", "Pfirrmann grade disc degeneration")
MODIC: Final = _radelement("RDE1517", "Modic endplate changes")
DISC_MORPHOLOGY: Final = _radelement("RDE1518", "Disc morphology")
ENDPLATES: Final = _radelement("RDE2059", "Vertebral endplates")
COMPRESSION_FRACTURE: Final = _radelement("RDES230", "Vertebral compression fracture (set)")
