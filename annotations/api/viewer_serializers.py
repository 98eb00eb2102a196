"""What hangs in the viewports, as the reading room takes it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers as s


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
    role = s.CharField()
    title = s.CharField()
    is_prior = s.BooleanField()
    performed_on = s.DateField(allow_null=True)
    banners = s.ListField(child=s.CharField())


class SlotSerializer(s.Serializer[Any]):
    role = s.CharField()
    title = s.CharField()
    series_id = s.IntegerField(allow_null=True)
    row = s.IntegerField()
    column = s.IntegerField()
    row_span = s.IntegerField()
    column_span = s.IntegerField()


class LayoutSerializer(s.Serializer[Any]):
    name = s.CharField()
    rows = s.IntegerField()
    columns = s.IntegerField()
    slots = SlotSerializer(many=True)


class ChosenHangingSerializer(s.Serializer[Any]):
    """What the reader has hung last in this reading: a layout by name, series slot by slot."""

    layout = s.CharField()
    hung = s.ListField(child=s.IntegerField(allow_null=True))


class HangingSerializer(s.Serializer[Any]):
    name = s.CharField()
    layouts = LayoutSerializer(many=True)
    chosen = ChosenHangingSerializer(allow_null=True)
