"""The dashboard's numbers."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.api.agreement_serializers import (
    AgreementAiSerializer,
    AgreementPairTableSerializer,
    AgreementSerializer,
    AgreementStrataSerializer,
)
from annotations.models import ReaderStudy
from annotations.selectors.agreement import agreement_view
from annotations.selectors.agreement_pair import pair_view
from annotations.selectors.agreement_slices import slices_viewed
from annotations.selectors.agreement_strata import ai_view, strata_view
from annotations.selectors.ai_ratings import AI
from annotations.selectors.memberships import ANALYSTS, require_reader_study
from annotations.services.agreement_slices import note_slice
from spinestudy.common.errors import InvalidInputError
from spinestudy.common.token_scopes import AGREEMENT_READ

ARM = OpenApiParameter("arm", OpenApiTypes.INT, description="default: first arm")
ITEM = OpenApiParameter("item", OpenApiTypes.STR, required=True, description="code of the item")


class _AnalystView(APIView):
    """For coordinators and statisticians; what the protocol withholds is refused with 409."""

    permission_classes = [IsAuthenticated]
    token_scopes = {"GET": AGREEMENT_READ}

    def reader_study(self, request: Request, reader_study_id: int) -> ReaderStudy:
        return require_reader_study(reader_study_id, request.user, *ANALYSTS)

    def arm(self, request: Request) -> int | None:
        arm = request.query_params.get("arm")
        if arm is not None and not (arm.isascii() and arm.isdigit() and len(arm) < 19):
            raise InvalidInputError("`arm` must be the number of an arm.")
        return int(arm) if arm else None

    def asked(self, request: Request, name: str) -> str:
        value: str = request.query_params.get(name, "")
        if not value:
            raise InvalidInputError(f"Say which `{name}`.")
        return value

    def note(self, request: Request, reader_study: ReaderStudy, view: dict[str, Any]) -> Response:
        """Count the slice, then tell how many were viewed, this one among them."""
        arm = reader_study.arms.get(pk=view["arm"]).label
        note_slice(
            reader_study=reader_study,
            actor=request.user,
            arm=arm,
            item="" if view.get("by") == "item" else view["item"]["code"],
            by=view.get("by", AI),
        )
        return Response({**view, "slices_viewed": slices_viewed(reader_study)})


class AgreementView(_AnalystView):
    """Reader x reader agreement of one reader study in one arm."""

    @extend_schema(
        operation_id="agreement",
        parameters=[
            ARM,
            OpenApiParameter("item", OpenApiTypes.STR, description="default: every item"),
        ],
        responses=AgreementSerializer,
    )
    def get(self, request: Request, reader_study_id: int) -> Response:
        """Kappa with clustered intervals and n, per item, and the progress."""
        reader_study = self.reader_study(request, reader_study_id)
        item = request.query_params.get("item")
        return Response(agreement_view(reader_study, self.arm(request), request.user, item))


class AgreementPairView(_AnalystView):
    """Two readers, or a reader and AI."""

    @extend_schema(
        operation_id="agreement_pair",
        parameters=[
            ARM,
            ITEM,
            OpenApiParameter("a", OpenApiTypes.STR, required=True, description="R1, R2, ..., AI"),
            OpenApiParameter("b", OpenApiTypes.STR, required=True, description="as a"),
        ],
        responses=AgreementPairTableSerializer,
    )
    def get(self, request: Request, reader_study_id: int) -> Response:
        """The table of their grades and the statistics of it."""
        reader_study = self.reader_study(request, reader_study_id)
        pair = self.asked(request, "a"), self.asked(request, "b")
        item = self.asked(request, "item")
        return Response(pair_view(reader_study, self.arm(request), item, pair, request.user))


class AgreementStrataView(_AnalystView):
    """Agreement in strata; after the data lock each one viewed is counted."""

    @extend_schema(
        operation_id="agreement_strata",
        parameters=[
            ARM,
            ITEM,
            OpenApiParameter(
                "by",
                OpenApiTypes.STR,
                required=True,
                enum=["item", "level", "side", "seniority", "cohort"],
            ),
        ],
        responses=AgreementStrataSerializer,
    )
    def get(self, request: Request, reader_study_id: int) -> Response:
        """The mean kappa of the pairs of readers over all and in each stratum."""
        reader_study = self.reader_study(request, reader_study_id)
        item, by = self.asked(request, "item"), self.asked(request, "by")
        view = strata_view(reader_study, self.arm(request), item, by, request.user)
        return self.note(request, reader_study, view)


class AgreementAiView(_AnalystView):
    """AI against readers, where the protocol and the arm let it be seen."""

    @extend_schema(
        operation_id="agreement_ai",
        parameters=[ARM, ITEM],
        responses=AgreementAiSerializer,
    )
    def get(self, request: Request, reader_study_id: int) -> Response:
        """The kappa of AI with each reader."""
        reader_study = self.reader_study(request, reader_study_id)
        item = self.asked(request, "item")
        view = ai_view(reader_study, self.arm(request), item, request.user)
        return self.note(request, reader_study, view)
