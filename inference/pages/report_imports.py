"""The page that brings reports in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views import View

from inference.models import ReportImport
from inference.selectors.clinical_reports import imports
from inference.services.report_imports import LARGEST_FILE, Columns, import_reports
from spinestudy.common.errors import DomainError
from spinestudy.common.pages import CoordinatorRequiredMixin
from spinestudy.common.roles import signed_in
from spinestudy.imaging.selectors.catalogue import cohorts

SHOWN_IMPORTS = 10
SHOWN_LINES = 200


class ImportReportsPage(CoordinatorRequiredMixin, View):
    """Choose a file; afterwards the page says what became of its rows."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form and the last imports; one of them in full, by its number."""
        return self._page(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Import it, or say why not and keep what was typed."""
        file = request.FILES.get("file")
        if file is None:
            return self._page(request, error="Choose a CSV file first.")
        default = Columns()
        columns = Columns(
            *(
                request.POST.get(f"column_{name}", "").strip() or getattr(default, name)
                for name in ("text", "study_instance_uid", "accession_number", "patient_id")
            )
        )
        try:
            made = import_reports(
                data=file.read(LARGEST_FILE + 1),
                source=file.name or "a file",
                handling=request.POST.get("handling", ""),
                actor=signed_in(request),
                cohort_name=request.POST.get("cohort", ""),
                columns=columns,
            )
        except DomainError as error:
            return self._page(request, error=error.message)
        return redirect(f"{reverse('import-reports')}?done={made.pk}")

    def _page(self, request: HttpRequest, error: str = "") -> HttpResponse:
        number = request.GET.get("done", "")
        done = (
            imports().filter(pk=int(number)).first()
            if number.isdecimal() and len(number) < 16
            else None
        )
        context = {
            "nav": "clinical-reports",
            "cohorts": cohorts(),
            "handlings": ReportImport.Handling.choices,
            "columns": Columns(),
            "sent": request.POST,
            "error": error,
            "done": done,
            "unmatched": done.unmatched[:SHOWN_LINES] if done else [],
            "imports": imports()[:SHOWN_IMPORTS],
        }
        status = 400 if error else 200
        return render(request, "inference/import_reports.html", context, status=status)
