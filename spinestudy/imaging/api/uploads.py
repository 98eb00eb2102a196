"""Uploads over HTTP: stored at once, imported by the worker."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import generics, parsers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from spinestudy.common.errors import MissingError
from spinestudy.common.permissions import IsCoordinator
from spinestudy.common.token_scopes import UPLOADS_WRITE
from spinestudy.imaging.api.serializers import (
    FilesSerializer,
    NewUploadSerializer,
    UploadSerializer,
)
from spinestudy.imaging.models import Upload
from spinestudy.imaging.selectors.catalogue import uploads
from spinestudy.imaging.services.uploads import create_upload, receive_files
from spinestudy.imaging.tasks import request_import


class UploadsView(generics.ListAPIView[Upload]):
    """All import runs, newest first; begin one."""

    permission_classes = [IsCoordinator]
    token_scopes = {"GET": UPLOADS_WRITE, "POST": UPLOADS_WRITE}
    parser_classes = [parsers.MultiPartParser]
    serializer_class = UploadSerializer
    queryset = uploads()

    @extend_schema(
        operation_id="create_upload",
        request={"multipart/form-data": NewUploadSerializer},
        responses={202: UploadSerializer},
    )
    def post(self, request: Request) -> Response:
        """Store files or a zip archive and queue their import, unless more are to follow."""
        sent = NewUploadSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        upload = create_upload(
            source=_in_words(sent.validated_data),
            cohort_name=sent.validated_data["cohort"],
            actor=request.user,
            state=Upload.State.RECEIVING,
        )
        return _receive(upload, sent.validated_data)


class UploadFilesView(APIView):
    """Further files of an upload that isn't complete."""

    permission_classes = [IsCoordinator]
    token_scopes = {"POST": UPLOADS_WRITE}
    parser_classes = [parsers.MultiPartParser]

    @extend_schema(
        operation_id="add_upload_files",
        request={"multipart/form-data": FilesSerializer},
        responses={202: UploadSerializer},
    )
    def post(self, request: Request, upload_id: int) -> Response:
        """Store them; queue the import unless still more are to follow."""
        sent = FilesSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        upload = Upload.objects.filter(pk=upload_id, created_by_id=request.user.pk).first()
        if upload is None:
            raise MissingError("You have no upload of that number.")
        return _receive(upload, sent.validated_data)


class UploadView(generics.RetrieveAPIView[Upload]):
    """One import run with its counts."""

    permission_classes = [IsCoordinator]
    token_scopes = {"GET": UPLOADS_WRITE}
    serializer_class = UploadSerializer
    queryset = uploads()
    lookup_url_kwarg = "upload_id"


def _in_words(sent: dict[str, Any]) -> str:
    names = sent["names"] or [file.name for file in sent["files"]]
    first = names[0].split("/")[0] if names else ""
    return first if len(names) == 1 and not sent["more"] else f"{first} and others"


def _receive(upload: Upload, sent: dict[str, Any]) -> Response:
    upload = receive_files(upload=upload, files=sent["files"], names=sent["names"])
    if not sent["more"]:
        upload = request_import(upload=upload)
    return Response(UploadSerializer(upload).data, status=status.HTTP_202_ACCEPTED)
