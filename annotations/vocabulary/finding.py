"""What a finding is: something that a reader grades at a level, on a scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from annotations.vocabulary.codes import Code
from annotations.vocabulary.scales import Scale

SiteKind = Literal["disc", "vertebra"]
NO_SIDE: Final = ("",)
BOTH_SIDES: Final = ("right", "left")
"""Right first, as the radiologist faces the patient."""


@dataclass(frozen=True)
class Finding:
    """Something that a reader grades.

    site_kind: graded at disc levels or at vertebral levels. sides: ("",) or ("right", "left").
    normal_score: the grade of a healthy level, None where no grade means that. depends_on: asked
    only where that finding has at least that score. codes: of the concept, one a side where the
    scheme has them so. definition: what is meant, where the name doesn't say it.
    """

    code: str
    name: str
    short_name: str
    site: str
    scale: Scale
    sides: tuple[str, ...] = NO_SIDE
    normal_score: int | None = None
    depends_on: tuple[str, int] | None = None
    group: str = ""
    site_kind: SiteKind = "disc"
    codes: tuple[Code, ...] = ()
    definition: str = ""
