"""Answers, and every version of them."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from annotations.models.item import Item
from annotations.models.reading import Reading
from spinestudy.common.append_only import append_only
from spinestudy.common.notify import CHANNEL

# The database refuses a score that isn't on the item's scale, whoever writes it.
_ON_SCALE = """
IF NEW.score IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM annotations_item i WHERE i.id = NEW.item_id AND NEW.score = ANY(i.scores)
) THEN
    RAISE EXCEPTION 'score % is not on the scale of item %', NEW.score, NEW.item_id
        USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""

_TELL_WATCHERS = f"""
PERFORM pg_notify('{CHANNEL}', json_build_object(
    'topic', 'reader-study-' || s.reader_study_id,
    'reading', NEW.reading_id, 'item', NEW.item_id)::text)
FROM annotations_reading r JOIN annotations_case s ON s.id = r.case_id
WHERE r.id = NEW.reading_id;
RETURN NULL;
"""


class Grade(models.Model):
    """The current answer to one item at one disc level.

    `score` null with `is_not_gradable` false means that the answer was taken back.
    """

    reading = models.ForeignKey(Reading, on_delete=models.PROTECT, related_name="grades")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="grades")
    disc_level = models.CharField(max_length=6)
    side = models.CharField(max_length=5, blank=True, default="")
    score = models.SmallIntegerField(null=True, blank=True)
    is_not_gradable = models.BooleanField(default=False)
    answered_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["reading_id", "item_id", "disc_level"]
        constraints = [
            models.UniqueConstraint(
                fields=["reading", "item", "disc_level", "side"], name="grade_one_per_cell"
            ),
            models.CheckConstraint(
                name="grade_not_gradable_has_no_score",
                condition=Q(is_not_gradable=False) | Q(score__isnull=True),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="score_on_scale",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=_ON_SCALE,
            ),
            pgtrigger.Trigger(
                name="tell_watchers",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=_TELL_WATCHERS,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.disc_level}: {self.score}"


class GradeEvent(models.Model):
    """Every answer ever sent, in order; never changed. `answer_key` makes a resend harmless."""

    grade = models.ForeignKey(Grade, on_delete=models.PROTECT, related_name="events")
    answer_key = models.UUIDField(unique=True)
    revision = models.PositiveIntegerField()
    score = models.SmallIntegerField(null=True, blank=True)
    is_not_gradable = models.BooleanField()
    answered_at = models.DateTimeField(help_text="clock of the reader's browser")
    stored_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["grade", "revision"], name="grade_event_unique_revision"
            )
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.grade_id} revision {self.revision}"
