"""Events, measurements, masks and preferences, as the reading room sends and takes them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers as s

from annotations.vocabulary import TOOLS
from annotations.vocabulary.events import EVENT_KINDS, MOST_EVENTS_AT_ONCE


class HappeningSerializer(s.Serializer[Any]):
    event_key = s.UUIDField()
    kind = s.ChoiceField(choices=list(EVENT_KINDS))
    at = s.DateTimeField()
    detail = s.DictField(required=False, default=dict)


class EventsSerializer(s.Serializer[Any]):
    window_key = s.UUIDField()
    events = HappeningSerializer(many=True, allow_empty=False)

    def validate_events(self, value: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """A browser sends its events in batches."""
        if len(value) > MOST_EVENTS_AT_ONCE:
            raise s.ValidationError(f"Send at most {MOST_EVENTS_AT_ONCE} events at once.")
        return value


class LastEventsSerializer(EventsSerializer):
    """Events that go with a submission; there may be none."""

    window_key = s.UUIDField(required=False)
    events = HappeningSerializer(many=True, required=False, default=list)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Events are those of a window."""
        if attrs["events"] and "window_key" not in attrs:
            raise s.ValidationError({"window_key": "Say which window the events come from."})
        return attrs


class EventsStoredSerializer(s.Serializer[Any]):
    stored = s.IntegerField()
    elsewhere = s.BooleanField()


class DrawingSerializer(s.Serializer[Any]):
    act_key = s.UUIDField()
    base_revision = s.IntegerField(min_value=0)
    kind = s.ChoiceField(choices=list(TOOLS))
    points_lps = s.ListField(
        child=s.ListField(
            child=s.FloatField(min_value=-5000, max_value=5000), min_length=3, max_length=3
        ),
        max_length=8,
    )
    stack_id = s.IntegerField()
    stack_position = s.IntegerField(min_value=0)
    label = s.CharField(allow_blank=True, max_length=120)  # type: ignore[assignment]
    is_deleted = s.BooleanField()
    drawn_at = s.DateTimeField()


class MeasurementSerializer(s.Serializer[Any]):
    measurement_key = s.UUIDField()
    kind = s.ChoiceField(choices=list(TOOLS))
    points_lps = s.ListField(child=s.ListField(child=s.FloatField()))
    stack_id = s.IntegerField()
    stack_position = s.IntegerField()
    label = s.CharField()  # type: ignore[assignment]
    values = s.DictField(child=s.FloatField(allow_null=True))
    revision = s.IntegerField()
    is_deleted = s.BooleanField()


class MaskSerializer(s.Serializer[Any]):
    stack_id = s.IntegerField()
    revision = s.IntegerField()


class VerdictSerializer(s.Serializer[Any]):
    item = s.CharField()
    disc_level = s.CharField()
    side = s.CharField()
    verdict = s.ChoiceField(choices=["accepted", "rejected"])


class PreferencesSerializer(s.Serializer[Any]):
    keys = s.DictField(
        child=s.ListField(child=s.CharField(max_length=24), max_length=4), required=False
    )
    ai_opacity = s.IntegerField(min_value=0, max_value=100, allow_null=True, required=False)

    def validate_keys(self, value: dict[str, list[str]]) -> dict[str, list[str]]:
        """A reader has no more than a few dozen actions."""
        if len(value) > 200 or any(len(name) > 60 for name in value):
            raise s.ValidationError("These are more keys than the reading room has.")
        return value
