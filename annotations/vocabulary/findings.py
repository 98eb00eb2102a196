"""The library of findings, each with its scale, sides, source and codes.

Those of discs come first, then those of vertebrae.
"""

from __future__ import annotations

from typing import Final

from annotations.vocabulary.finding import Finding
from annotations.vocabulary.library.alignment import ALIGNMENT_FINDINGS
from annotations.vocabulary.library.canal import CANAL_FINDINGS, SIDE_FINDINGS
from annotations.vocabulary.library.disc import DISC_FINDINGS, ENDPLATE_FINDINGS
from annotations.vocabulary.library.vertebra import VERTEBRA_FINDINGS

FINDINGS: Final[dict[str, Finding]] = {
    one.code: one
    for one in (
        *CANAL_FINDINGS,
        *SIDE_FINDINGS,
        *DISC_FINDINGS,
        *ENDPLATE_FINDINGS,
        *ALIGNMENT_FINDINGS,
        *VERTEBRA_FINDINGS,
    )
}


def finding(code: str) -> Finding:
    """The finding of that code; KeyError if there is none."""
    return FINDINGS[code]


def grouped_findings() -> dict[str, list[Finding]]:
    """What can be chosen, by group, in the order of the library."""
    groups: dict[str, list[Finding]] = {}
    for one in FINDINGS.values():
        groups.setdefault(one.group, []).append(one)
    return groups
