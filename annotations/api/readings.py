"""The reader's side: worklist, reading, grades, levels, anatomy, submission."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.api import serializers
from annotations.api.marks_serializers import LastEventsSerializer
from annotations.selectors.ai_assistance import ai_assistance
from annotations.selectors.cells import anatomy_of
from annotations.selectors.grades import feedback_by_cell, grade_view, is_answered
from annotations.selectors.level_positions import level_mark_views, level_positions
from annotations.selectors.reading_room import anatomy_views, reading_view
from annotations.selectors.worklist import next_reading, worklist
from annotations.services import anatomy, grades, level_marks, readings, submission
from annotations.services.reading_events import Happening
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
                "phase": one.reading_session.phase,
                "opens_on": one.reading_session.opens_on,
                "is_open": one.is_open,
                "done": one.done,
                "total": one.total,
                "next_reading_id": one.next_reading.pk if one.next_reading else None,
                "readings": [
                    {
                        "id": reading.pk,
                        "case_number": reading.shown_number,
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
        readings.require_in_schedule(reading)
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
        """Store one answer; sending the same answer_key again changes nothing.

        409 `changed_elsewhere` where the cell has another revision than `base_revision`.
        """
        reading = readings.require_own_reading(reading_id, signed_in(request).pk)
        sent = serializers.AnswerSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        data = sent.validated_data
        grade = grades.store_grade(
            reading_id=reading.pk,
            answer=grades.Answer(
                finding_code=data["item"],
                disc_level=data["disc_level"],
                side=data["side"],
                score=data["score"],
                is_not_gradable=data["not_gradable"],
                reason=data["reason"],
                confidence=data["confidence"],
                comment=data["comment"],
                answer_key=data["answer_key"],
                answered_at=data["answered_at"],
                base_revision=data["base_revision"],
            ),
        )
        cell = (grade.item_id, grade.disc_level, grade.side)
        feedback = feedback_by_cell(reading).get(cell) if is_answered(grade) else None
        return Response(serializers.GradeSerializer(grade_view(grade, feedback)).data)


class SubmitView(APIView):
    """The end of a reading."""

    permission_classes = [IsReader]

    @extend_schema(
        operation_id="submit_reading",
        request=LastEventsSerializer,
        responses=serializers.SubmittedSerializer,
    )
    def post(self, request: Request, reading_id: int) -> Response:
        """Submit a complete reading and say which case comes next.

        Events that come with it are stored with it, or not at all where it is refused.
        """
        reading = readings.require_own_reading(reading_id, signed_in(request).pk)
        sent = LastEventsSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        submitted = submission.submit_reading(
            reading_id=reading.pk,
            window_key=sent.validated_data.get("window_key"),
            last_events=[Happening(**one) for one in sent.validated_data["events"]],
        )
        following = next_reading(submitted)
        return Response({"next_reading_id": following.pk if following else None})


class LevelMarksView(APIView):
    """Where this reader sees discs and vertebral bodies of the case."""

    permission_classes = [IsReader]

    @extend_schema(
        operation_id="mark_levels",
        request=serializers.MarksSerializer,
        responses=serializers.LevelMarksSerializer,
    )
    def put(self, request: Request, reading_id: int) -> Response:
        """Store centres, in mm of the patient's LPS frame, in place of this reading's earlier."""
        reading = readings.require_own_reading(reading_id, signed_in(request).pk)
        sent = serializers.MarksSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        level_marks.mark_levels(
            reading_id=reading.pk,
            marks=[
                level_marks.Mark(mark["kind"], mark["level"], tuple(mark["position_lps"]))
                for mark in sent.validated_data["marks"]
            ],
        )
        positions = level_positions(reading, ai_assistance(reading))
        return Response({"level_marks": level_mark_views(positions)})


class AnatomyView(APIView):
    """How many lumbar bodies this reader counts."""

    permission_classes = [IsReader]

    @extend_schema(
        operation_id="set_anatomy",
        request=serializers.AnatomyActSerializer,
        responses=serializers.AnatomyLevelsSerializer,
    )
    def put(self, request: Request, reading_id: int) -> Response:
        """Store the count and the transition; answers with the levels that follow."""
        reading = readings.require_own_reading(reading_id, signed_in(request).pk)
        sent = serializers.AnatomyActSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        anatomy.set_anatomy(reading_id=reading.pk, **sent.validated_data)
        return Response(anatomy_views(anatomy_of(reading)))
