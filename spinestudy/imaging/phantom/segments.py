"""The phantom's masks as coded segments: vertebrae, discs, canal and changes of a stack.

Codes are SNOMED CT as DICOM uses it (CID 7603, 7604 and 7151). What has no code of its own there
(a sixth lumbar body, its discs, S1) has the code of what holds it, and its name as label.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from spinestudy.imaging.dicom.segmentation import CodedConcept, MaskSegment
from spinestudy.imaging.phantom import structures
from spinestudy.imaging.phantom.levels import disc_name, names_of_seats

ALGORITHM: Final = "SpineStudy phantom truth"


def _sct(value: str, meaning: str) -> CodedConcept:
    return CodedConcept(value, "SCT", meaning)


ANATOMICAL: Final = _sct("91723000", "Anatomical Structure")
ABNORMAL: Final = _sct("49755003", "Morphologically Abnormal Structure")
_VERTEBRAE: Final = {
    "T7": _sct("62487009", "T7 vertebra"),
    "T8": _sct("11068009", "T8 vertebra"),
    "T9": _sct("82687006", "T9 vertebra"),
    "T10": _sct("7610001", "T10 vertebra"),
    "T11": _sct("12989004", "T11 vertebra"),
    "T12": _sct("23215003", "T12 vertebra"),
    "L1": _sct("66794005", "L1 vertebra"),
    "L2": _sct("14293000", "L2 vertebra"),
    "L3": _sct("36470004", "L3 vertebra"),
    "L4": _sct("11994002", "L4 vertebra"),
    "L5": _sct("49668003", "L5 vertebra"),
}
_DISCS: Final = {
    "T7/T8": _sct("28693002", "T7/T8 disc"),
    "T8/T9": _sct("9188009", "T8/T9 disc"),
    "T9/T10": _sct("113209001", "T9/T10 disc"),
    "T10/T11": _sct("34959001", "T10/T11 disc"),
    "T11/T12": _sct("1537001", "T11/T12 disc"),
    "T12/L1": _sct("76206002", "T12/L1 disc"),
    "L1/L2": _sct("80064006", "L1/L2 disc"),
    "L2/L3": _sct("67459009", "L2/L3 disc"),
    "L3/L4": _sct("62551000", "L3/L4 disc"),
    "L4/L5": _sct("84020006", "L4/L5 disc"),
    "L5/S1": _sct("715056000", "L5/S1 disc"),
}
_SPINE: Final = _sct("421060004", "Spine")
_SACRUM: Final = _sct("54735007", "Sacrum")
_LESION: Final = _sct("52988006", "Lesion")
_CANAL: Final = _sct("61853006", "Spinal canal structure (body structure)")
_CHANGES: Final = {
    structures.MODIC_1: ("Modic type 1", _LESION),
    structures.MODIC_2: ("Modic type 2", _LESION),
    structures.MODIC_3: ("Modic type 3", _LESION),
    structures.OEDEMA: ("Oedema of a fracture", _sct("79654002", "Edema")),
    structures.TUMOUR: ("Tumour in bone", _sct("108369006", "Neoplasm")),
    structures.CLEFT: ("Cleft in a broken body", _LESION),
    structures.HERNIATION: ("Herniated disc", _LESION),
    structures.MASS: ("Soft-tissue mass", _sct("4147007", "Mass")),
}


def segments_of(
    codes: NDArray[np.uint8], changes: NDArray[np.uint8], lumbar_count: int
) -> list[MaskSegment]:
    """Every structure and change that a stack holds, as bool masks of its shape.

    codes, changes: uint8 (slices, rows, columns), see structures.py. Herniated material belongs to
    its disc and to the herniation; the parts of the sacrum below S1 are one segment.
    """
    names = names_of_seats(lumbar_count)
    found: list[MaskSegment] = []

    def add(
        label: str, category: CodedConcept, kind: CodedConcept, mask: NDArray[np.bool_]
    ) -> None:
        if mask.any():
            found.append(MaskSegment(label, category, kind, mask, algorithm_name=ALGORITHM))

    present = set(np.unique(codes).tolist())
    for seat in structures.BODY_SEATS:
        code = structures.body_code(seat)
        if code in present and names[seat] not in ("S2", "S3", "S4"):
            kind = _VERTEBRAE.get(names[seat], _SACRUM if names[seat] == "S1" else _SPINE)
            add(names[seat], ANATOMICAL, kind, codes == code)
    below = [structures.body_code(seat) for seat in ("S2", "S3", "S4")]
    below += [structures.disc_code(f"{seat}/") for seat in ("S1", "S2", "S3")]
    add("Sacrum below S1", ANATOMICAL, _SACRUM, np.isin(codes, below))
    above = [seat for seat in structures.BODY_SEATS if not seat.startswith("S")]
    for seat, under in zip(above, [*above[1:], "S1"], strict=True):
        code = structures.disc_code(f"{seat}/{under}")
        if code in present:
            name = disc_name(f"{seat}/{under}", names)
            add(f"{name} disc", ANATOMICAL, _DISCS.get(name, _SPINE), codes == code)
    if structures.CANAL in present:
        add("Thecal sac", ANATOMICAL, _CANAL, codes == structures.CANAL)
    for code, (label, kind) in _CHANGES.items():
        add(label, ABNORMAL, kind, changes == code)
    return found
