"""DICOMweb (PS3.18), read only: what a viewer such as OHIF needs of the exam index.

For coordinators who don't read: exams carry patient IDs and dates, and would tell a reader which
case is whose. Answers are DICOM's own media types, so they stand outside the OpenAPI schema.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.views.decorators.gzip import gzip_page
from pydicom.datadict import keyword_for_tag, tag_for_keyword
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.views import APIView

from spinestudy.common.errors import InvalidInputError, MissingError
from spinestudy.common.permissions import IsCoordinator, IsReader
from spinestudy.common.token_scopes import EXAMS_READ
from spinestudy.imaging.dicom import media
from spinestudy.imaging.dicom.json_model import attributes_json
from spinestudy.imaging.models import Instance
from spinestudy.imaging.selectors import dicomweb_objects as objects
from spinestudy.imaging.selectors.dicomweb import FIND, KEYS, Level, Resource, require
from spinestudy.imaging.services.metadata import instance_json

MOST_ROWS: Final = 5000
_PARAMETERS: Final = frozenset({"limit", "offset", "includefield", "fuzzymatching", "accept"})


class _ErrorsAreJson(BaseContentNegotiation):
    """Each view reads Accept by itself; only errors are rendered by the framework."""

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> Any:
        return renderers[0], renderers[0].media_type


class DicomwebView(APIView):
    """What all resources share."""

    permission_classes = [IsCoordinator & ~IsReader]
    token_scopes = {"GET": EXAMS_READ}
    content_negotiation_class = _ErrorsAreJson
    schema = None

    def accepted(self) -> list[media.Accepted]:
        """What the client accepts, by header or by the query parameter that overrides it."""
        text = self.request.query_params.get("accept") or self.request.headers.get("Accept", "")
        return media.parse_accept(text)

    def json_answer(self, body: bytes) -> HttpResponse:
        """DICOM JSON under the name that the client asked for."""
        media_type = media.json_type(self.accepted())
        if media_type is None:
            raise NotAcceptable("This resource is given as application/dicom+json only.")
        return HttpResponse(body, content_type=media_type)

    def address(self, *parts: str) -> str:
        """The absolute address of a resource."""
        return self.request.build_absolute_uri("/".join(("/dicomweb", *filter(None, parts))))


@method_decorator(gzip_page, name="dispatch")
class SearchView(DicomwebView):
    """QIDO-RS: exams, series or instances by attributes."""

    level: Level = "exam"

    def get(self, request: Request, **uids: str) -> HttpResponse:
        """Those that match, 204 for none."""
        resource = Resource(**uids)
        require(resource)
        filters, ignored = self._filters()
        first = self._count("offset", 0)
        limit = min(self._count("limit", MOST_ROWS), MOST_ROWS)
        rows = FIND[self.level](resource, filters, slice(first, first + limit))
        body = [attributes_json({**row, "RetrieveURL": self._retrieve_url(row)}) for row in rows]
        response = self.json_answer(json.dumps(body, separators=(",", ":")).encode())
        if not body:
            response = HttpResponse(status=204)
        warnings = list(ignored)
        if len(rows) == MOST_ROWS:
            warnings.append(
                f"There may be more results than {MOST_ROWS}; ask for them with offset."
            )
        if warnings:
            response["Warning"] = ", ".join(
                f'299 {request.get_host()} "{words}"' for words in warnings
            )
        return response

    def _filters(self) -> tuple[dict[str, str], list[str]]:
        """Keyword -> wanted value; and in words what was ignored."""
        filters: dict[str, str] = {}
        ignored = []
        for name, text in self.request.query_params.dict().items():
            if name in _PARAMETERS:
                continue
            keyword = keyword_for_tag(name) if re.fullmatch(r"[0-9A-Fa-f]{8}", name) else name
            if keyword in KEYS:
                filters[keyword] = text
            elif tag_for_keyword(keyword) is not None:
                ignored.append(f"Matching on {keyword} is not supported and was ignored.")
        if self.request.query_params.get("fuzzymatching", "").lower() == "true":
            ignored.append(
                "The fuzzymatching parameter is not supported. "
                "Only literal matching has been performed."
            )
        return filters, ignored

    def _count(self, name: str, otherwise: int) -> int:
        text = self.request.query_params.get(name, "").strip()
        if not text:
            return otherwise
        if not (text.isascii() and text.isdecimal() and len(text) < 10):
            raise InvalidInputError(f"{name} must be a whole number from 0.", field=name)
        return int(text)

    def _retrieve_url(self, row: dict[str, Any]) -> str:
        uids = [row.get(name, "") for name in ("SeriesInstanceUID", "SOPInstanceUID")]
        path = ["studies", row["StudyInstanceUID"]]
        for kind, uid in zip(("series", "instances"), uids, strict=True):
            path += [kind, uid] if uid else []
        return self.address(*path)


@method_decorator(gzip_page, name="dispatch")
class MetadataView(DicomwebView):
    """WADO-RS metadata: all headers of an exam, series or instance, without pixels."""

    def get(self, request: Request, **uids: str) -> HttpResponse:
        """A JSON array, one object an instance."""
        if media.json_type(self.accepted()) is None:
            raise NotAcceptable("Metadata is given as application/dicom+json only.")
        instances = objects.instances_of(Resource(**uids)).defer("frame_headers")
        return self.json_answer(b"[" + b",".join(map(instance_json, instances)) + b"]")


class RetrieveView(DicomwebView):
    """WADO-RS: the DICOM files of an exam, series or instance."""

    def get(self, request: Request, **uids: str) -> HttpResponseBase:
        """The files byte for byte where the client accepts that, else uncompressed."""
        instances = objects.instances_of(Resource(**uids)).defer("frame_headers")
        stored = objects.syntaxes(list(instances))
        form = media.file_form(self.accepted(), stored)
        if form is None or (not form.is_multipart and len(instances) > 1):
            raise NotAcceptable(
                "Files are given as multipart/related with parts of application/dicom, as stored "
                "(transfer-syntax=*) or in Explicit VR Little Endian."
            )
        parts = _files(instances, form)
        first = next(parts)  # what is wrong with it is told as an error, not in mid-stream
        if not form.is_multipart:
            return _single(*first)
        return _multipart(itertools.chain([first], parts), form.media_type)


def _files(instances: QuerySet[Instance], form: media.Form) -> Iterator[tuple[str, bytes]]:
    for instance in instances:
        if form.is_stored:
            syntax = instance.transfer_syntax_uid
            content = objects.stored_bytes(instance)
        else:
            syntax = media.EXPLICIT_LITTLE
            content = objects.explicit_little_endian(instance)
        yield f"application/dicom; transfer-syntax={syntax}", content


class FramesView(DicomwebView):
    """WADO-RS: pixels of one or more frames of an instance."""

    def get(self, request: Request, frame_numbers: str, **uids: str) -> HttpResponseBase:
        """One part a frame, in the order asked for."""
        numbers = _frame_numbers(frame_numbers)
        [instance] = objects.instances_of(Resource(**uids))
        if max(numbers) > instance.frame_count:
            raise MissingError(f"The image has {instance.frame_count} frames.")
        source = objects.FrameSource(instance)
        form = media.frame_form(self.accepted(), source.syntax, can_decode=source.has_plain)
        if form is None or (not form.is_multipart and len(numbers) > 1):
            raise NotAcceptable(
                "Frames are given as multipart/related with parts of application/octet-stream; "
                f"they are stored in transfer syntax {source.syntax}."
            )
        read = source.stored if form.is_stored else source.plain
        parts = [(form.part_type, read(number)) for number in numbers]
        return _multipart(parts, form.media_type) if form.is_multipart else _single(*parts[0])


def _frame_numbers(text: str) -> list[int]:
    if not re.fullmatch(r"[1-9]\d{0,5}(,[1-9]\d{0,5})*", text, re.ASCII):
        raise InvalidInputError(f"{text!r} names no frames; write 1 or 1,2,3.")
    return [int(one) for one in text.split(",")]


def _single(part_type: str, content: bytes) -> HttpResponse:
    return HttpResponse(content, content_type=part_type)


def _multipart(
    parts: Sequence[tuple[str, bytes]] | Iterator[tuple[str, bytes]], media_type: str
) -> HttpResponseBase:
    boundary = media.new_boundary()
    pieces = media.multipart_body(parts, boundary)
    content_type = media.multipart_type(media_type, boundary)
    if isinstance(parts, Sequence):
        return HttpResponse(b"".join(pieces), content_type=content_type)
    return StreamingHttpResponse(pieces, content_type=content_type)
