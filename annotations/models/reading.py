"""One reader's reading of one case in one session."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q

from annotations.models.arm import ReadingSession
from annotations.models.case import Case
from annotations.models.enrolment import Enrolment

_SCHEDULE_IS_FROZEN = """
IF TG_OP = 'UPDATE' AND (OLD.enrolment_id, OLD.case_id, OLD.reading_session_id, OLD.position,
        OLD."order", OLD.repeat_of_id, OLD.follows_id, OLD.alias)
    IS NOT DISTINCT FROM (NEW.enrolment_id, NEW.case_id, NEW.reading_session_id, NEW.position,
        NEW."order", NEW.repeat_of_id, NEW.follows_id, NEW.alias)
THEN
    RETURN NEW;
END IF;
IF EXISTS (
    SELECT 1 FROM annotations_schedule s JOIN annotations_enrolment e USING (reader_study_id)
    WHERE s.frozen_at IS NOT NULL AND e.id = OLD.enrolment_id
) THEN
    RAISE EXCEPTION 'the schedule of this reader study is frozen'
        USING ERRCODE = 'check_violation';
END IF;
RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
"""
# Once a statement, not once a row: a schedule may have 160,000 of them.
_SCHEDULE_GROWS_BY_AMENDMENT = """
IF EXISTS (
    SELECT 1 FROM added
    JOIN annotations_enrolment e ON e.id = added.enrolment_id
    JOIN annotations_schedule s ON s.reader_study_id = e.reader_study_id
    WHERE s.frozen_at IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM annotations_scheduleamendment a
        WHERE a.reader_study_id = s.reader_study_id AND a.made_at = transaction_timestamp()
    )
) THEN
    RAISE EXCEPTION 'the schedule of this reader study is frozen'
        USING ERRCODE = 'check_violation';
END IF;
RETURN NULL;
"""


class Reading(models.Model):
    """One row of the schedule, with how far it has come. Never deleted once reading has begun.

    A frozen schedule only grows, in the transaction of an amendment; what an amendment takes out
    is closed as withdrawn and kept.

    position: seeded place in this reader's order of the session, from 1; order: the same over all
    sessions of the period. repeat_of: the first reading of which this is the hidden repeat.
    follows: the unaided reading of the same sitting, which must be submitted before. alias: the
    number under which a repeat is shown. not_before: end of the washout, once it is known.
    """

    class Status(models.TextChoices):
        ASSIGNED = "assigned", "assigned"
        IN_PROGRESS = "in_progress", "in progress"
        SUBMITTED = "submitted", "submitted"
        AMENDED = "amended", "amended"
        WITHDRAWN = "withdrawn", "withdrawn"

    # its own index would be the beginning of that of reading_unique_position
    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.PROTECT, related_name="readings", db_index=False
    )
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="readings")
    reading_session = models.ForeignKey(
        ReadingSession, on_delete=models.PROTECT, related_name="readings"
    )
    position = models.PositiveIntegerField()
    order = models.PositiveIntegerField(default=0)
    repeat_of = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="repeat"
    )
    follows = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="followed_by"
    )
    alias = models.CharField(max_length=12, blank=True, default="")
    not_before = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.ASSIGNED)
    started_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(
        null=True, blank=True, help_text="first seen in the reading room, by the server's clock"
    )
    active_s = models.FloatField(null=True, blank=True, help_text="work, without what follows")
    idle_s = models.FloatField(null=True, blank=True)
    hidden_s = models.FloatField(null=True, blank=True)
    paused_s = models.FloatField(null=True, blank=True)
    image_load_s = models.FloatField(null=True, blank=True)
    seconds_by_level = models.JSONField(default=dict, blank=True)
    is_time_plausible = models.BooleanField(
        null=True, blank=True, help_text="work fits between the server's stamps"
    )

    class Meta:
        ordering = ["enrolment_id", "reading_session_id", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "case", "reading_session"],
                condition=Q(repeat_of=None),
                name="reading_once_per_session",
            ),
            models.UniqueConstraint(
                fields=["enrolment", "reading_session", "position"],
                name="reading_unique_position",
            ),
            models.CheckConstraint(
                name="reading_submitted_has_time",
                condition=Q(status__in=["assigned", "in_progress", "withdrawn"])
                | Q(submitted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="reading_waits_for_washout",
                condition=Q(not_before=None)
                | (
                    (Q(started_at=None) | Q(started_at__gte=F("not_before")))
                    & (Q(opened_at=None) | Q(opened_at__gte=F("not_before")))
                ),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="schedule_is_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=_SCHEDULE_IS_FROZEN,
            ),
            pgtrigger.Trigger(
                name="schedule_grows_by_amendment",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(new="added"),  # type: ignore[no-untyped-call]
                func=_SCHEDULE_GROWS_BY_AMENDMENT,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment} {self.case}"

    @property
    def shown_number(self) -> str:
        """The blinded number that the reader sees; a repeat has one of its own."""
        return self.alias or self.case.number
