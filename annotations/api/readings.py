"""The reader's side: worklist, reading, grades, level marks, submission."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.api import serializers
from annotations.selectors.ai_assistance import ai_assistance
from annotations.selectors.level_positions import level_positions
from annotations.selectors.reading_room import grade_view, level_mark_views, reading_view
from annotations.selectors.worklist import next_reading, worklist
from annotations.services import readings
from spinestudy.common.permissions import IsReader
from spinestudy.common.roles import signed_in


class WorklistView(APIView):
    """What this reader has to read."""

    permission_classes = [IsReader]

    @extend_schema(
        operation_id="worklist", responses=serializers.WorklistSessionSerializer(many=True)
    )
    def get(self, request: Request) -> Response:
        """Every open session with its cases in this reader's order."""
        body = [
            {
                "reader_study": {"id": one.reader_study.pk, "title": one.reader_study.title},
                "arm": one.reading_session.arm.label,
                "period": one.reading_session.period,
                "is_open": one.is_open,
                "done": one.done,
                "total": one.total,
                "next_reading_id": one.next_reading.pk if one.next_reading else None,
                "readings": [
                    {
                        "id": reading.pk,
                        "case_number": reading.case.number,
                        "status": reading.status,
                        "position": reading.position,
                    }
                    for reading in one.readings
                ],
            }
            for one in worklist(signed_in(request))
        ]
        return Response(serializers.WorklistSessionSerializer(body, many=True).data)


class ReadingView(APIView):
    """One reading with everything the reading room shows."""

    permission_classes = [IsReader]

    @extend_schema(operation_id="reading", responses=serializers.ReadingSerializer)
    def get(self, request: Request, reading_id: int) -> Response:
        """The reading; `prediction` is null in an arm without AI."""
        reading = readings.require_own_reading(reading_id, signed_in(request).pk)
        readings.require_session_open(reading)
        return Response(serializers.ReadingSerializer(reading_view(reading)).data)


class GradesView(APIView):
    """Answers of one reading."""

    permission_classes = [IsReader]

    @extend_schema(
        operation_id="store_grade",
        request=serializers.AnswerSerializer,
        responses=serializers.GradeSerializer,
    )
    def put(self, request: Request, reading_id: int) -> Response:
        """Store one answer; sending the same answer_key again changes nothing."""
        reading = readings.require_own_reading(reading_id, signed_in(request).pk)
        sent = serializers.AnswerSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        data = sent.validated_data
        grade = readings.store_grade(
            reading_id=reading.pk,
            answer=readings.Answer(
                finding_code=data["item"],
                disc_level=data["disc_level"],
                score=data["score"],
                is_not_gradable=data["not_gradable"],
                answer_key=data["answer_key"],
                answered_at=data["answered_at"],
            ),
        )
        return Response(serializers.GradeSerializer(grade_view(grade)).data)


class SubmitView(APIView):
    """The end of a reading."""

    permission_classes = [IsReader]

    @extend_schema(
        operation_id="submit_reading",
        request=serializers.SubmitSerializer,
        responses=serializers.SubmittedSerializer,
    )
    def post(self, request: Request, reading_id: int) -> Response:
        """Submit a complete reading and say which case comes next."""
        reading = readings.require_own_reading(reading_id, signed_in(request).pk)
        sent = serializers.SubmitSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        submitted = readings.submit_reading(
            reading_id=reading.pk, duration_s=sent.validated_data.get("duration_s")
        )
        following = next_reading(submitted)
        return Response({"next_reading_id": following.pk if following else None})


class LevelMarksView(APIView):
    """Where this reader sees the discs of the case."""

    permission_classes = [IsReader]

    @extend_schema(
        operation_id="mark_levels",
        request=serializers.MarksSerializer,
        responses=serializers.LevelMarksSerializer,
    )
    def put(self, request: Request, reading_id: int) -> Response:
        """Store disc centres, in mm of the patient's LPS frame."""
        reading = readings.require_own_reading(reading_id, signed_in(request).pk)
        sent = serializers.MarksSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        readings.mark_levels(
            reading_id=reading.pk,
            positions_lps=[
                (mark["disc_level"], tuple(mark["position_lps"]))
                for mark in sent.validated_data["marks"]
            ],
        )
        positions = level_positions(reading, ai_assistance(reading))
        return Response({"level_marks": level_mark_views(positions)})
