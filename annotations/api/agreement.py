"""The dashboard's numbers."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers as s
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.api.serializers import ReaderStudyNameSerializer
from annotations.selectors.agreement import agreement_view
from annotations.selectors.memberships import ANALYSTS, require_reader_study
from spinestudy.common.errors import InvalidInputError
from spinestudy.common.token_scopes import AGREEMENT_READ


class AgreementScaleSerializer(s.Serializer[Any]):
    code = s.CharField()
    scores = s.ListField(child=s.IntegerField())
    labels = s.ListField(child=s.CharField())


class AgreementArmSerializer(s.Serializer[Any]):
    id = s.IntegerField()
    label = s.CharField()  # type: ignore[assignment]


class AgreementReaderSerializer(s.Serializer[Any]):
    code = s.CharField()
    name = s.CharField()
    is_withdrawn = s.BooleanField()


class AgreementPairSerializer(s.Serializer[Any]):
    a = s.CharField()
    b = s.CharField()
    value = s.FloatField(allow_null=True)
    ci = s.ListField(child=s.FloatField(), allow_null=True)
    n_items = s.IntegerField()
    n_patients = s.IntegerField()
    undefined = s.CharField(allow_null=True)


class AgreementItemSerializer(s.Serializer[Any]):
    code = s.CharField()
    name = s.CharField()
    scale = AgreementScaleSerializer()
    weights = s.CharField()
    readers = AgreementReaderSerializer(many=True)
    pairs = AgreementPairSerializer(many=True)


class AgreementProgressSerializer(s.Serializer[Any]):
    reader = s.CharField()
    name = s.CharField()
    arm = s.CharField()
    done = s.IntegerField()
    total = s.IntegerField()


class AgreementSerializer(s.Serializer[Any]):
    reader_study = ReaderStudyNameSerializer()
    arms = AgreementArmSerializer(many=True)
    arm = s.IntegerField(allow_null=True)
    computed_at = s.DateTimeField()
    items = AgreementItemSerializer(many=True)
    progress = AgreementProgressSerializer(many=True)


class AgreementView(APIView):
    """Reader x reader agreement of one reader study in one arm."""

    permission_classes = [IsAuthenticated]
    token_scopes = {"GET": AGREEMENT_READ}

    @extend_schema(
        operation_id="agreement",
        parameters=[OpenApiParameter("arm", OpenApiTypes.INT, description="default: first arm")],
        responses=AgreementSerializer,
    )
    def get(self, request: Request, reader_study_id: int) -> Response:
        """Quadratic kappa with clustered intervals and n, per item, and the progress."""
        reader_study = require_reader_study(reader_study_id, request.user, *ANALYSTS)
        arm = request.query_params.get("arm")
        if arm is not None and not arm.isdigit():
            raise InvalidInputError("`arm` must be the number of an arm.")
        view = agreement_view(reader_study, int(arm) if arm else None, request.user)
        return Response(AgreementSerializer(view).data)
