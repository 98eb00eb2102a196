"""Another version of AI over the cases of a reader study, shown to nobody who reads."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from annotations.models import ReaderStudy
from annotations.pages.members import MemberRequiredMixin
from annotations.selectors.memberships import COORDINATORS, reader_studies_of
from annotations.selectors.shadow_runs import shadow_runs
from annotations.tasks import request_shadow_run
from inference.registry import available
from spinestudy.common.errors import DomainError
from spinestudy.common.pages import tell
from spinestudy.common.roles import is_coordinator, signed_in


class ShadowRunsPage(MemberRequiredMixin, View):
    """Start a run, and see how each version compares with the one that the arms show."""

    def test_func(self) -> bool:
        """For coordinators of the site: the page speaks of AI runs."""
        return is_coordinator(self.request.user)

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form, and what was started in the person's reader studies."""
        own = _own(request)
        runs = shadow_runs(own)
        context = {
            "nav": "pipelines",
            "reader_studies": own,
            "pipelines": available(),
            "chosen": request.GET.get("pipeline", ""),
            "runs": runs,
            "is_under_way": any(not one.progress.is_over for one in runs),
        }
        return render(request, "annotations/shadow_runs.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Queue what is missing."""
        number = request.POST.get("reader_study", "")
        reader_study = self.reader_study(int(number) if number.isdecimal() else 0, *COORDINATORS)
        try:
            request_shadow_run(
                reader_study=reader_study,
                pipeline=request.POST.get("pipeline", ""),
                actor=signed_in(request),
            )
            messages.success(request, "The run is queued. Readers see nothing of it.")
        except DomainError as error:
            tell(request, error)
        return redirect("shadow-runs")


def _own(request: HttpRequest) -> list[ReaderStudy]:
    """Reader studies that the person coordinates, the newest first."""
    return list(reader_studies_of(request.user, *COORDINATORS).order_by("-pk"))
