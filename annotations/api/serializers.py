"""What the reading room and the dashboards exchange with the server."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers as s

from annotations.models import Reading
from annotations.vocabulary import DISC_LEVELS, FINDINGS


class ScaleSerializer(s.Serializer[Any]):
    code = s.CharField()
    scores = s.ListField(child=s.IntegerField())
    labels = s.ListField(child=s.CharField())
    definitions = s.ListField(child=s.CharField())


class ItemSerializer(s.Serializer[Any]):
    code = s.CharField()
    name = s.CharField()
    short_name = s.CharField()
    scale = ScaleSerializer()


class GradeSerializer(s.Serializer[Any]):
    item = s.CharField()
    disc_level = s.CharField()
    score = s.IntegerField(allow_null=True)
    not_gradable = s.BooleanField()
    answered_at = s.DateTimeField()
    revision = s.IntegerField()


class AnswerSerializer(s.Serializer[Any]):
    item = s.ChoiceField(choices=list(FINDINGS))
    disc_level = s.ChoiceField(choices=list(DISC_LEVELS))
    score = s.IntegerField(allow_null=True)
    not_gradable = s.BooleanField()
    answer_key = s.UUIDField()
    answered_at = s.DateTimeField()


class SubmitSerializer(s.Serializer[Any]):
    duration_s = s.FloatField(allow_null=True, min_value=0, max_value=86_400, required=False)


class SubmittedSerializer(s.Serializer[Any]):
    next_reading_id = s.IntegerField(allow_null=True)


def _point() -> s.ListField:
    """[x, y, z] in mm, LPS."""
    number = s.FloatField(min_value=-5000, max_value=5000)
    return s.ListField(child=number, min_length=3, max_length=3)


class MarkSerializer(s.Serializer[Any]):
    disc_level = s.ChoiceField(choices=list(DISC_LEVELS))
    position_lps = _point()


class MarksSerializer(s.Serializer[Any]):
    marks = MarkSerializer(many=True, allow_empty=False)


class LevelMarkSerializer(s.Serializer[Any]):
    disc_level = s.CharField()
    position_lps = _point()
    source = s.ChoiceField(choices=["case", "reading", "ai"])  # type: ignore[assignment]


class LevelMarksSerializer(s.Serializer[Any]):
    level_marks = LevelMarkSerializer(many=True)


class VoiSerializer(s.Serializer[Any]):
    center = s.FloatField()
    width = s.FloatField()


class FrameSerializer(s.Serializer[Any]):
    url = s.CharField()
    stack_id = s.IntegerField()
    stack_position = s.IntegerField()
    rows = s.IntegerField()
    columns = s.IntegerField()
    row_spacing_mm = s.FloatField(allow_null=True)
    column_spacing_mm = s.FloatField(allow_null=True)
    position_lps = s.ListField(child=s.FloatField(), allow_null=True)
    orientation_lps = s.ListField(child=s.FloatField(), allow_null=True)
    rescale_slope = s.FloatField()
    rescale_intercept = s.FloatField()
    bits_allocated = s.IntegerField()
    is_signed = s.BooleanField()
    samples_per_pixel = s.IntegerField()
    pixel_min = s.IntegerField()
    pixel_max = s.IntegerField()


class ViewerSeriesSerializer(s.Serializer[Any]):
    id = s.IntegerField()
    stack_ids = s.ListField(child=s.IntegerField())
    plane = s.CharField()
    weighting = s.CharField()
    label = s.CharField()  # type: ignore[assignment]
    photometric_interpretation = s.CharField()
    rows = s.IntegerField()
    columns = s.IntegerField()
    row_spacing_mm = s.FloatField(allow_null=True)
    column_spacing_mm = s.FloatField(allow_null=True)
    slice_spacing_mm = s.FloatField(allow_null=True)
    voi = VoiSerializer()
    frame_of_reference_uid = s.CharField()
    frames = FrameSerializer(many=True)


class ViewportSerializer(s.Serializer[Any]):
    role = s.ChoiceField(choices=["sagittal_t1", "sagittal_t2", "axial_t2"])
    title = s.CharField()
    series = ViewerSeriesSerializer(allow_null=True)


class ProposedGradeSerializer(s.Serializer[Any]):
    item = s.CharField()
    disc_level = s.CharField()
    score = s.IntegerField()
    probabilities = s.DictField(child=s.FloatField())


class OutlineSerializer(s.Serializer[Any]):
    stack_id = s.IntegerField()
    stack_position = s.IntegerField()
    structure = s.CharField()
    points_lps = s.ListField(child=s.ListField(child=s.FloatField()))


class AssistanceSerializer(s.Serializer[Any]):
    status = s.ChoiceField(choices=["none", "pending", "failed", "ready"])
    pipeline = s.CharField()
    grades = ProposedGradeSerializer(many=True)
    outlines = OutlineSerializer(many=True)


class ReaderStudyNameSerializer(s.Serializer[Any]):
    id = s.IntegerField()
    title = s.CharField()


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
    reader_study = ReaderStudyNameSerializer()
    case = ReadingCaseSerializer()
    arm = ReadingArmSerializer()
    progress = ReadingProgressSerializer()
    next_reading_id = s.IntegerField(allow_null=True)
    items = ItemSerializer(many=True)
    disc_levels = s.ListField(child=s.CharField())
    grades = GradeSerializer(many=True)
    level_marks = LevelMarkSerializer(many=True)
    viewports = ViewportSerializer(many=True)
    prediction = AssistanceSerializer(allow_null=True)


class WorklistReadingSerializer(s.Serializer[Any]):
    id = s.IntegerField()
    case_number = s.CharField()
    status = s.ChoiceField(choices=Reading.Status.values)
    position = s.IntegerField()


class WorklistSessionSerializer(s.Serializer[Any]):
    reader_study = ReaderStudyNameSerializer()
    arm = s.CharField()
    period = s.IntegerField()
    is_open = s.BooleanField()
    done = s.IntegerField()
    total = s.IntegerField()
    next_reading_id = s.IntegerField(allow_null=True)
    readings = WorklistReadingSerializer(many=True)
