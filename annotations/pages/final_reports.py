"""Acts of the section "Final report" on the page of a reader study."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from annotations.models import ReaderStudy
from annotations.pages.acts import Act
from annotations.reporting.final_report import PRESETS
from annotations.selectors.final_reports import final_report, final_reports, report_view
from annotations.selectors.live_view import is_finished
from annotations.selectors.memberships import ANALYSTS
from annotations.tasks import request_report, request_report_again
from spinestudy.common.roles import signed_in


def report_context(reader_study: ReaderStudy) -> dict[str, Any]:
    """What the section is given; reports only while the data are locked."""
    is_locked = is_finished(reader_study)
    reports = [report_view(one) for one in final_reports(reader_study)] if is_locked else []
    return {
        "is_locked": is_locked,
        "reports": reports,
        "is_report_under_way": any(one["is_under_way"] for one in reports),
        "presets": [(code, preset.name) for code, preset in PRESETS.items()],
    }


class MakeReport(Act):
    """Ask for a report."""

    roles = ANALYSTS
    done = "The report is being made."

    def _act(self, request: HttpRequest, reader_study: ReaderStudy, **numbers: int) -> None:
        request_report(
            reader_study_id=reader_study.pk,
            preset=request.POST.get("preset", "standard"),
            actor=signed_in(request),
        )


class MakeReportAgain(Act):
    """Make a report again; the same files have to come out."""

    roles = ANALYSTS
    done = "The report is made again and compared."

    def _act(self, request: HttpRequest, reader_study: ReaderStudy, **numbers: int) -> None:
        report = final_report(reader_study, numbers["report_id"])
        request_report_again(report_id=report.pk, actor=signed_in(request))
