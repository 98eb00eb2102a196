"""Labels of clinical reports against readers or reference, for coordinators."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers as s
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.selectors.memberships import COORDINATORS, require_reader_study
from annotations.selectors.report_confusion import READERS, report_confusion
from spinestudy.common.errors import InvalidInputError
from spinestudy.common.token_scopes import AGREEMENT_READ


class ReportConfusionRowSerializer(s.Serializer[Any]):
    category = s.CharField()
    score = s.IntegerField(allow_null=True)
    counts = s.ListField(child=s.IntegerField())
    total = s.IntegerField()


class ReportConfusionTableSerializer(s.Serializer[Any]):
    item = s.DictField()
    n_cells = s.IntegerField()
    n_patients = s.IntegerField()
    withheld = s.CharField(allow_null=True)
    n_mapped = s.IntegerField(allow_null=True)
    n_same = s.IntegerField(allow_null=True)
    rows = ReportConfusionRowSerializer(many=True)


class ReportConfusionSerializer(s.Serializer[Any]):
    reader_study = s.DictField()
    arms = s.ListField(child=s.DictField())
    arm = s.IntegerField()
    items = s.ListField(child=s.DictField())
    by = s.CharField()
    choices = s.ListField(child=s.CharField())
    with_assumed = s.BooleanField()
    least_patients = s.IntegerField()
    table = ReportConfusionTableSerializer(allow_null=True)


def asked_confusion(request: Any, reader_study_id: int, query: Any) -> dict[str, Any]:
    """The view that a query asks for, shared with the page; errors as `report_confusion`."""
    reader_study = require_reader_study(reader_study_id, request.user, *COORDINATORS)
    arm = query.get("arm", "")
    if arm and not (arm.isascii() and arm.isdigit() and len(arm) < 19):
        raise InvalidInputError("`arm` must be the number of an arm.")
    return report_confusion(
        reader_study,
        int(arm) if arm else None,
        request.user,
        item_code=query.get("item", ""),
        by=query.get("by", "") or READERS,
        with_assumed=query.get("assumed", "yes") != "no",
    )


class ReportConfusionView(APIView):
    """Categories of reports by grades; what the protocol withholds is refused with 409."""

    permission_classes = [IsAuthenticated]
    token_scopes = {"GET": AGREEMENT_READ}

    @extend_schema(
        operation_id="report_confusion",
        parameters=[
            OpenApiParameter("arm", OpenApiTypes.INT, description="default: first arm"),
            OpenApiParameter("item", OpenApiTypes.STR, description="default: first item"),
            OpenApiParameter("by", OpenApiTypes.STR, description="readers, a code, or reference"),
            OpenApiParameter("assumed", OpenApiTypes.STR, description="no: without assumed labels"),
        ],
        responses=ReportConfusionSerializer,
    )
    def get(self, request: Request, reader_study_id: int) -> Response:
        """One item in one arm."""
        view = asked_confusion(request, reader_study_id, request.query_params)
        return Response(ReportConfusionSerializer(view).data)
