"""What the adjudication room and programs exchange with the server about the queue."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers as s

from annotations.api.marks_serializers import MaskSerializer, MeasurementSerializer
from annotations.api.serializers import (
    SIDES,
    ItemSerializer,
    LevelMarkSerializer,
    ReaderStudyNameSerializer,
    ReadingCaseSerializer,
    SegmentSerializer,
)
from annotations.api.viewer_serializers import HangingSerializer, ViewerSeriesSerializer
from annotations.design.protocol import FREEZABLE


class QueuedArmSerializer(s.Serializer[Any]):
    id = s.IntegerField()
    label = s.CharField()  # type: ignore[assignment]


class QueuedCaseSerializer(s.Serializer[Any]):
    arm = QueuedArmSerializer()
    case_id = s.IntegerField()
    case_number = s.CharField()
    cells = s.IntegerField()
    open_cells = s.IntegerField()


class CaseInQueueSerializer(s.Serializer[Any]):
    arm_id = s.IntegerField()
    case_id = s.IntegerField()


class VoteSerializer(s.Serializer[Any]):
    """reader: a letter, drawn anew for each case."""

    reader = s.CharField()
    score = s.IntegerField(allow_null=True)
    not_gradable = s.BooleanField()


class CellToDecideSerializer(s.Serializer[Any]):
    id = s.IntegerField()
    item = s.CharField()
    disc_level = s.CharField()
    side = s.ChoiceField(choices=SIDES)
    answers = VoteSerializer(many=True)


class MarksOfReaderSerializer(s.Serializer[Any]):
    letter = s.CharField()
    measurements = MeasurementSerializer(many=True)
    masks = MaskSerializer(many=True)


class AdjudicationProtocolSerializer(s.Serializer[Any]):
    frozen = s.ListField(child=s.ChoiceField(choices=list(FREEZABLE)))
    segments = SegmentSerializer(many=True)


class AdjudicationCaseSerializer(s.Serializer[Any]):
    """A case that waits, with its images. Nothing of AI, and nobody's name or code."""

    id = s.IntegerField()
    reader_study = ReaderStudyNameSerializer()
    arm = QueuedArmSerializer()
    case = ReadingCaseSerializer()
    protocol = AdjudicationProtocolSerializer()
    cases_left = s.IntegerField()
    next = CaseInQueueSerializer(allow_null=True)
    items = ItemSerializer(many=True)
    cells = CellToDecideSerializer(many=True)
    readers = MarksOfReaderSerializer(many=True)
    level_marks = LevelMarkSerializer(many=True)
    series = ViewerSeriesSerializer(many=True)
    hanging = HangingSerializer()


class DecisionSerializer(s.Serializer[Any]):
    """score null: not gradable."""

    cell = s.IntegerField()
    score = s.IntegerField(allow_null=True)
    comment = s.CharField(allow_blank=True, max_length=1000, required=False, default="")


class DecisionsSerializer(s.Serializer[Any]):
    """All open cells of the case, and the password of the person who signs."""

    decisions = DecisionSerializer(many=True, allow_empty=False)
    is_consensus = s.BooleanField(default=False)
    password = s.CharField(trim_whitespace=False, style={"input_type": "password"})


class DecidedSerializer(s.Serializer[Any]):
    decided = s.IntegerField()
    next = CaseInQueueSerializer(allow_null=True)
