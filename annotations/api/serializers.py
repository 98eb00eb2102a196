"""What the reading room and the dashboards exchange with the server."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers as s

from annotations.api.marks_serializers import (
    MaskSerializer,
    MeasurementSerializer,
    VerdictSerializer,
)
from annotations.api.viewer_serializers import HangingSerializer, ViewerSeriesSerializer
from annotations.design.protocol import FREEZABLE
from annotations.models import Reading, ReadingSession
from annotations.vocabulary import (
    ALL_LEVELS,
    CONFIDENCE,
    LUMBAR_COUNTS,
    NOT_GRADABLE_REASONS,
    TRANSITIONS,
)

SIDES = ["", "right", "left"]


class ScaleSerializer(s.Serializer[Any]):
    code = s.CharField()
    scores = s.ListField(child=s.IntegerField())
    labels = s.ListField(child=s.CharField())
    definitions = s.ListField(child=s.CharField())


class ConditionSerializer(s.Serializer[Any]):
    item = s.CharField()
    min_score = s.IntegerField()


class ItemSerializer(s.Serializer[Any]):
    code = s.CharField()
    name = s.CharField()
    short_name = s.CharField()
    site = s.CharField()
    site_kind = s.ChoiceField(choices=["disc", "vertebra"])
    definition = s.CharField()
    sides = s.ListField(child=s.CharField(allow_blank=True))
    is_required = s.BooleanField()
    depends_on = ConditionSerializer(allow_null=True)
    normal_score = s.IntegerField(allow_null=True)
    scale = ScaleSerializer()


class FeedbackSerializer(s.Serializer[Any]):
    score = s.IntegerField()
    label = s.CharField()  # type: ignore[assignment]
    explanation = s.CharField()


class GradeSerializer(s.Serializer[Any]):
    item = s.CharField()
    disc_level = s.CharField()
    side = s.ChoiceField(choices=SIDES)
    score = s.IntegerField(allow_null=True)
    not_gradable = s.BooleanField()
    reason = s.ChoiceField(choices=["", *NOT_GRADABLE_REASONS])
    confidence = s.IntegerField(allow_null=True)
    comment = s.CharField()
    answered_at = s.DateTimeField()
    revision = s.IntegerField()
    feedback = FeedbackSerializer(allow_null=True)


class AnswerSerializer(s.Serializer[Any]):
    item = s.CharField(max_length=60)
    disc_level = s.ChoiceField(choices=list(ALL_LEVELS))
    side = s.ChoiceField(choices=SIDES, allow_blank=True)
    score = s.IntegerField(allow_null=True)
    not_gradable = s.BooleanField()
    reason = s.ChoiceField(choices=["", *NOT_GRADABLE_REASONS], allow_blank=True)
    confidence = s.IntegerField(
        allow_null=True, min_value=min(CONFIDENCE), max_value=max(CONFIDENCE)
    )
    comment = s.CharField(allow_blank=True, max_length=2000)
    answer_key = s.UUIDField()
    answered_at = s.DateTimeField()
    base_revision = s.IntegerField(min_value=0)


class SubmittedSerializer(s.Serializer[Any]):
    next_reading_id = s.IntegerField(allow_null=True)


def _point() -> s.ListField:
    """[x, y, z] in mm, LPS."""
    number = s.FloatField(min_value=-5000, max_value=5000)
    return s.ListField(child=number, min_length=3, max_length=3)


KINDS = ["disc", "vertebra"]


class MarkSerializer(s.Serializer[Any]):
    kind = s.ChoiceField(choices=KINDS)
    level = s.CharField(max_length=8)
    position_lps = _point()


class MarksSerializer(s.Serializer[Any]):
    marks = MarkSerializer(many=True, allow_empty=False)


class LevelMarkSerializer(s.Serializer[Any]):
    kind = s.ChoiceField(choices=KINDS)
    level = s.CharField()
    position_lps = _point()
    source = s.ChoiceField(choices=["case", "reading", "ai"])  # type: ignore[assignment]


class LevelMarksSerializer(s.Serializer[Any]):
    level_marks = LevelMarkSerializer(many=True)


class AnatomyActSerializer(s.Serializer[Any]):
    lumbar_count = s.ChoiceField(choices=list(LUMBAR_COUNTS))
    transition = s.ChoiceField(choices=list(TRANSITIONS))
    base_revision = s.IntegerField(min_value=0)
    act_key = s.UUIDField()


class AnatomySerializer(s.Serializer[Any]):
    lumbar_count = s.IntegerField()
    transition = s.ChoiceField(choices=list(TRANSITIONS))
    revision = s.IntegerField()


class AnatomyLevelsSerializer(s.Serializer[Any]):
    anatomy = AnatomySerializer()
    disc_levels = s.ListField(child=s.CharField())
    vertebral_levels = s.ListField(child=s.CharField())


class ProposedGradeSerializer(s.Serializer[Any]):
    item = s.CharField()
    disc_level = s.CharField()
    side = s.ChoiceField(choices=SIDES)
    score = s.IntegerField()
    probabilities = s.DictField(child=s.FloatField())
    prediction_set = s.ListField(child=s.IntegerField())
    why_no_set = s.CharField(allow_blank=True)


class DetectionSerializer(s.Serializer[Any]):
    """A finding in a box: the item has at least that score. Axes are unit vectors, LPS."""

    id = s.IntegerField()
    item = s.CharField()
    at_least = s.IntegerField()
    disc_level = s.CharField()
    side = s.ChoiceField(choices=SIDES)
    frame_of_reference_uid = s.CharField()
    stack_id = s.IntegerField()
    center_lps = _point()
    axes_lps = s.ListField(child=_point(), min_length=3, max_length=3)
    size_mm = _point()
    score = s.FloatField()
    is_calibrated = s.BooleanField()
    verdict = s.ChoiceField(choices=["", "accepted", "rejected"])


class OutlineSerializer(s.Serializer[Any]):
    stack_id = s.IntegerField()
    stack_position = s.IntegerField()
    structure = s.CharField()
    points_lps = s.ListField(child=s.ListField(child=s.FloatField()))


class MeasureOfAiSerializer(s.Serializer[Any]):
    """A number behind a grade: `value` in `unit` ("" of a ratio), or null and `reason`.

    items: codes of the items whose grade it helps to judge; none where it may be any.
    """

    code = s.CharField()
    name = s.CharField()
    short_name = s.CharField()
    definition = s.CharField()
    items = s.ListField(child=s.CharField())
    disc_level = s.CharField()
    side = s.ChoiceField(choices=SIDES)
    value = s.FloatField(allow_null=True)
    unit = s.CharField(allow_blank=True)
    digits = s.IntegerField()
    reason = s.CharField(allow_blank=True)


class FlagSerializer(s.Serializer[Any]):
    """What makes the AI's word on this exam less sure."""

    code = s.CharField()
    words = s.CharField()


