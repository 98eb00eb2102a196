"""Pages on which a coordinator designs, opens, watches and locks a reader study."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views import View

from annotations.models import ReaderStudy
from annotations.pages.forms import ReaderStudyForm
from annotations.selectors.reader_studies import listed_reader_studies, progress_board
from annotations.services.reader_studies import create_reader_study, lock_reader_study
from annotations.tasks import request_opening
from annotations.vocabulary import SEGMENTS, TOOLS
from spinestudy.common.errors import DomainError
from spinestudy.common.pages import CoordinatorRequiredMixin, tell
from spinestudy.common.roles import signed_in
from spinestudy.common.signed_urls import live_url

NAV = {"nav": "reader-studies"}


class ReaderStudiesPage(CoordinatorRequiredMixin, View):
    """All reader studies."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The table."""
        context = {**NAV, "reader_studies": listed_reader_studies()}
        return render(request, "annotations/reader_studies.html", context)


class CreateReaderStudyPage(CoordinatorRequiredMixin, View):
    """Design a new one."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The empty form."""
        return self._show(request, ReaderStudyForm(initial={"items": None}))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Create the draft; on an error everything typed is still there."""
        form = ReaderStudyForm(request.POST)
        if not form.is_valid():
            return self._show(request, form, status=400)
        data = form.cleaned_data
        try:
            reader_study = create_reader_study(
                actor=signed_in(request),
                title=data["title"],
                description=data["description"],
                seed=data["seed"],
                imaging_studies=list(form.chosen_exams()),
                readers=list(data["readers"]),
                finding_codes=data["items"],
                arms=form.arms(),
                has_ordered_sessions=data["has_ordered_sessions"],
                protocol=form.protocol(),
            )
        except DomainError as error:
            form.add_error(None, error.message)
            return self._show(request, form, status=400)
        messages.success(request, "The draft is ready. Check it, then open it to the readers.")
        return redirect("reader-study", reader_study.pk)

    def _show(self, request: HttpRequest, form: ReaderStudyForm, status: int = 200) -> HttpResponse:
        context = {**NAV, "form": form}
        return render(request, "annotations/create_reader_study.html", context, status=status)


class ReaderStudyPage(CoordinatorRequiredMixin, View):
    """One reader study: design, progress, next act."""

    def get(self, request: HttpRequest, reader_study_id: int) -> HttpResponse:
        """The page."""
        reader_study = get_object_or_404(ReaderStudy, pk=reader_study_id)
        context = {
            **NAV,
            "reader_study": reader_study,
            "board": progress_board(reader_study),
            "arms": reader_study.arms.all(),
            "items": reader_study.items.all(),
            "n_cases": reader_study.cases.count(),
            "has_ai": any(arm.is_ai_allowed for arm in reader_study.arms.all()),
            "tools": ", ".join(TOOLS[code] for code in reader_study.tools),
            "segments": ", ".join(SEGMENTS[code].name for code in reader_study.segments),
        }
        return render(request, "annotations/reader_study.html", context)


class OpenReaderStudy(CoordinatorRequiredMixin, View):
    """Open a draft."""

    def post(self, request: HttpRequest, reader_study_id: int) -> HttpResponse:
        """Open, and run the AI of the aided arm on every case."""
        get_object_or_404(ReaderStudy, pk=reader_study_id)
        try:
            request_opening(reader_study_id=reader_study_id, actor=request.user)
            messages.success(request, "Open. The readers see it on their worklists now.")
        except DomainError as error:
            tell(request, error)
        return redirect("reader-study", reader_study_id)


class LockReaderStudy(CoordinatorRequiredMixin, View):
    """Lock the data."""

    def post(self, request: HttpRequest, reader_study_id: int) -> HttpResponse:
        """Lock, with the reason."""
        get_object_or_404(ReaderStudy, pk=reader_study_id)
        try:
            lock_reader_study(
                reader_study_id=reader_study_id,
                actor=request.user,
                reason=request.POST.get("reason", ""),
            )
            messages.success(request, "The data are locked.")
        except DomainError as error:
            tell(request, error)
        return redirect("reader-study", reader_study_id)


class DashboardPage(CoordinatorRequiredMixin, View):
    """Live agreement."""

    def get(self, request: HttpRequest, reader_study_id: int) -> HttpResponse:
        """The frame of the page; its script fetches and follows the numbers."""
        reader_study = get_object_or_404(ReaderStudy, pk=reader_study_id)
        context = {
            **NAV,
            "reader_study": reader_study,
            "live_url": live_url(f"reader-study-{reader_study.pk}"),
        }
        return render(request, "annotations/dashboard.html", context)
