"""Facet joints, and how one vertebra stands on the next."""

from __future__ import annotations

from typing import Final

from annotations.vocabulary import codes
from annotations.vocabulary.finding import BOTH_SIDES, Finding
from annotations.vocabulary.scales import Category, Scale

FACETS: Final = "Facet joints and alignment"

_WEISHAUPT = Scale(
    code="facet_arthropathy_0_3",
    scale_type="ordinal",
    weights="quadratic",
    categories=(
        Category(0, "normal", "joint space 2 to 4 mm wide", codes.NORMAL),
        Category(1, "mild", "space under 2 mm, small osteophytes or mild hypertrophy", codes.MILD),
        Category(
            2,
            "moderate",
            "narrow, with moderate osteophytes or hypertrophy, or mild subarticular erosions",
            codes.MODERATE,
        ),
        Category(
            3,
            "severe",
            "narrow, with large osteophytes, severe hypertrophy or erosions, or subchondral cysts",
            codes.SEVERE,
        ),
    ),
    source="Weishaupt D et al. 1999, Skeletal Radiol 28:215",
)
_MEYERDING = Scale(
    code="meyerding_0_5",
    scale_type="ordinal",
    weights="quadratic",
    categories=(
        Category(0, "none", "no slip", codes.NONE),
        Category(1, "I", "slip up to 25 % of the endplate below"),
        Category(2, "II", "slip over 25 % up to 50 %"),
        Category(3, "III", "slip over 50 % up to 75 %"),
        Category(4, "IV", "slip over 75 % up to 100 %"),
        Category(5, "V", "slip over 100 %: spondyloptosis"),
    ),
    source="Meyerding HW 1932, Surg Gynecol Obstet 54:371; grade V for spondyloptosis came later",
)

ALIGNMENT_FINDINGS: Final = (
    Finding(
        "facet_arthropathy",
        "Facet arthropathy",
        "Facet",
        "disc level, right and left",
        _WEISHAUPT,
        sides=BOTH_SIDES,
        normal_score=0,
        group=FACETS,
        codes=(codes.RIGHT_FACET, codes.LEFT_FACET),
    ),
    Finding(
        "spondylolisthesis",
        "Spondylolisthesis, Meyerding",
        "Slip",
        "disc level",
        _MEYERDING,
        normal_score=0,
        group=FACETS,
    ),
)
