"""Cells on which readers differ, what was decided, and the reference that follows."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from annotations.models.arm import Arm
from annotations.models.case import Case
from annotations.models.item import Item
from spinestudy.common.append_only import append_only

_ON_SCALE = """
IF NEW.score IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM annotations_item i WHERE i.id = NEW.item_id AND NEW.score = ANY(i.scores)
) THEN
    RAISE EXCEPTION 'score % is not on the scale of item %', NEW.score, NEW.item_id
        USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""


def score_on_scale() -> pgtrigger.Trigger:
    """The database refuses a score that isn't on the item's scale."""
    return pgtrigger.Trigger(
        name="score_on_scale",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=_ON_SCALE,
    )


class Adjudication(models.Model):
    """One cell in the queue. votes: what each reader said when it was put there, by code."""

    arm = models.ForeignKey(Arm, on_delete=models.PROTECT, related_name="adjudications")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="adjudications")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="adjudications")
    disc_level = models.CharField(max_length=6)
    side = models.CharField(max_length=5, blank=True, default="")
    votes = models.JSONField()
    rule = models.JSONField()
    queued_at = models.DateTimeField(auto_now_add=True)
    score = models.SmallIntegerField(null=True, blank=True)
    is_not_gradable = models.BooleanField(default=False)
    comment = models.CharField(max_length=1000, blank=True, default="")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["arm_id", "case__number", "item__position", "disc_level", "side"]
        constraints = [
            models.UniqueConstraint(
                fields=["arm", "case", "item", "disc_level", "side"],
                name="adjudication_one_per_cell",
            ),
            models.CheckConstraint(
                name="adjudication_decided_has_answer",
                condition=Q(decided_at=None)
                | Q(score__isnull=False, is_not_gradable=False)
                | Q(score=None, is_not_gradable=True),
            ),
        ]
        triggers = [score_on_scale()]

    def __str__(self) -> str:
        return f"{self.case_id} {self.item_id} {self.disc_level}"


class ReferenceRecord(models.Model):
    """What is held to be right in one cell, in versions; never changed, the newest counts.

    provenance says where it comes from; basis holds the votes, the adjudication or the file.
    """

    class Provenance(models.TextChoices):
        MAJORITY = "majority", "majority of readers"
        CONSENSUS = "consensus", "consensus of a panel"
        ADJUDICATOR = "adjudicator", "adjudicator"
        EXTERNAL = "external", "from outside"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reference_records")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="reference_records")
    disc_level = models.CharField(max_length=6)
    side = models.CharField(max_length=5, blank=True, default="")
    version = models.PositiveIntegerField()
    score = models.SmallIntegerField(null=True, blank=True, help_text="empty: not gradable")
    provenance = models.CharField(max_length=11, choices=Provenance)
    basis = models.JSONField(default=dict, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["case_id", "item_id", "disc_level", "side", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "item", "disc_level", "side", "version"],
                name="reference_record_unique_version",
            )
        ]
        triggers = [*append_only(), score_on_scale()]

    def __str__(self) -> str:
        return f"{self.case_id} {self.item_id} {self.disc_level} version {self.version}"
