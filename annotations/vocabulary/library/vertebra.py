"""The vertebral body: fractures, their grade, and whether they look benign or malignant."""

from __future__ import annotations

from typing import Final

from annotations.vocabulary import codes
from annotations.vocabulary.finding import Finding
from annotations.vocabulary.scales import Category, Scale

FRACTURE: Final = "Vertebral fracture"
FEATURES: Final = "Features of a benign or malignant fracture"
_GENANT_SOURCE = "Genant HK et al. 1993, J Bone Miner Res 8:1137"
_REVIEW = "after Mauch JT et al. 2018, AJNR 39:1584"

_FRACTURE = Scale(
    code="fracture_presence_0_1",
    scale_type="ordinal",
    weights="nominal",
    categories=(
        Category(0, "absent", "height of the body lost by less than 20 %", codes.ABSENT),
        Category(1, "present", "height of the body lost by 20 % or more", codes.PRESENT),
    ),
    source=_GENANT_SOURCE,
)
_GENANT = Scale(
    code="genant_0_3",
    scale_type="ordinal",
    weights="quadratic",
    categories=(
        Category(0, "normal", "less than 20 % of the height lost", codes.NORMAL),
        Category(1, "mild", "20 to 25 % of the height lost", codes.MILD),
        Category(2, "moderate", "over 25 up to 40 % of the height lost", codes.MODERATE),
        Category(3, "severe", "over 40 % of the height lost", codes.SEVERE),
    ),
    source=_GENANT_SOURCE,
)
_NATURE = Scale(
    code="fracture_nature_0_1",
    scale_type="nominal",
    weights="nominal",
    categories=(
        Category(0, "benign", "osteoporotic or traumatic"),
        Category(1, "malignant", "through bone that a tumour has replaced"),
    ),
    source="Yeh LR et al. 2022, Eur Spine J 31:2022",
)

_FEATURES: Final = (
    ("t1_band", "Dark band on T1", "a band of low T1 signal along the broken endplate"),
    ("diffuse_marrow", "Whole marrow replaced", "low T1 signal throughout the body"),
    ("spared_marrow", "Normal marrow left", "part of the broken body keeps normal marrow signal"),
    ("fluid_sign", "Fluid sign", "fluid signal within the broken body, along the endplate"),
    ("fracture_line", "Fracture line", "a dark line within the body on T1 and T2"),
    ("vacuum_cleft", "Intravertebral cleft", "gas or fluid in a cleft of the body"),
    ("retropulsion", "Retropulsed fragment", "a corner of the posterior wall in the canal"),
    ("convex_border", "Convex posterior border", "the posterior wall bulges as a whole"),
    ("cortical_destruction", "Cortex destroyed", "the dark cortical line is interrupted by tumour"),
    ("posterior_elements", "Posterior elements involved", "abnormal signal in pedicle or arch"),
    ("epidural_mass", "Epidural mass", "soft tissue in the canal beside the body"),
    ("paraspinal_mass", "Paraspinal mass", "soft tissue beside the body beyond a thin rim"),
    ("other_lesions", "Lesions in other vertebrae", "marrow replaced in vertebrae not broken"),
    ("old_fractures", "Old fractures elsewhere", "other bodies deformed, with normal marrow"),
    ("wedge", "Wedge or biconcave shape", "the body lost height in front or in the middle"),
)


def _feature(code: str, name: str, definition: str) -> Finding:
    scale = Scale(
        code=f"{code}_0_1",
        scale_type="ordinal",
        weights="nominal",
        categories=(
            Category(0, "absent", "not seen", codes.ABSENT),
            Category(1, "present", definition, codes.PRESENT),
        ),
        source=f"15 features in the kind of Yeh LR et al. 2022, Eur Spine J 31:2022; {_REVIEW}",
    )
    return Finding(
        f"fracture_{code}",
        name,
        name,
        "vertebra",
        scale,
        depends_on=("vertebral_fracture", 1),
        group=FEATURES,
        site_kind="vertebra",
    )


FRACTURE_FEATURES: Final = tuple(_feature(*one) for one in _FEATURES)
VERTEBRA_FINDINGS: Final = (
    Finding(
        "vertebral_fracture",
        "Vertebral fracture",
        "Fracture",
        "vertebra",
        _FRACTURE,
        normal_score=0,
        group=FRACTURE,
        site_kind="vertebra",
        codes=(codes.COMPRESSION_FRACTURE,),
    ),
    Finding(
        "genant",
        "Genant fracture grade",
        "Genant",
        "vertebra",
        _GENANT,
        normal_score=0,
        group=FRACTURE,
        site_kind="vertebra",
        codes=(codes.COMPRESSION_FRACTURE,),
    ),
    Finding(
        "fracture_nature",
        "Benign or malignant fracture",
        "Nature",
        "vertebra",
        _NATURE,
        depends_on=("vertebral_fracture", 1),
        group=FRACTURE,
        site_kind="vertebra",
    ),
    *FRACTURE_FEATURES,
)
