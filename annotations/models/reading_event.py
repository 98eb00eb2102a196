"""What happened in a reading, and when."""

from __future__ import annotations

from django.db import models

from annotations.models.reading import Reading
from annotations.vocabulary.events import EVENT_KINDS
from spinestudy.common.append_only import append_only


class ReadingEvent(models.Model):
    """Never changed. `event_key` makes a resend harmless; `at` is the browser's clock."""

    reading = models.ForeignKey(Reading, on_delete=models.PROTECT, related_name="events")
    event_key = models.UUIDField(unique=True)
    window_key = models.UUIDField(help_text="one window of one browser")
    kind = models.CharField(max_length=20, choices=[(kind, kind) for kind in EVENT_KINDS])
    at = models.DateTimeField(help_text="clock of the reader's browser")
    stored_at = models.DateTimeField(auto_now_add=True)
    detail = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["reading", "kind"], name="reading_event_by_kind")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.reading_id} {self.kind}"
