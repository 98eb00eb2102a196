"""Files of a report, and what they are. Apart from what draws them, which only workers load."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CONTENT_TYPES: Final[Mapping[str, str]] = {
    "report.html": "text/html; charset=utf-8",
    "report.pdf": "application/pdf",
    "report.json": "application/json",
    "numbers.csv": "text/csv; charset=utf-8",
    "tables.zip": "application/zip",
    "analysis.zip": "application/zip",
}
