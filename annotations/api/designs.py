"""Protocol, schedule and reference of a reader study, to be read by programs."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework import serializers as s
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.models import Protocol, Reading, ReferenceRecord
from annotations.selectors.live_view import exported_arms
from annotations.selectors.memberships import ANALYSTS, COORDINATORS, require_reader_study
from spinestudy.common.token_scopes import ADJUDICATION_READ, DESIGN_READ


class ProtocolVersionSerializer(s.ModelSerializer[Protocol]):
    """One version; the newest is in force."""

    written_by = s.CharField(source="written_by.username", read_only=True)
    body = s.DictField(read_only=True)

    class Meta:
        model = Protocol
        fields = ["version", "sha256", "reason", "written_by", "written_at", "body"]
        read_only_fields = fields


class DrawnScheduleSerializer(s.Serializer[Any]):
    """Of the schedule as it was drawn."""

    sha256 = s.CharField()
    n_readings = s.IntegerField()
    drawn_at = s.DateTimeField()
    frozen_at = s.DateTimeField(allow_null=True)


class ProtocolsSerializer(s.Serializer[Any]):
    status = s.CharField()
    design = s.CharField()
    seed = s.IntegerField()
    schedule = DrawnScheduleSerializer()
    versions = ProtocolVersionSerializer(many=True)


class ProtocolView(APIView):
    """What was decided before reading."""

    permission_classes = [IsAuthenticated]
    token_scopes = {"GET": DESIGN_READ}

    @extend_schema(operation_id="protocol", responses=ProtocolsSerializer)
    def get(self, request: Request, reader_study_id: int) -> Response:
        """Every version, the newest last; for everybody with a role in the reader study."""
        reader_study = require_reader_study(reader_study_id, request.user)
        versions = reader_study.protocols.select_related("written_by").order_by("version")
        body = {
            "status": reader_study.status,
            "design": reader_study.design,
            "seed": reader_study.seed,
            "schedule": reader_study.schedule,
            "versions": versions,
        }
        return Response(ProtocolsSerializer(body).data)


class ScheduledReadingSerializer(s.ModelSerializer[Reading]):
    """One reading to be done. case_number: the first number, also of a hidden repeat."""

    reader = s.CharField(source="enrolment.code", read_only=True)
    period = s.IntegerField(source="reading_session.period", read_only=True)
    phase = s.CharField(source="reading_session.phase", read_only=True)
    arm = s.CharField(source="reading_session.arm.label", read_only=True)
    case_number = s.CharField(source="case.number", read_only=True)
    is_repeat = s.SerializerMethodField()
    due_on = s.DateField(source="reading_session.due_on", allow_null=True, read_only=True)

    class Meta:
        model = Reading
        fields = [
            "reader",
            "period",
            "phase",
            "order",
            "case_number",
            "arm",
            "is_repeat",
            "status",
            "not_before",
            "due_on",
        ]
        read_only_fields = fields

    def get_is_repeat(self, reading: Reading) -> bool:
        """Whether it is a hidden second reading."""
        return reading.repeat_of_id is not None


class ScheduleView(generics.ListAPIView[Reading]):
    """The schedule in force, by reader, period and order; withdrawn readings are left out."""

    permission_classes = [IsAuthenticated]
    token_scopes = {"GET": DESIGN_READ}
    serializer_class = ScheduledReadingSerializer
    queryset = Reading.objects.none()

    @extend_schema(operation_id="schedule")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page of readings to be done."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Reading]:
        """For coordinators and statisticians."""
        reader_study = require_reader_study(
            self.kwargs["reader_study_id"], self.request.user, *ANALYSTS
        )
        return (
            Reading.objects.filter(enrolment__reader_study=reader_study)
            .exclude(status=Reading.Status.WITHDRAWN)
            .select_related("enrolment", "case", "reading_session__arm")
            .order_by("enrolment_id", "reading_session__period", "order", "pk")
        )


class ReferenceSerializer(s.ModelSerializer[ReferenceRecord]):
    """One version of what is held to be right in a cell; score null: not gradable."""

    case_number = s.CharField(source="case.number", read_only=True)
    item = s.CharField(source="item.finding_code", read_only=True)
    basis = s.DictField(read_only=True)
    made_by = s.CharField(source="made_by.username", read_only=True)

    class Meta:
        model = ReferenceRecord
        fields = [
            "case_number",
            "item",
            "disc_level",
            "side",
            "version",
            "score",
            "provenance",
            "basis",
            "made_by",
            "made_at",
        ]
        read_only_fields = fields


class ReferencesView(generics.ListAPIView[ReferenceRecord]):
    """The reference in every version with where it comes from, by case, item and level."""

    permission_classes = [IsAuthenticated]
    token_scopes = {"GET": ADJUDICATION_READ}
    serializer_class = ReferenceSerializer
    queryset = ReferenceRecord.objects.none()

    @extend_schema(operation_id="references")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page of reference records."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[ReferenceRecord]:
        """For coordinators; what rests on votes of an arm that is withheld from them isn't told."""
        reader_study = require_reader_study(
            self.kwargs["reader_study_id"], self.request.user, *COORDINATORS
        )
        arms = reader_study.arms.filter(pk__in=exported_arms(reader_study, self.request.user))
        labels = list(arms.values_list("label", flat=True))
        return (
            ReferenceRecord.objects.filter(case__reader_study=reader_study)
            .filter(~Q(basis__has_key="arm") | Q(basis__arm__in=labels))
            .select_related("case", "item", "made_by")
            .order_by("case__number", "item__position", "disc_level", "side", "version")
        )
