"""What goes on in the reading room beside grades: events, measurements, masks, preferences."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.api import marks_serializers as serializers
from annotations.models import ReaderPreference
from annotations.selectors.marks import measurement_view
from annotations.services import measurements, reading_events, segmentations
from annotations.services.preferences import set_preferences
from annotations.services.readings import require_own_reading
from spinestudy.common.errors import InvalidInputError
from spinestudy.common.permissions import IsReader
from spinestudy.common.roles import signed_in


class EventsView(APIView):
    """What happened in a reading."""

    permission_classes = [IsReader]

    @extend_schema(
        operation_id="store_events",
        request=serializers.EventsSerializer,
        responses=serializers.EventsStoredSerializer,
    )
    def post(self, request: Request, reading_id: int) -> Response:
        """Store events, whole or not at all; the same keys again change nothing."""
        reading = require_own_reading(reading_id, signed_in(request).pk)
        sent = serializers.EventsSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        stored, elsewhere = reading_events.store_events(
            reading_id=reading.pk,
            window_key=sent.validated_data["window_key"],
            events=[reading_events.Happening(**one) for one in sent.validated_data["events"]],
        )
        return Response({"stored": stored, "elsewhere": elsewhere})


class MeasurementView(APIView):
    """One mark of this reader."""

    permission_classes = [IsReader]

    @extend_schema(
        operation_id="store_measurement",
        request=serializers.DrawingSerializer,
        responses=serializers.MeasurementSerializer,
    )
    def put(self, request: Request, reading_id: int, measurement_key: UUID) -> Response:
        """Store a mark; the server measures it. 409 `changed_elsewhere` on another revision."""
        reading = require_own_reading(reading_id, signed_in(request).pk)
        sent = serializers.DrawingSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        row = measurements.store_measurement(
            reading_id=reading.pk,
            drawing=measurements.Drawing(measurement_key=measurement_key, **sent.validated_data),
        )
        return Response(serializers.MeasurementSerializer(measurement_view(row)).data)


class BytesParser(BaseParser):
    """Takes a body as it is."""

    media_type = "application/octet-stream"

    def parse(self, stream, media_type=None, parser_context=None):  # type: ignore[no-untyped-def]
        """The body, one byte more than is allowed at most."""
        return stream.read(segmentations.LARGEST_BODY + 1)


class MaskView(APIView):
    """This reader's labelmap of one stack."""

    permission_classes = [IsReader]
    parser_classes = [BytesParser, JSONParser]

    @extend_schema(
        operation_id="mask",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: HttpRequest, reading_id: int, stack_id: int) -> HttpResponse:
        """The bytes as they were sent; header X-Revision says which version."""
        reading = require_own_reading(reading_id, signed_in(request).pk)
        found = segmentations.mask_of(reading, stack_id)
        answer = HttpResponse(bytes(found.data), content_type="application/octet-stream")
        answer["X-Revision"] = str(found.revision)
        answer["Cache-Control"] = "no-store"
        return answer

    @extend_schema(
        operation_id="store_mask",
        parameters=[
            OpenApiParameter("X-Base-Revision", OpenApiTypes.INT, OpenApiParameter.HEADER),
            OpenApiParameter("X-Act-Key", OpenApiTypes.UUID, OpenApiParameter.HEADER),
        ],
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses=serializers.MaskSerializer,
    )
    def put(self, request: Request, reading_id: int, stack_id: int) -> Response:
        """Store gzip of uint8 (slices, rows, columns) in the order of the stack."""
        reading = require_own_reading(reading_id, signed_in(request).pk)
        if not isinstance(request.data, bytes):
            raise InvalidInputError("Send the labelmap as application/octet-stream.")
        try:
            base_revision = int(request.headers.get("X-Base-Revision", ""))
            act_key = UUID(request.headers.get("X-Act-Key", ""))
        except ValueError as error:
            raise InvalidInputError(
                "The headers X-Base-Revision (a number) and X-Act-Key (a UUID) are needed."
            ) from error
        row = segmentations.store_mask(
            reading_id=reading.pk,
            stack_id=stack_id,
            data=request.data,
            base_revision=base_revision,
            act_key=act_key,
        )
        return Response({"stack_id": row.stack_id, "revision": row.revision})


class PreferencesView(APIView):
    """How the signed-in reader likes to work."""

    permission_classes = [IsReader]

    @extend_schema(operation_id="preferences", responses=serializers.PreferencesSerializer)
    def get(self, request: Request) -> Response:
        """Keys chosen by the reader, by action, and the opacity of AI's overlays in per cent."""
        user = signed_in(request)
        found = ReaderPreference.objects.filter(user=user).first() or ReaderPreference(user=user)
        return Response({"keys": found.keys, "ai_opacity": found.ai_opacity})

    @extend_schema(
        operation_id="set_preferences",
        request=serializers.PreferencesSerializer,
        responses=serializers.PreferencesSerializer,
    )
    def put(self, request: Request) -> Response:
        """Replace them; what is left out stays as it is."""
        sent = serializers.PreferencesSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        row = set_preferences(user=signed_in(request), **sent.validated_data)
        return Response({"keys": row.keys, "ai_opacity": row.ai_opacity})
