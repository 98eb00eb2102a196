"""Reports and their labels, for coordinators alone."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import generics, parsers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from inference.api.clinical_report_serializers import (
    ClinicalReportDetailSerializer,
    ClinicalReportSerializer,
    NewReportImportSerializer,
    NewReviewSerializer,
    ReportImportSerializer,
    ReportReviewSerializer,
)
from inference.models import ClinicalReport
from inference.selectors.clinical_reports import clinical_reports, newest_runs
from inference.selectors.label_table import labels_csv
from inference.services.clinical_reports import review_label
from inference.services.report_imports import LARGEST_FILE, import_reports
from spinestudy.audit.services import record
from spinestudy.common.errors import MissingError
from spinestudy.common.permissions import IsCoordinator
from spinestudy.common.roles import signed_in
from spinestudy.common.token_scopes import REPORTS_READ, REPORTS_WRITE


class ClinicalReportsView(generics.ListAPIView[ClinicalReport]):
    """All reports without their text; import a file of them."""

    permission_classes = [IsCoordinator]
    token_scopes = {"GET": REPORTS_READ, "POST": REPORTS_WRITE}
    parser_classes = [parsers.MultiPartParser]
    serializer_class = ClinicalReportSerializer
    queryset = clinical_reports()

    @extend_schema(
        operation_id="import_clinical_reports",
        request={"multipart/form-data": NewReportImportSerializer},
        responses={201: ReportImportSerializer},
    )
    def post(self, request: Request) -> Response:
        """Import a CSV file; the answer says what found no exam, line by line."""
        sent = NewReportImportSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        file = sent.validated_data["file"]
        made = import_reports(
            data=file.read(LARGEST_FILE + 1),
            source=file.name,
            handling=sent.validated_data["handling"],
            actor=request.user,
            cohort_name=sent.validated_data["cohort"],
        )
        return Response(ReportImportSerializer(made).data, status=201)


def _report(clinical_report_id: int) -> ClinicalReport:
    report = clinical_reports().filter(pk=clinical_report_id).first()
    if report is None:
        raise MissingError("There is no such report.")
    return report


class ClinicalReportView(APIView):
    """One report with its text and newest labels."""

    permission_classes = [IsCoordinator]
    token_scopes = {"GET": REPORTS_READ}

    @extend_schema(operation_id="clinical_report", responses=ClinicalReportDetailSerializer)
    def get(self, request: Request, clinical_report_id: int) -> Response:
        """Text, labels, contradictions, and every review."""
        report = _report(clinical_report_id)
        run = newest_runs([report]).first()
        body: dict[str, Any] = {
            **ClinicalReportSerializer(report).data,
            "text": report.text,
            "run": run,
            "labels": run.labels.all() if run else [],
            "reviews": report.reviews.select_related("reviewed_by"),
        }
        return Response(ClinicalReportDetailSerializer(body).data)


class ReportReviewsView(APIView):
    """Judge a label."""

    permission_classes = [IsCoordinator]
    token_scopes = {"POST": REPORTS_WRITE}

    @extend_schema(
        operation_id="review_report_label",
        request=NewReviewSerializer,
        responses={201: ReportReviewSerializer},
    )
    def post(self, request: Request, clinical_report_id: int) -> Response:
        """Right, wrong, or corrected; what was said before is kept."""
        sent = NewReviewSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        review = review_label(
            report_id=clinical_report_id, actor=signed_in(request), **sent.validated_data
        )
        return Response(ReportReviewSerializer(review).data, status=201)


class ReportLabelsCsvView(APIView):
    """All labels that count, as they stand after review."""

    permission_classes = [IsCoordinator]
    token_scopes = {"GET": REPORTS_READ}

    @extend_schema(
        operation_id="report_labels_csv", responses={(200, "text/csv"): OpenApiTypes.STR}
    )
    def get(self, request: Request) -> HttpResponse:
        """One row a label; who fetched it stands in the audit record."""
        text, count = labels_csv()
        record(
            actor=request.user,
            action="report_labels.exported",
            subject=signed_in(request),
            labels=count,
        )
        response = HttpResponse(text, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="report-labels.csv"'
        return response
