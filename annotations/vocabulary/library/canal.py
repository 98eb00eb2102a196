"""Narrowing of the central canal, the lateral recess and the foramen."""

from __future__ import annotations

from typing import Final

from annotations.vocabulary import codes
from annotations.vocabulary.finding import BOTH_SIDES, Finding
from annotations.vocabulary.scales import Category, Scale

CANAL: Final = "Central canal"
SIDES: Final = "Recess and foramen"

_STENOSIS = Scale(
    code="central_canal_stenosis_0_3",
    scale_type="ordinal",
    weights="quadratic",
    categories=(
        Category(0, "none", "anterior CSF space kept", codes.NONE),
        Category(
            1, "mild", "anterior CSF space mildly narrowed, cauda equina fibres apart", codes.MILD
        ),
        Category(2, "moderate", "some cauda equina fibres aggregated", codes.MODERATE),
        Category(3, "severe", "cauda equina fibres one bundle, no CSF between them", codes.SEVERE),
    ),
    source="Lee GY et al. 2011, Skeletal Radiol 40:1033",
)
_SCHIZAS = Scale(
    code="central_canal_schizas_a_d",
    scale_type="ordinal",
    weights="quadratic",
    categories=(
        Category(0, "A", "CSF clearly seen in the sac, rootlets anywhere in it"),
        Category(1, "B", "rootlets fill the sac but can be told apart; some CSF between them"),
        Category(2, "C", "no rootlet to be told apart, no CSF; epidural fat behind the sac"),
        Category(3, "D", "no rootlet, no CSF and no epidural fat behind the sac"),
    ),
    source="Schizas C et al. 2010, Spine 35:1919",
)
_THIRDS = Scale(
    code="central_canal_thirds_0_3",
    scale_type="ordinal",
    weights="quadratic",
    categories=(
        Category(0, "normal", "sac not narrowed", codes.NORMAL),
        Category(1, "mild", "up to a third of the normal area lost", codes.MILD),
        Category(2, "moderate", "between one and two thirds lost", codes.MODERATE),
        Category(3, "severe", "more than two thirds lost", codes.SEVERE),
    ),
    source="Lurie JD et al. 2008, Spine 33:1605",
)
_RSNA = Scale(
    code="rsna_2024_0_2",
    scale_type="ordinal",
    weights="quadratic",
    categories=(
        Category(0, "normal or mild", "not narrowed, or mildly"),
        Category(1, "moderate", "moderately narrowed", codes.MODERATE),
        Category(2, "severe", "severely narrowed", codes.SEVERE),
    ),
    source="RSNA 2024 Lumbar Spine Degenerative Classification challenge: three grades",
)
_FORAMINAL = Scale(
    code="foraminal_stenosis_0_3",
    scale_type="ordinal",
    weights="quadratic",
    categories=(
        Category(0, "none", "perineural fat kept all round", codes.NONE),
        Category(
            1, "mild", "fat lost in two opposite directions, nerve root unchanged", codes.MILD
        ),
        Category(
            2, "moderate", "fat lost in all four directions, nerve root unchanged", codes.MODERATE
        ),
        Category(3, "severe", "nerve root collapsed or changed in shape", codes.SEVERE),
    ),
    source="Lee S et al. 2010, AJR 194:1095",
)
_SUBARTICULAR = Scale(
    code="subarticular_stenosis_0_3",
    scale_type="ordinal",
    weights="quadratic",
    categories=(
        Category(0, "none", "lateral recess of normal width", codes.NONE),
        Category(1, "mild", "recess narrowed, nerve root free", codes.MILD),
        Category(2, "moderate", "nerve root flattened, some space left beside it", codes.MODERATE),
        Category(3, "severe", "nerve root compressed, recess effaced", codes.SEVERE),
    ),
    source="Bartynski WS, Lin L 2003, AJNR 24:348",
)

CANAL_FINDINGS: Final = (
    Finding(
        "central_canal_stenosis",
        "Central canal stenosis",
        "Canal",
        "disc level",
        _STENOSIS,
        normal_score=0,
        group=CANAL,
        codes=(codes.STENOSIS, codes.CENTRAL_CANAL),
    ),
    Finding(
        "central_canal_schizas",
        "Central canal stenosis, Schizas",
        "Schizas",
        "disc level",
        _SCHIZAS,
        normal_score=0,
        group=CANAL,
        codes=(codes.STENOSIS, codes.CENTRAL_CANAL),
    ),
    Finding(
        "central_canal_thirds",
        "Central canal stenosis, normal to severe",
        "Canal, area",
        "disc level",
        _THIRDS,
        normal_score=0,
        group=CANAL,
        codes=(codes.STENOSIS, codes.CENTRAL_CANAL),
    ),
    Finding(
        "central_canal_rsna",
        "Central canal stenosis, RSNA 2024",
        "Canal, RSNA",
        "disc level",
        _RSNA,
        normal_score=0,
        group=CANAL,
        codes=(codes.STENOSIS, codes.CENTRAL_CANAL),
    ),
)
SIDE_FINDINGS: Final = (
    Finding(
        "subarticular_stenosis",
        "Subarticular stenosis",
        "Recess",
        "disc level, right and left",
        _SUBARTICULAR,
        sides=BOTH_SIDES,
        normal_score=0,
        group=SIDES,
        codes=(codes.RIGHT_RECESS, codes.LEFT_RECESS),
    ),
    Finding(
        "subarticular_rsna",
        "Subarticular stenosis, RSNA 2024",
        "Recess, RSNA",
        "disc level, right and left",
        _RSNA,
        sides=BOTH_SIDES,
        normal_score=0,
        group=SIDES,
        codes=(codes.RIGHT_RECESS, codes.LEFT_RECESS),
    ),
    Finding(
        "foraminal_stenosis",
        "Foraminal stenosis",
        "Foramen",
        "disc level, right and left",
        _FORAMINAL,
        sides=BOTH_SIDES,
        normal_score=0,
        group=SIDES,
        codes=(codes.STENOSIS,),
    ),
    Finding(
        "foraminal_rsna",
        "Foraminal stenosis, RSNA 2024",
        "Foramen, RSNA",
        "disc level, right and left",
        _RSNA,
        sides=BOTH_SIDES,
        normal_score=0,
        group=SIDES,
        codes=(codes.STENOSIS,),
    ),
)
