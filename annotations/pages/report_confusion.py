"""The page of report labels against grades."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from annotations.pages.members import MemberRequiredMixin, context_of
from annotations.selectors.memberships import COORDINATORS
from annotations.selectors.report_confusion import READERS, report_confusion
from spinestudy.common.errors import DomainError


class ReportConfusionPage(MemberRequiredMixin, View):
    """It tells of readers' grades: shown as the protocol lets agreement be seen."""

    def get(self, request: HttpRequest, reader_study_id: int) -> HttpResponse:
        """Item, arm and whose grades are in the address."""
        reader_study = self.reader_study(reader_study_id, *COORDINATORS)
        arm = request.GET.get("arm", "")
        context = context_of(reader_study)
        try:
            view = report_confusion(
                reader_study,
                int(arm) if arm.isascii() and arm.isdigit() and len(arm) < 19 else None,
                request.user,
                item_code=request.GET.get("item", ""),
                by=request.GET.get("by", "") or READERS,
                with_assumed=request.GET.get("assumed", "yes") != "no",
            )
            context |= {"view": view}
        except DomainError as error:
            context |= {"withheld": error.message}
        return render(request, "annotations/report_confusion.html", context)
