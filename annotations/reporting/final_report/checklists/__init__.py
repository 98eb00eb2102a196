"""Reporting checklists, filled in with where the report answers; texts are our own words."""

from annotations.reporting.final_report.checklists.section import checklists_section

__all__ = ["checklists_section"]
