"""The progress board."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from annotations.models import WashoutOverride
from annotations.pages.members import MemberRequiredMixin, context_of
from annotations.selectors.memberships import roles_in
from annotations.selectors.progress import session_board


class ProgressPage(MemberRequiredMixin, View):
    """Readers x sessions; no answers, so that every role may see it."""

    def get(self, request: HttpRequest, reader_study_id: int) -> HttpResponse:
        """The board."""
        reader_study = self.reader_study(reader_study_id)
        overrides = WashoutOverride.objects.filter(
            reading__enrolment__reader_study=reader_study
        ).select_related("reading__enrolment", "reading__case", "decided_by")
        context = context_of(
            reader_study,
            board=session_board(reader_study),
            overrides=overrides,
            roles=roles_in(request.user, reader_study),
        )
        return render(request, "annotations/progress.html", context)
