"""The page of reference masks: start one, see what came of it."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from annotations.models import MaskFusion, ReaderStudy
from annotations.pages.acts import Act
from annotations.pages.adjudication import arm_sent
from annotations.pages.members import MemberRequiredMixin, context_of
from annotations.selectors.adjudication import adjudicated_arms
from annotations.selectors.live_view import exported_arms
from annotations.selectors.memberships import ANALYSTS, COORDINATORS, roles_in
from annotations.selectors.reference_masks import fusions, mask_view, newest_masks
from annotations.tasks import request_fusion
from spinestudy.common.roles import signed_in

A_PAGE = 50


class ReferenceMasksPage(MemberRequiredMixin, View):
    """How alike readers' masks are to the reference tells of agreement: arms as they are shown."""

    def get(self, request: HttpRequest, reader_study_id: int) -> HttpResponse:
        """What is under way, and the newest version of each mask."""
        reader_study = self.reader_study(reader_study_id, *ANALYSTS)
        shown = exported_arms(reader_study, request.user)
        pages = Paginator(newest_masks(reader_study, shown), A_PAGE)
        page = pages.get_page(request.GET.get("page"))
        under_way = (MaskFusion.State.QUEUED, MaskFusion.State.RUNNING)
        asked = fusions(reader_study, shown)
        context = context_of(
            reader_study,
            roles=roles_in(request.user, reader_study),
            arms=[arm for arm in adjudicated_arms(reader_study) if arm.pk in shown],
            methods=MaskFusion.Method.choices,
            fusions=asked,
            is_under_way=any(one.state in under_way for one in asked),
            page=page,
            masks=[mask_view(one) for one in page],
        )
        return render(request, "annotations/reference_masks.html", context)


class FuseMasks(Act):
    """Start the making of reference masks."""

    roles = COORDINATORS
    back = "reference-masks"
    done = "The masks are being made."

    def _act(self, request: HttpRequest, reader_study: ReaderStudy, **numbers: int) -> None:
        request_fusion(
            arm=arm_sent(request, reader_study),
            method=request.POST.get("method", ""),
            actor=signed_in(request),
        )
