"""Free-text report -> level-by-level labels. Pure."""

from inference.reports.engine import (
    ENGINE_VERSION,
    ORDER_OF,
    STENOSIS_TARGETS,
    TARGETS,
    Contradiction,
    Label,
    ReportReading,
    read_report,
)
from inference.reports.lexicon import (
    KINDS,
    SEVERITIES,
    Lexicon,
    LexiconError,
    Term,
    parse_lexicon,
    shipped_lexicon,
)
from inference.reports.statements import SIDED, SIDES, UNSPECIFIED

__all__ = [
    "ENGINE_VERSION",
    "KINDS",
    "ORDER_OF",
    "SEVERITIES",
    "SIDED",
    "SIDES",
    "STENOSIS_TARGETS",
    "TARGETS",
    "UNSPECIFIED",
    "Contradiction",
    "Label",
    "Lexicon",
    "LexiconError",
    "ReportReading",
    "Term",
    "parse_lexicon",
    "read_report",
    "shipped_lexicon",
]
