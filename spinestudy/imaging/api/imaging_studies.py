"""The catalogue over HTTP."""

from __future__ import annotations

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response

from spinestudy.common.errors import InvalidInputError
from spinestudy.common.permissions import IsCoordinator
from spinestudy.common.token_scopes import EXAMS_READ
from spinestudy.imaging.api.serializers import (
    CohortSerializer,
    ImagingStudySerializer,
    QuarantinedFileSerializer,
)
from spinestudy.imaging.models import Cohort, ImagingStudy, QuarantinedFile
from spinestudy.imaging.selectors import catalogue


def _whole_number(request: Request, name: str) -> int | None:
    text = request.query_params.get(name, "").strip()
    if not text:
        return None
    if not text.isdecimal() or len(text) > 15:
        raise InvalidInputError(f"{name} must be a whole number.", field=name)
    return int(text)


class ImagingStudiesView(generics.ListAPIView[ImagingStudy]):
    """Exams, newest first."""

    permission_classes = [IsCoordinator]
    token_scopes = {"GET": EXAMS_READ}
    serializer_class = ImagingStudySerializer
    queryset = ImagingStudy.objects.none()

    def get_queryset(self) -> QuerySet[ImagingStudy]:
        """Filtered by the words in `text` and by `cohort`."""
        return catalogue.exams(
            text=self.request.query_params.get("text", ""),
            cohort_id=_whole_number(self.request, "cohort"),
        )

    @extend_schema(
        operation_id="imaging_studies",
        parameters=[
            OpenApiParameter("text", OpenApiTypes.STR, description="words to look for"),
            OpenApiParameter("cohort", OpenApiTypes.INT, description="id of a cohort"),
        ],
    )
    def get(self, request: Request) -> Response:
        """One page of the catalogue."""
        return self.list(request)


class ImagingStudyView(generics.RetrieveAPIView[ImagingStudy]):
    """One exam."""

    permission_classes = [IsCoordinator]
    token_scopes = {"GET": EXAMS_READ}
    serializer_class = ImagingStudySerializer
    queryset = catalogue.exams()
    lookup_url_kwarg = "imaging_study_id"


class CohortsView(generics.ListAPIView[Cohort]):
    """Cohorts by name."""

    permission_classes = [IsCoordinator]
    token_scopes = {"GET": EXAMS_READ}
    serializer_class = CohortSerializer
    queryset = catalogue.cohorts()


class QuarantinedFilesView(generics.ListAPIView[QuarantinedFile]):
    """Files that couldn't be used, newest first."""

    permission_classes = [IsCoordinator]
    token_scopes = {"GET": EXAMS_READ}
    serializer_class = QuarantinedFileSerializer
    queryset = QuarantinedFile.objects.none()

    def get_queryset(self) -> QuerySet[QuarantinedFile]:
        """Of one upload, or all."""
        return catalogue.quarantined_files(upload_id=_whole_number(self.request, "upload"))

    @extend_schema(
        operation_id="quarantined_files",
        parameters=[OpenApiParameter("upload", OpenApiTypes.INT, description="id of an upload")],
    )
    def get(self, request: Request) -> Response:
        """One page of the quarantine."""
        return self.list(request)
