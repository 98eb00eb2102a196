"""What readers grade, mark and draw, each with its words and source. Pure."""

from annotations.vocabulary.codes import Code
from annotations.vocabulary.finding import Finding
from annotations.vocabulary.findings import FINDINGS, finding, grouped_findings
from annotations.vocabulary.hanging import HANGING_PROTOCOLS, PRIOR, ROLE_TITLES
from annotations.vocabulary.nomenclature import (
    ALL_DISC_LEVELS,
    ALL_LEVELS,
    DISC_LEVELS,
    LEVELS_OF_KIND,
    LUMBAR_COUNTS,
    MARKED_DISCS,
    MARKED_VERTEBRAE,
    TRANSITIONS,
    VERTEBRAL_LEVELS,
    disc_levels,
    graded_levels,
    vertebral_levels,
)
from annotations.vocabulary.own import OWN_SCHEME, OwnCategory, OwnItem
from annotations.vocabulary.reading import (
    CONFIDENCE,
    NOT_GRADABLE_REASONS,
    PREDICTION_SET_COVERAGE,
    TOOLS,
)
from annotations.vocabulary.scales import Category, Scale
from annotations.vocabulary.segments import SEGMENTS, Segment

__all__ = [
    "ALL_DISC_LEVELS",
    "ALL_LEVELS",
    "CONFIDENCE",
    "DISC_LEVELS",
    "FINDINGS",
    "HANGING_PROTOCOLS",
    "LEVELS_OF_KIND",
    "LUMBAR_COUNTS",
    "MARKED_DISCS",
    "MARKED_VERTEBRAE",
    "NOT_GRADABLE_REASONS",
    "OWN_SCHEME",
    "PREDICTION_SET_COVERAGE",
    "PRIOR",
    "ROLE_TITLES",
    "SEGMENTS",
    "TOOLS",
    "TRANSITIONS",
    "VERTEBRAL_LEVELS",
    "Category",
    "Code",
    "Finding",
    "OwnCategory",
    "OwnItem",
    "Scale",
    "Segment",
    "disc_levels",
    "finding",
    "graded_levels",
    "grouped_findings",
    "vertebral_levels",
]
