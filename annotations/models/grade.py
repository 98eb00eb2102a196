"""Answers, and every version of them."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from annotations.models.item import Item
from annotations.models.locked_data import refuse_when_locked
from annotations.models.reading import Reading
from annotations.vocabulary import CONFIDENCE, NOT_GRADABLE_REASONS
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

# The name of a disc has a slash, that of a vertebra has none.
_AT_ITS_LEVEL = """
IF EXISTS (
    SELECT 1 FROM annotations_item i
    WHERE i.id = NEW.item_id AND (i.site_kind = 'disc') <> (strpos(NEW.disc_level, '/') > 0)
) THEN
    RAISE EXCEPTION 'item % is not graded at %', NEW.item_id, NEW.disc_level
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

# Whoever follows the grades asks for what transactions that it hadn't seen have written.
_NOTE_TRANSACTION = """
NEW.changed_in := pg_current_xact_id()::text::bigint;
RETURN NEW;
"""


class Grade(models.Model):
    """The current answer to one item at one level and side.

    `disc_level`: the disc, or, of an item of vertebrae, the vertebra.

    `score` null with `is_not_gradable` false means that the answer was taken back.
    `is_applicable` false: kept, but the level isn't there in this spine (as the reader says), or
    the item's condition isn't met any more; such a grade counts nowhere. Never deleted.
    """

    reading = models.ForeignKey(Reading, on_delete=models.PROTECT, related_name="grades")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="grades")
    disc_level = models.CharField(max_length=6)
    side = models.CharField(max_length=5, blank=True, default="")
    score = models.SmallIntegerField(null=True, blank=True)
    is_not_gradable = models.BooleanField(default=False)
    reason = models.CharField(
        max_length=20, blank=True, default="", choices=list(NOT_GRADABLE_REASONS.items())
    )
    confidence = models.PositiveSmallIntegerField(null=True, blank=True)
    comment = models.CharField(max_length=2000, blank=True, default="")
    is_applicable = models.BooleanField(default=True)
    answered_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=1)
    changed_in = models.BigIntegerField(
        default=0, editable=False, help_text="the transaction that wrote it last, by the database"
    )

    class Meta:
        ordering = ["reading_id", "item_id", "disc_level"]
        indexes = [models.Index(fields=["item", "changed_in"], name="grade_by_change")]
        constraints = [
            models.UniqueConstraint(
                fields=["reading", "item", "disc_level", "side"], name="grade_one_per_cell"
            ),
            models.CheckConstraint(
                name="grade_not_gradable_has_no_score",
                condition=Q(is_not_gradable=False) | Q(score__isnull=True),
            ),
            models.CheckConstraint(
                name="grade_reason_is_of_not_gradable",
                condition=Q(is_not_gradable=True) | Q(reason=""),
            ),
            models.CheckConstraint(
                name="grade_confidence_on_scale",
                condition=Q(confidence=None) | Q(confidence__in=list(CONFIDENCE)),
            ),
        ]
        triggers = [
            refuse_when_locked(),
            pgtrigger.Trigger(
                name="score_on_scale",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=_ON_SCALE,
            ),
            pgtrigger.Trigger(
                name="at_its_level",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=_AT_ITS_LEVEL,
            ),
            pgtrigger.Trigger(
                name="note_transaction",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=_NOTE_TRANSACTION,
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
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
    reason = models.CharField(max_length=20, blank=True, default="")
    confidence = models.PositiveSmallIntegerField(null=True, blank=True)
    comment = models.CharField(max_length=2000, blank=True, default="")
    answered_at = models.DateTimeField(help_text="clock of the reader's browser")
    stored_at = models.DateTimeField(auto_now_add=True)
    is_carried_over = models.BooleanField(
        default=False, help_text="taken from the unaided reading of the same sitting"
    )

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