class AssistanceSerializer(s.Serializer[Any]):
    status = s.ChoiceField(choices=["none", "pending", "failed", "ready"])
    pipeline = s.CharField()
    grades = ProposedGradeSerializer(many=True)
    outlines = OutlineSerializer(many=True)
    detections = DetectionSerializer(many=True)
    measures = MeasureOfAiSerializer(many=True)
    flags = FlagSerializer(many=True)


class ReaderStudyNameSerializer(s.Serializer[Any]):
    id = s.IntegerField()
    title = s.CharField()


class SegmentSerializer(s.Serializer[Any]):
    value = s.IntegerField()
    code = s.CharField()
    name = s.CharField()
    color = s.CharField()


class ProtocolSerializer(s.Serializer[Any]):
    idle_cutoff_s = s.IntegerField()
    asks_confidence = s.BooleanField()
    tools = s.ListField(child=s.CharField())
    frozen = s.ListField(child=s.ChoiceField(choices=list(FREEZABLE)))
    segments = SegmentSerializer(many=True)


class ReadingCaseSerializer(s.Serializer[Any]):
    number = s.CharField()
    is_synthetic = s.BooleanField()


class ReadingArmSerializer(s.Serializer[Any]):
    label = s.CharField()  # type: ignore[assignment]
    ai_allowed = s.BooleanField()


class ReadingProgressSerializer(s.Serializer[Any]):
    done = s.IntegerField()
    total = s.IntegerField()
    position = s.IntegerField()


class ReadingSerializer(s.Serializer[Any]):
    id = s.IntegerField()
    status = s.ChoiceField(choices=Reading.Status.values)
    phase = s.ChoiceField(choices=ReadingSession.Phase.values)
    reader_study = ReaderStudyNameSerializer()
    protocol = ProtocolSerializer()
    case = ReadingCaseSerializer()
    arm = ReadingArmSerializer()
    progress = ReadingProgressSerializer()
    next_reading_id = s.IntegerField(allow_null=True)
    items = ItemSerializer(many=True)
    anatomy = AnatomySerializer()
    disc_levels = s.ListField(child=s.CharField())
    vertebral_levels = s.ListField(child=s.CharField())
    grades = GradeSerializer(many=True)
    level_marks = LevelMarkSerializer(many=True)
    measurements = MeasurementSerializer(many=True)
    masks = MaskSerializer(many=True)
    series = ViewerSeriesSerializer(many=True)
    hanging = HangingSerializer()
    prediction = AssistanceSerializer(allow_null=True)
    ai_verdicts = VerdictSerializer(many=True)


class WorklistReadingSerializer(s.Serializer[Any]):
    id = s.IntegerField()
    case_number = s.CharField()
    status = s.ChoiceField(choices=Reading.Status.values)
    position = s.IntegerField()


class WorklistSessionSerializer(s.Serializer[Any]):
    reader_study = ReaderStudyNameSerializer()
    arm = s.CharField()
    period = s.IntegerField()
    phase = s.ChoiceField(choices=ReadingSession.Phase.values)
    opens_on = s.DateField(allow_null=True)
    is_open = s.BooleanField()
    done = s.IntegerField()
    total = s.IntegerField()
    next_reading_id = s.IntegerField(allow_null=True)
    readings = WorklistReadingSerializer(many=True)
