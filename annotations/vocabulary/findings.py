"""The findings that can be graded per disc level, each with its scale, sides and source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from annotations.vocabulary.scales import Category, Scale

NO_SIDE: Final = ("",)
BOTH_SIDES: Final = ("right", "left")
"""Right first, as the radiologist faces the patient."""


@dataclass(frozen=True)
class Finding:
    """Something a reader grades at every disc level.

    sides: ("",) or ("right", "left"). normal_score: the grade of a healthy level, None where no
    grade means that. depends_on: asked only where that finding has at least that score.
    """

    code: str
    name: str
    short_name: str
    site: str
    scale: Scale
    sides: tuple[str, ...] = NO_SIDE
    normal_score: int | None = None
    depends_on: tuple[str, int] | None = None


_STENOSIS = Scale(
    code="central_canal_stenosis_0_3",
    scale_type="ordinal",
    weights="quadratic",
    categories=(
        Category(0, "none", "anterior CSF space kept"),
        Category(1, "mild", "anterior CSF space mildly narrowed, cauda equina fibres apart"),
        Category(2, "moderate", "some cauda equina fibres aggregated"),
        Category(3, "severe", "cauda equina fibres one bundle, no CSF between them"),
    ),
    source="Lee GY et al. 2011, Skeletal Radiol 40:1033",
)
_PFIRRMANN = Scale(
    code="pfirrmann_1_5",
    scale_type="ordinal",
    weights="quadratic",
    categories=(
        Category(1, "I", "homogeneous, bright white nucleus, normal height"),
        Category(2, "II", "inhomogeneous, nucleus and annulus distinct, normal height"),
        Category(3, "III", "grey nucleus, distinction unclear, height normal or slightly less"),
        Category(4, "IV", "dark grey, distinction lost, height normal or moderately less"),
        Category(5, "V", "black, collapsed disc space"),
    ),
    source="Pfirrmann CW et al. 2001, Spine 26:1873",
)
_MODIC = Scale(
    code="modic_0_3",
    scale_type="ordinal",
    weights="quadratic",
    categories=(
        Category(0, "none", "no endplate marrow change"),
        Category(1, "type 1", "T1 dark, T2 bright: oedema"),
        Category(2, "type 2", "T1 bright, T2 bright or equal: fat"),
        Category(3, "type 3", "T1 dark, T2 dark: sclerosis"),
    ),
    source="Modic MT et al. 1988, Radiology 166:193",
)

_FORAMINAL = Scale(
    code="foraminal_stenosis_0_3",
    scale_type="ordinal",
    weights="quadratic",
    categories=(
        Category(0, "none", "perineural fat kept all round"),
        Category(1, "mild", "fat lost in two opposite directions, nerve root unchanged"),
        Category(2, "moderate", "fat lost in all four directions, nerve root unchanged"),
        Category(3, "severe", "nerve root collapsed or changed in shape"),
    ),
    source="Lee S et al. 2010, AJR 194:1095",
)
_SUBARTICULAR = Scale(
    code="subarticular_stenosis_0_3",
    scale_type="ordinal",
    weights="quadratic",
    categories=(
        Category(0, "none", "lateral recess of normal width"),
        Category(1, "mild", "recess narrowed, nerve root free"),
        Category(2, "moderate", "nerve root flattened, some space left beside it"),
        Category(3, "severe", "nerve root compressed, recess effaced"),
    ),
    source="Bartynski WS, Lin L 2003, AJNR 24:348",
)
_MODIC_EXTENT = Scale(
    code="modic_extent_1_3",
    scale_type="ordinal",
    weights="quadratic",
    categories=(
        Category(1, "up to 25 %", "of the height of the vertebral body"),
        Category(2, "26 to 50 %", "of the height of the vertebral body"),
        Category(3, "over 50 %", "of the height of the vertebral body"),
    ),
    source="Jensen TS et al. 2007, Acta Radiol 48:748",
)

FINDINGS: Final[dict[str, Finding]] = {
    f.code: f
    for f in (
        Finding(
            "central_canal_stenosis",
            "Central canal stenosis",
            "Canal",
            "disc level",
            _STENOSIS,
            normal_score=0,
        ),
        Finding(
            "pfirrmann",
            "Pfirrmann disc degeneration",
            "Pfirrmann",
            "disc",
            _PFIRRMANN,
            normal_score=1,
        ),
        Finding(
            "modic",
            "Modic endplate change",
            "Modic",
            "endplate pair",
            _MODIC,
            normal_score=0,
        ),
        Finding(
            "modic_extent",
            "Extent of the Modic change",
            "Extent",
            "endplate pair",
            _MODIC_EXTENT,
            depends_on=("modic", 1),
        ),
        Finding(
            "subarticular_stenosis",
            "Subarticular stenosis",
            "Recess",
            "disc level, right and left",
            _SUBARTICULAR,
            sides=BOTH_SIDES,
            normal_score=0,
        ),
        Finding(
            "foraminal_stenosis",
            "Foraminal stenosis",
            "Foramen",
            "disc level, right and left",
            _FORAMINAL,
            sides=BOTH_SIDES,
            normal_score=0,
        ),
    )
}


def finding(code: str) -> Finding:
    """The finding of that code; KeyError if there is none."""
    return FINDINGS[code]
