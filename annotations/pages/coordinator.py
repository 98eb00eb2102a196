"""Pages on which a coordinator designs, opens, watches and locks a reader study."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from annotations.design.adjudication_rule import KINDS
from annotations.design.plan import DESIGNS
from annotations.design.protocol import COORDINATORS_SEE, FREEZABLE
from annotations.models import Membership
from annotations.pages.design_preview import preview_design
from annotations.pages.drafts import copied
from annotations.pages.final_reports import report_context
from annotations.pages.forms import ReaderStudyForm, with_another_item
from annotations.pages.members import NAV, MemberRequiredMixin, page_reader_study
from annotations.selectors.look_charges import look_views
from annotations.selectors.memberships import ANALYSTS, COORDINATORS, roles_in
from annotations.selectors.problems import open_reports
from annotations.selectors.protocols import adjudication_rule_of, version_views
from annotations.selectors.reader_studies import (
    discarded_drafts,
    listed_reader_studies,
    progress_board,
)
from annotations.selectors.readers import amendment_views
from annotations.services.reader_studies import create_reader_study
from annotations.vocabulary import SEGMENTS, TOOLS
from spinestudy.common.errors import DomainError
from spinestudy.common.pages import CoordinatorRequiredMixin
from spinestudy.common.roles import signed_in
from spinestudy.common.signed_urls import live_url


class ReaderStudiesPage(MemberRequiredMixin, View):
    """All reader studies."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The table."""
        context = {
            **NAV,
            "reader_studies": listed_reader_studies(request.user),
            "discarded": discarded_drafts(request.user),
        }
        return render(request, "annotations/reader_studies.html", context)


class CreateReaderStudyPage(CoordinatorRequiredMixin, View):
    """Design a new one."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The empty form, or one filled from a reader study that is to be copied."""
        source = request.GET.get("copy", "")
        if not source.isdecimal():
            return self._show(request, ReaderStudyForm(initial={"items": None}))
        reader_study = page_reader_study(request, int(source), *COORDINATORS)
        return self._show(request, copied(reader_study))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Create the draft; on an error everything typed is still there."""
        form = ReaderStudyForm(request.POST)
        if request.POST.get("act") == "another_item":
            return self._show(request, with_another_item(request.POST))
        if not form.is_valid():
            return self._show(request, form, status=400)
        try:
            if request.POST.get("act") == "preview":
                return self._show(request, form, preview=preview_design(form))
            reader_study = create_reader_study(actor=signed_in(request), **vars(form.parts()))
        except DomainError as error:
            form.add_error(None, error.message)
            return self._show(request, form, status=400)
        messages.success(request, "The draft is ready. Check it, then open it to the readers.")
        return redirect("reader-study", reader_study.pk)

    def _show(
        self,
        request: HttpRequest,
        form: ReaderStudyForm,
        status: int = 200,
        preview: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = {**NAV, "form": form, "preview": preview}
        return render(request, "annotations/create_reader_study.html", context, status=status)


class ReaderStudyPage(MemberRequiredMixin, View):
    """One reader study: design, progress, next act."""

    def get(self, request: HttpRequest, reader_study_id: int) -> HttpResponse:
        """The page."""
        reader_study = self.reader_study(reader_study_id)
        roles = roles_in(request.user, reader_study)
        versions = list(reader_study.protocols.select_related("written_by"))
        rule = adjudication_rule_of(reader_study)
        items = {item.finding_code: item.finding.name for item in reader_study.items.all()}
        context = {
            **NAV,
            **report_context(reader_study),
            "reader_study": reader_study,
            "roles": roles,
            "is_analyst": bool(roles & set(ANALYSTS)),
            "versions": version_views(versions),
            "body": versions[-1].body,
            "design_words": DESIGNS.get(reader_study.design, reader_study.design),
            "sees_words": COORDINATORS_SEE[versions[-1].body["live_view"]["coordinators"]],
            "adjudication_pairs": rule.pairs,
            "adjudication_items": [items.get(code, code) for code in rule.items],
            "adjudication_words": KINDS[versions[-1].body["adjudication"]["kind"]],
            "freezable": FREEZABLE.items(),
            "frozen_words": [FREEZABLE[name] for name in versions[-1].body["frozen"]],
            "sees_choices": list(COORDINATORS_SEE.items()),
            "schedule": reader_study.schedule,
            "members": reader_study.memberships.select_related("user"),
            "role_choices": Membership.Role.choices,
            "lock": reader_study.locks.select_related("proposed_by", "confirmed_by")
            .filter(ended_at=None)
            .first(),
            **look_views(reader_study),
            "board": progress_board(reader_study),
            "amendments": amendment_views(reader_study),
            "n_open_problems": open_reports(reader_study),
            "arms": reader_study.arms.all(),
            "items": reader_study.items.all(),
            "n_cases": reader_study.cases.count(),
            "has_ai": any(arm.is_ai_allowed for arm in reader_study.arms.all()),
            "tools": ", ".join(TOOLS[code] for code in reader_study.tools),
            "segments": ", ".join(SEGMENTS[code].name for code in reader_study.segments),
        }
        return render(request, "annotations/reader_study.html", context)


class DashboardPage(MemberRequiredMixin, View):
    """Live agreement."""

    def get(self, request: HttpRequest, reader_study_id: int) -> HttpResponse:
        """The frame of the page; its script fetches and follows the numbers."""
        reader_study = self.reader_study(reader_study_id, *ANALYSTS)
        context = {
            **NAV,
            "reader_study": reader_study,
            "live_url": live_url(f"reader-study-{reader_study.pk}"),
            "first_item": reader_study.items.values_list("finding_code", flat=True).first() or "",
        }
        return render(request, "annotations/dashboard.html", context)
