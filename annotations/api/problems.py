"""Problem reports of the reader, from the reading room."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.selectors.problems import report_view, report_views
from annotations.services.problems import LONGEST, report_problem
from annotations.services.readings import require_own_reading
from annotations.vocabulary.problems import PROBLEM_KIND_CODES
from spinestudy.common.permissions import IsReader
from spinestudy.common.roles import signed_in


class ProblemSerializer(s.Serializer[Any]):
    kind = s.ChoiceField(choices=PROBLEM_KIND_CODES)
    text = s.CharField(allow_blank=True, max_length=LONGEST, default="")


class ProblemReplySerializer(s.Serializer[Any]):
    text = s.CharField()
    is_from_reader = s.BooleanField()
    written_at = s.DateTimeField()


class ProblemReportSerializer(s.Serializer[Any]):
    report_key = s.UUIDField()
    kind = s.ChoiceField(choices=PROBLEM_KIND_CODES)
    text = s.CharField(allow_blank=True)
    reported_at = s.DateTimeField()
    is_settled = s.BooleanField()
    replies = ProblemReplySerializer(many=True)


class ProblemsView(APIView):
    """What this reader has reported of one reading."""

    permission_classes = [IsReader]

    @extend_schema(operation_id="problem_reports", responses=ProblemReportSerializer(many=True))
    def get(self, request: Request, reading_id: int) -> Response:
        """Reports with their threads, the oldest first."""
        reading = require_own_reading(reading_id, signed_in(request).pk)
        return Response(ProblemReportSerializer(report_views(reading), many=True).data)


class ProblemView(APIView):
    """One report, under a key that the browser makes."""

    permission_classes = [IsReader]

    @extend_schema(
        operation_id="report_problem",
        request=ProblemSerializer,
        responses=ProblemReportSerializer,
    )
    def put(self, request: Request, reading_id: int, report_key: UUID) -> Response:
        """Store it; the same key again changes nothing."""
        reading = require_own_reading(reading_id, signed_in(request).pk)
        sent = ProblemSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        report = report_problem(reading_id=reading.pk, report_key=report_key, **sent.validated_data)
        return Response(ProblemReportSerializer(report_view(report)).data)
