"""Edit a draft in the form that made it, discard it, or copy a reader study into a new one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from annotations.models import ReaderStudy
from annotations.pages.acts import Act
from annotations.pages.design_preview import preview_design
from annotations.pages.forms import ReaderStudyForm, suggested_seed, with_another_item
from annotations.pages.members import MemberRequiredMixin, context_of
from annotations.selectors.memberships import COORDINATORS
from annotations.selectors.protocols import protocol_of
from annotations.services import drafts
from annotations.services.designs import Parts, parts_of
from spinestudy.common.errors import DomainError
from spinestudy.common.roles import signed_in


def initial_of(parts: Parts) -> dict[str, Any]:
    """What the form shows of a stored reader study."""
    design, endpoint = parts.design, parts.design.endpoint
    aided = next((arm for arm in parts.arms if arm.pipeline), None)
    return {
        "title": parts.title,
        "description": parts.description,
        "exams": [exam.pk for exam in parts.imaging_studies],
        "readers": [user.pk for user in parts.readers],
        "items": list(parts.finding_codes),
        "optional_items": [
            code for code in parts.protocol.optional_items if code in parts.finding_codes
        ],
        "asks_confidence": parts.protocol.asks_confidence,
        "hanging": parts.protocol.hanging,
        "tools": list(parts.protocol.tools),
        "segments": list(parts.protocol.segments),
        "idle_cutoff_s": parts.protocol.idle_cutoff_s,
        "has_training": any(arm.is_training for arm in parts.arms),
        "has_unaided_arm": any(not arm.is_training and not arm.pipeline for arm in parts.arms),
        "has_aided_arm": aided is not None,
        **({"pipeline": aided.pipeline} if aided else {}),
        "has_ordered_sessions": parts.has_ordered_sessions,
        "seed": parts.seed,
        "design": design.design,
        "washout_days": design.washout_days,
        "due_days": design.due_days,
        "groups": design.groups,
        "case_limits": "\n".join(f"{name} {cap}" for name, cap in design.caps.items()),
        "common": design.common,
        "repeat_percent": round(100 * design.repeat_fraction),
        "repeat_lag": design.repeat_lag,
        "seniors": [
            user.pk
            for user in parts.readers
            if design.seniority.get(user.get_username()) == "senior"
        ],
        "endpoint_item": endpoint.item if endpoint else "",
        "endpoint_weights": endpoint.weights if endpoint else "quadratic",
        "endpoint_pairs": endpoint.reader_pairs if endpoint else "all",
        "coordinators_see": design.live_view.coordinators,
        "min_patients": design.live_view.min_patients,
        "planned_looks": " ".join(f"{100 * share:g}" for share in design.planned_looks),
        "adjudicate": design.adjudication.kind,
        "adjudicate_steps": design.adjudication.steps,
        "adjudicate_pairs": _pairs_by_name(parts),
        "adjudicate_items": list(design.adjudication.items),
        "frozen": list(design.frozen),
    }


def copied(reader_study: ReaderStudy) -> ReaderStudyForm:
    """The form filled for a copy: with a title and a seed of its own."""
    parts = parts_of(reader_study)
    title = f"{parts.title}, copy"[:200]
    initial = {**initial_of(parts), "title": title, "seed": suggested_seed()}
    return ReaderStudyForm(initial=initial, own_items=parts.protocol.own_items)


def _pairs_by_name(parts: Parts) -> str:
    """The pairs of the rule as the form takes them: by user names, a pair a line."""
    names = {f"R{at}": user.get_username() for at, user in enumerate(parts.readers, start=1)}
    pairs = parts.design.adjudication.pairs
    return "\n".join(f"{names.get(one, one)} {names.get(other, other)}" for one, other in pairs)


class EditDraftPage(MemberRequiredMixin, View):
    """The form with everything that the draft says."""

    def get(self, request: HttpRequest, reader_study_id: int) -> HttpResponse:
        """The filled form."""
        reader_study = self.reader_study(reader_study_id, *COORDINATORS)
        if reader_study.status != ReaderStudy.Status.DRAFT:
            messages.error(request, "Only a draft can be edited. Amend it instead.")
            return redirect("reader-study", reader_study.pk)
        parts = parts_of(reader_study)
        form = ReaderStudyForm(initial=initial_of(parts), own_items=parts.protocol.own_items)
        return self._show(request, reader_study, form)

    def post(self, request: HttpRequest, reader_study_id: int) -> HttpResponse:
        """Change the draft; on an error everything typed is still there."""
        reader_study = self.reader_study(reader_study_id, *COORDINATORS)
        form = ReaderStudyForm(request.POST)
        if request.POST.get("act") == "another_item":
            return self._show(request, reader_study, with_another_item(request.POST))
        if not form.is_valid():
            return self._show(request, reader_study, form, status=400)
        version = request.POST.get("base_version", "")
        try:
            if request.POST.get("act") == "preview":
                return self._show(request, reader_study, form, preview=preview_design(form))
            drafts.edit_draft(
                reader_study_id=reader_study.pk,
                parts=form.parts(),
                actor=signed_in(request),
                base_version=int(version) if version.isdecimal() else 0,
            )
        except DomainError as error:
            form.add_error(None, error.message)
            return self._show(request, reader_study, form, status=400)
        messages.success(request, "The draft is changed, and its schedule drawn anew.")
        return redirect("reader-study", reader_study.pk)

    def _show(
        self,
        request: HttpRequest,
        reader_study: ReaderStudy,
        form: ReaderStudyForm,
        status: int = 200,
        preview: dict[str, Any] | None = None,
    ) -> HttpResponse:
        seen = request.POST.get("base_version") or protocol_of(reader_study).version
        context = context_of(reader_study, form=form, preview=preview, base_version=seen)
        return render(request, "annotations/create_reader_study.html", context, status=status)


class DiscardDraft(Act):
    """Put a draft away."""

    done = "The draft is discarded. Its title can be used again."

    def _act(self, request: HttpRequest, reader_study: ReaderStudy, **numbers: int) -> None:
        drafts.discard_draft(
            reader_study_id=reader_study.pk,
            reason=request.POST.get("reason", ""),
            actor=signed_in(request),
        )

    def post(self, request: HttpRequest, reader_study_id: int, **numbers: int) -> HttpResponse:
        """Back to the list where it worked."""
        response = super().post(request, reader_study_id, **numbers)
        is_gone = ReaderStudy.objects.filter(
            pk=reader_study_id, status=ReaderStudy.Status.DISCARDED
        ).exists()
        return redirect("reader-studies") if is_gone else response


class BackToDraft(Act):
    """Take it off the worklists before anybody has read."""

    done = "It is a draft again. Readers don't see it."

    def _act(self, request: HttpRequest, reader_study: ReaderStudy, **numbers: int) -> None:
        drafts.back_to_draft(
            reader_study_id=reader_study.pk,
            reason=request.POST.get("reason", ""),
            actor=signed_in(request),
        )
