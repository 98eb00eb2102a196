"""The disc and its endplates."""

from __future__ import annotations

from typing import Final

from annotations.vocabulary import codes
from annotations.vocabulary.finding import Finding
from annotations.vocabulary.scales import Category, Scale

DISC: Final = "Disc"
ENDPLATES: Final = "Endplates"

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
_MORPHOLOGY = Scale(
    code="disc_morphology_0_4",
    scale_type="nominal",
    weights="nominal",
    categories=(
        Category(0, "normal", "disc within the edges of the vertebral bodies", codes.NORMAL),
        Category(1, "bulge", "disc beyond the edges over more than a quarter of the circumference"),
        Category(2, "protrusion", "herniation no wider outside the disc than at its base"),
        Category(
            3, "extrusion", "herniation wider, in some plane, outside the disc than at its base"
        ),
        Category(4, "sequestration", "displaced disc material without connection to the disc"),
    ),
    source="Fardon DF et al. 2014, Spine J 14:2525 (NASS, ASSR, ASNR nomenclature 2.0)",
)
_ZONE = Scale(
    code="herniation_zone_0_3",
    scale_type="nominal",
    weights="nominal",
    categories=(
        Category(0, "central", "between the medial edges of the facet joints"),
        Category(1, "subarticular", "from there to the medial edge of the pedicle"),
        Category(2, "foraminal", "between the medial and lateral edges of the pedicle"),
        Category(3, "extraforaminal", "beyond the lateral edge of the pedicle"),
    ),
    source="Fardon DF et al. 2014, Spine J 14:2525 (NASS, ASSR, ASNR nomenclature 2.0)",
)
_HIZ = Scale(
    code="high_intensity_zone_0_1",
    scale_type="ordinal",
    weights="nominal",
    categories=(
        Category(0, "absent", "posterior annulus dark on T2", codes.ABSENT),
        Category(
            1,
            "present",
            "bright spot in the posterior annulus on T2, apart from the nucleus",
            codes.PRESENT,
        ),
    ),
    source="Aprill C, Bogduk N 1992, Br J Radiol 65:361",
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
_ENDPLATE = Scale(
    code="endplate_lesion_0_4",
    scale_type="nominal",
    weights="nominal",
    categories=(
        Category(0, "normal", "both endplates smoothly curved", codes.NORMAL),
        Category(1, "wavy", "an endplate irregular along its length, without a focal defect"),
        Category(2, "notched", "a small round or V-shaped focal defect"),
        Category(3, "Schmorl node", "a deep, round focal defect with a smooth edge"),
        Category(4, "fracture", "an endplate broken, or a fragment at its edge"),
    ),
    source="Brayda-Bruno M et al. 2018, Eur Spine J 27:2854",
)

DISC_FINDINGS: Final = (
    Finding(
        "pfirrmann",
        "Pfirrmann disc degeneration",
        "Pfirrmann",
        "disc",
        _PFIRRMANN,
        normal_score=1,
        group=DISC,
        codes=(codes.PFIRRMANN,),
    ),
    Finding(
        "disc_morphology",
        "Disc bulge and herniation",
        "Disc",
        "disc",
        _MORPHOLOGY,
        normal_score=0,
        group=DISC,
        codes=(codes.DISC_MORPHOLOGY,),
    ),
    Finding(
        "herniation_zone",
        "Zone of the herniation",
        "Zone",
        "disc",
        _ZONE,
        depends_on=("disc_morphology", 2),
        group=DISC,
    ),
    Finding(
        "high_intensity_zone",
        "High-intensity zone",
        "HIZ",
        "disc",
        _HIZ,
        normal_score=0,
        group=DISC,
    ),
)
ENDPLATE_FINDINGS: Final = (
    Finding(
        "modic",
        "Modic endplate change",
        "Modic",
        "endplate pair",
        _MODIC,
        normal_score=0,
        group=ENDPLATES,
        codes=(codes.MODIC,),
    ),
    Finding(
        "modic_extent",
        "Extent of the Modic change",
        "Extent",
        "endplate pair",
        _MODIC_EXTENT,
        depends_on=("modic", 1),
        group=ENDPLATES,
    ),
    Finding(
        "endplate_lesion",
        "Endplate lesion",
        "Endplate",
        "endplate pair",
        _ENDPLATE,
        normal_score=0,
        group=ENDPLATES,
        codes=(codes.ENDPLATES,),
    ),
)
