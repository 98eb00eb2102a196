"""The final report of a reader study: plain data in, one result object, files out. Pure."""

from annotations.reporting.final_report.build import build_report
from annotations.reporting.final_report.data import (
    AiCell,
    AiDetection,
    Amendment,
    ArmFacts,
    CaseFacts,
    CellKey,
    Deviation,
    Identity,
    ItemFacts,
    LockFacts,
    ReaderFacts,
    ReferenceCell,
    ReportData,
)
from annotations.reporting.final_report.presets import PRESETS
from annotations.reporting.final_report.result import Report

__all__ = [
    "PRESETS",
    "AiCell",
    "AiDetection",
    "Amendment",
    "ArmFacts",
    "CaseFacts",
    "CellKey",
    "Deviation",
    "Identity",
    "ItemFacts",
    "LockFacts",
    "ReaderFacts",
    "ReferenceCell",
    "Report",
    "ReportData",
    "build_report",
]
