"""The findings that can be graded per disc level, each with its scale and source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from annotations.vocabulary.scales import Category, Scale


@dataclass(frozen=True)
class Finding:
    """Something a reader grades at every disc level."""

    code: str
    name: str
    short_name: str
    site: str
    scale: Scale


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

FINDINGS: Final[dict[str, Finding]] = {
    f.code: f
    for f in (
        Finding(
            "central_canal_stenosis", "Central canal stenosis", "Canal", "disc level", _STENOSIS
        ),
        Finding("pfirrmann", "Pfirrmann disc degeneration", "Pfirrmann", "disc", _PFIRRMANN),
        Finding("modic", "Modic endplate change", "Modic", "endplate pair", _MODIC),
    )
}


def finding(code: str) -> Finding:
    """The finding of that code; KeyError if there is none."""
    return FINDINGS[code]
