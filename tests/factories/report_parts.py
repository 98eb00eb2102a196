"""Parts of a report, for tests that look at them."""

from __future__ import annotations

from typing import Any

from annotations.reporting.final_report import Report
from annotations.reporting.final_report.result import Table


def numbers_of(report: Report, key: str) -> list[list[Any]]:
    return [list(row) for row in report.table(key).rows]


def tables(report: Report) -> list[Table]:
    return [b for section in report.sections for b in section.blocks if isinstance(b, Table)]
