"""What AI's grades rested on, one cell at a time."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.selectors.ai_evidence import evidence_view
from annotations.services import readings
from spinestudy.common.permissions import IsReader
from spinestudy.common.roles import signed_in


class GreySerializer(s.Serializer[Any]):
    """values: base64 of one byte a pixel, row by row."""

    rows = s.IntegerField()
    columns = s.IntegerField()
    values = s.CharField()


class EvidencePictureSerializer(s.Serializer[Any]):
    """A crop as the network saw it. heat: over the same field; 0 nothing, 255 the most of it."""

    plane = s.ChoiceField(choices=["sagittal", "axial", "coronal", "oblique"])
    stack_id = s.IntegerField()
    stack_position = s.IntegerField()
    slice_count = s.IntegerField()
    weighting = s.CharField()
    center_lps = s.ListField(child=s.FloatField())
    row_direction_lps = s.ListField(child=s.FloatField())
    column_direction_lps = s.ListField(child=s.FloatField())
    pixel_mm = s.FloatField()
    image = GreySerializer()
    heat = GreySerializer()


class EvidenceSerializer(s.Serializer[Any]):
    """score: the grade of AI that the pictures are about."""

    score = s.IntegerField()
    pictures = EvidencePictureSerializer(many=True)


class EvidenceView(APIView):
    """What AI's grade of one cell rested on."""

    permission_classes = [IsReader]

    @extend_schema(operation_id="evidence", responses=EvidenceSerializer)
    def get(self, request: Request, reading_id: int, item: str, level: str, side: str) -> Response:
        """Pictures with heat. level: "L4-L5" of a disc; side: right, left or none.

        404 `no_evidence` in an arm without AI, whatever AI has said.
        """
        reading = readings.require_own_reading(reading_id, signed_in(request).pk)
        readings.require_in_schedule(reading)
        readings.require_session_open(reading)
        found = evidence_view(
            reading,
            item_code=item,
            disc_level=level.replace("-", "/"),
            side="" if side == "none" else side,
        )
        return Response(EvidenceSerializer(found).data, headers={"Cache-Control": "no-store"})
