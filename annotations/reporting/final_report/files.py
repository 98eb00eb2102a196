"""All files of a report. The same data give the same bytes: no clock, no random names."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Final

from annotations.reporting.final_report.analysis_files import analysis_files
from annotations.reporting.final_report.build import build_report
from annotations.reporting.final_report.data import ReportData
from annotations.reporting.final_report.render.html import report_html
from annotations.reporting.final_report.render.pdf import report_pdf
from annotations.reporting.final_report.render.plain import numbers_csv, report_json, tables_csv

EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can hold; files in it say nothing of when they were made."""


def report_files(data: ReportData) -> dict[str, bytes]:
    """Name -> bytes of every file of the report."""
    report = build_report(data)
    return {
        "report.html": report_html(report).encode(),
        "report.pdf": report_pdf(report),
        "report.json": report_json(report).encode(),
        "numbers.csv": numbers_csv(report).encode(),
        "tables.zip": zipped({name: text.encode() for name, text in tables_csv(report).items()}),
        "analysis.zip": zipped(analysis_files(data)),
    }


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip whose bytes follow from names and contents alone."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, EPOCH)
            info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, 3
            info.external_attr = 0o644 << 16
            archive.writestr(info, files[name])
    return whole.getvalue()
