"""Final reports: ask for one, follow it, fetch its files."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse
from django.utils.text import slugify
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers as s
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.models import ReaderStudy
from annotations.reporting.final_report import PRESETS
from annotations.reporting.final_report.content_types import CONTENT_TYPES
from annotations.selectors.final_reports import (
    final_report,
    final_reports,
    report_file,
    report_view,
)
from annotations.selectors.memberships import ANALYSTS, require_reader_study
from annotations.tasks import request_report, request_report_again
from spinestudy.audit.services import record
from spinestudy.common.token_scopes import EXPORTS_READ
from spinestudy.imaging.selectors.stored_files import absolute

DOCUMENT_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; sandbox"
)
"""A report is a document: its own style and figures, no script, nothing fetched."""


class FinalReportFileSerializer(s.Serializer[Any]):
    name = s.CharField()
    sha256 = s.CharField()
    size_bytes = s.IntegerField()


class FinalReportSerializer(s.Serializer[Any]):
    id = s.IntegerField()
    preset = s.CharField()
    preset_name = s.CharField()
    seed = s.IntegerField()
    lock = s.IntegerField()
    is_lock_lifted = s.BooleanField()
    state = s.CharField()
    state_words = s.CharField()
    progress = s.FloatField()
    step = s.CharField()
    error_message = s.CharField()
    requested_by = s.CharField()
    requested_at = s.DateTimeField()
    finished_at = s.DateTimeField(allow_null=True)
    remade_at = s.DateTimeField(allow_null=True)
    is_remade_same = s.BooleanField(allow_null=True)
    software = s.DictField(child=s.CharField())
    files = FinalReportFileSerializer(many=True)
    can_be_made_again = s.BooleanField()


class NewFinalReportSerializer(s.Serializer[Any]):
    preset = s.ChoiceField(choices=list(PRESETS), default="standard")


def _reader_study(request: Request, reader_study_id: int) -> ReaderStudy:
    return require_reader_study(reader_study_id, request.user, *ANALYSTS)


class FinalReportsView(APIView):
    """All final reports of a reader study; ask for one."""

    permission_classes = [IsAuthenticated]
    token_scopes = {"GET": EXPORTS_READ}

    @extend_schema(operation_id="final_reports", responses=FinalReportSerializer(many=True))
    def get(self, request: Request, reader_study_id: int) -> Response:
        """Newest first; 409 while the data aren't locked."""
        reports = final_reports(_reader_study(request, reader_study_id))
        views = [report_view(one) for one in reports]
        return Response(FinalReportSerializer(views, many=True).data)

    @extend_schema(
        operation_id="make_final_report",
        request=NewFinalReportSerializer,
        responses={202: FinalReportSerializer},
    )
    def post(self, request: Request, reader_study_id: int) -> Response:
        """Queue it; 409 while the data aren't locked."""
        reader_study = _reader_study(request, reader_study_id)
        sent = NewFinalReportSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        report = request_report(
            reader_study_id=reader_study.pk,
            preset=sent.validated_data["preset"],
            actor=request.user,
        )
        view = report_view(final_report(reader_study, report.pk))
        return Response(FinalReportSerializer(view).data, status=status.HTTP_202_ACCEPTED)


class FinalReportView(APIView):
    """One report."""

    permission_classes = [IsAuthenticated]
    token_scopes = {"GET": EXPORTS_READ}

    @extend_schema(operation_id="final_report", responses=FinalReportSerializer)
    def get(self, request: Request, reader_study_id: int, report_id: int) -> Response:
        """Its state, and its files with their hashes."""
        report = final_report(_reader_study(request, reader_study_id), report_id)
        return Response(FinalReportSerializer(report_view(report)).data)


class FinalReportAgainView(APIView):
    """Make a report again."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="make_final_report_again",
        request=None,
        responses={202: FinalReportSerializer},
    )
    def post(self, request: Request, reader_study_id: int, report_id: int) -> Response:
        """Queue it; the files are compared with those stored."""
        reader_study = _reader_study(request, reader_study_id)
        report = final_report(reader_study, report_id)
        request_report_again(report_id=report.pk, actor=request.user)
        view = report_view(final_report(reader_study, report_id))
        return Response(FinalReportSerializer(view).data, status=status.HTTP_202_ACCEPTED)


class FinalReportFileView(APIView):
    """A file of a report."""

    permission_classes = [IsAuthenticated]
    token_scopes = {"GET": EXPORTS_READ}

    @extend_schema(
        operation_id="final_report_file",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(
        self, request: Request, reader_study_id: int, report_id: int, name: str
    ) -> HttpResponse:
        """The stored bytes; who took them and when stands in the audit record."""
        reader_study = _reader_study(request, reader_study_id)
        report = final_report(reader_study, report_id)
        found = report_file(report, name)
        content = absolute(found.path).read_bytes()
        record(
            actor=request.user,
            action="report.downloaded",
            subject=report,
            file=found.name,
            sha256=found.sha256,
        )
        response = HttpResponse(
            content, content_type=CONTENT_TYPES.get(name, "application/octet-stream")
        )
        shown = "inline" if name == "report.html" else "attachment"
        title = slugify(reader_study.title)[:60] or "reader-study"
        response["Content-Disposition"] = f'{shown}; filename="{title}-{report.pk}-{name}"'
        response["Content-Security-Policy"] = DOCUMENT_POLICY
        return response
