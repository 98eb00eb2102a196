"""Clinical reports of exams. SYNTHETIC texts."""

from __future__ import annotations

from django.contrib.auth.models import User

from inference.models import ClinicalReport, ReportImport
from inference.services.report_imports import import_reports
from spinestudy.common.csv import csv_text
from spinestudy.imaging.models import ImagingStudy

TEXT = "FINDINGS: L4-5: Moderate canal stenosis. Mild left foraminal stenosis."
NAMING = "FINDINGS: L4-5: Moderate canal stenosis. Discussed with Dr. Jane Example."


def csv_file(*rows: tuple[str, str], column: str = "study_instance_uid") -> bytes:
    """A file with a column that names the exam, and the text."""
    return csv_text((column, "text"), rows).encode()


def imported(
    exam: ImagingStudy,
    text: str = TEXT,
    *,
    actor: User | None = None,
    handling: str = ReportImport.Handling.QUARANTINE,
) -> ClinicalReport:
    """One report of an exam, read."""
    import_reports(
        data=csv_file((exam.study_instance_uid, text)),
        source="reports.csv",
        handling=handling,
        actor=actor,
    )
    return ClinicalReport.objects.order_by("-id")[0]
