"""Pages of clinical reports. For coordinators alone: readers of an exam must not see its report."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views import View

from inference.models import ClinicalReport, ReportReview
from inference.pages.report_grid import ReportGrid, report_grid, text_parts
from inference.selectors.clinical_reports import clinical_reports, counts, label_counts, newest_runs
from inference.services.clinical_reports import release_report, review_label
from spinestudy.common.errors import DomainError
from spinestudy.common.pages import CoordinatorRequiredMixin, tell
from spinestudy.common.roles import signed_in

PAGE_SIZE = 50
SHOWN = {
    "": "All",
    "held_back": "Held back",
    "contradicting": "Contradicting themselves",
    "unreviewed": "Not reviewed",
}
NAV = {"nav": "clinical-reports"}


class ClinicalReportsPage(CoordinatorRequiredMixin, View):
    """All reports; the filter is in the address."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """One page of the table."""
        text = request.GET.get("text", "").strip().replace("\0", "")
        show = request.GET.get("show", "")
        show = show if show in SHOWN else ""
        page = Paginator(clinical_reports(text=text, show=show), PAGE_SIZE).get_page(
            request.GET.get("page")
        )
        newest = {one.report_id: one.pk for one in newest_runs(list(page))}
        numbers = label_counts(newest.values())
        context = {
            **NAV,
            "page": page,
            "rows": [(one, numbers.get(newest.get(one.pk, 0), {})) for one in page],
            "text": text,
            "show": show,
            "shown": SHOWN,
            "counts": counts(),
        }
        return render(request, "inference/clinical_reports.html", context)


class ClinicalReportPage(CoordinatorRequiredMixin, View):
    """One report: its text, and its labels as levels by targets."""

    def get(self, request: HttpRequest, clinical_report_id: int) -> HttpResponse:
        """The cell in the address is chosen; by default the first that wants a look."""
        report = get_object_or_404(clinical_reports(), pk=clinical_report_id)
        run = newest_runs([report]).first()
        labels = list(run.labels.all()) if run else []
        grid = report_grid(report, run)
        cells = {cell.key: cell for cell in grid.cells}
        chosen = cells.get(request.GET.get("cell", "")) or next(iter(cells.values()), None)
        context = {
            **NAV,
            "report": report,
            "run": run,
            "grid": grid,
            "chosen": chosen,
            "parts": text_parts(report, labels),
            "is_held_back": report.state == ClinicalReport.State.HELD_BACK,
            "contradictions": [
                {
                    **one,
                    "key": f"{one['target']}:{one['level']}:{one['side']}",
                    "cell": cells[f"{one['target']}:{one['level']}:{one['side']}"],
                    "sentence": report.text[one["other_start"] : one["other_end"]],
                }
                for one in (run.contradictions if run else [])
            ],
            "reviews": report.reviews.select_related("reviewed_by").order_by("-id"),
            "verdicts": ReportReview.Verdict,
            **_neighbours(report),
        }
        return render(request, "inference/clinical_report.html", context)


def _neighbours(report: ClinicalReport) -> dict[str, int | None]:
    """The reports before and after, by number."""
    every = ClinicalReport.objects.order_by("pk").values_list("pk", flat=True)
    return {
        "previous_id": every.filter(pk__lt=report.pk).last(),
        "next_id": every.filter(pk__gt=report.pk).first(),
    }


def _next_cell(grid: ReportGrid, key: str) -> str:
    """The cell after the one just judged, in reading order; the same at the end."""
    keys = [cell.key for cell in grid.cells]
    if key not in keys:
        return key
    return keys[min(keys.index(key) + 1, len(keys) - 1)]


class ReviewLabel(CoordinatorRequiredMixin, View):
    """Keep what somebody says of a label, and go to the next cell."""

    def post(self, request: HttpRequest, clinical_report_id: int) -> HttpResponse:
        """Right, wrong, or corrected."""
        key = request.POST.get("cell", "")
        target, level, side = [*key.split(":"), "", "", ""][:3]
        corrected = request.POST.get("corrected", "")
        verdict = request.POST.get("verdict", "")
        try:
            review_label(
                report_id=clinical_report_id,
                target=target,
                disc_level=level,
                side=side,
                verdict=ReportReview.Verdict.CORRECTED if corrected else verdict,
                corrected=corrected,
                actor=signed_in(request),
            )
        except DomainError as error:
            tell(request, error)
            if not ClinicalReport.objects.filter(pk=clinical_report_id).exists():
                return redirect("clinical-reports")
        else:
            report = ClinicalReport.objects.get(pk=clinical_report_id)
            key = _next_cell(report_grid(report, newest_runs([report]).first()), key)
        address = reverse("clinical-report", args=[clinical_report_id])
        return redirect(f"{address}?{urlencode({'cell': key})}")


class ReleaseReport(CoordinatorRequiredMixin, View):
    """Let a held-back report be used."""

    def post(self, request: HttpRequest, clinical_report_id: int) -> HttpResponse:
        """Masked, or as it is with a reason."""
        try:
            release_report(
                report_id=clinical_report_id,
                how=request.POST.get("how", ""),
                reason=request.POST.get("reason", ""),
                actor=signed_in(request),
            )
            messages.success(request, "The report is in use, and its labels have been read.")
        except DomainError as error:
            tell(request, error)
            if not ClinicalReport.objects.filter(pk=clinical_report_id).exists():
                return redirect("clinical-reports")
        return redirect("clinical-report", clinical_report_id)
