"""The research: which cases, which readers, which arms, which items."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from annotations.design.plan import DESIGNS
from annotations.vocabulary import HANGING_PROTOCOLS

_DESIGN_IS_FROZEN = """
IF (OLD.design, OLD.seed, OLD.has_ordered_sessions, OLD.idle_cutoff_s, OLD.asks_confidence,
    OLD.tools, OLD.segments, OLD.hanging)
    IS DISTINCT FROM
    (NEW.design, NEW.seed, NEW.has_ordered_sessions, NEW.idle_cutoff_s, NEW.asks_confidence,
    NEW.tools, NEW.segments, NEW.hanging)
    AND EXISTS (
        SELECT 1 FROM annotations_schedule s
        WHERE s.reader_study_id = OLD.id AND s.frozen_at IS NOT NULL
    )
THEN
    RAISE EXCEPTION 'reader study % is being read; its design and viewer settings are frozen',
        OLD.id USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""


def default_hanging() -> dict[str, Any]:
    """The lumbar hanging protocol."""
    return HANGING_PROTOCOLS["lumbar"].as_data()


class ReaderStudy(models.Model):
    """DRAFT may change; OPEN is read; LOCKED takes no more grades; ANALYSED is reported.

    A DISCARDED draft is kept but shown nowhere; its title is free again.

    `seed` decides every case order; it is stored so that the order can be made again.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", "draft"
        OPEN = "open", "open"
        LOCKED = "locked", "locked"
        ANALYSED = "analysed", "analysed"
        DISCARDED = "discarded", "discarded"

    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    design = models.CharField(
        max_length=20, default="fully_crossed", choices=[(code, code) for code in DESIGNS]
    )
    seed = models.PositiveBigIntegerField()
    has_ordered_sessions = models.BooleanField(
        "sessions in order",
        default=True,
        help_text="A reader finishes one session before the next one opens.",
    )
    idle_cutoff_s = models.PositiveIntegerField(
        default=60, help_text="Without input for this long, time counts as idle."
    )
    asks_confidence = models.BooleanField(default=False)
    tools = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    segments = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    hanging = models.JSONField(default=default_hanging, help_text="the hanging protocol, whole")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reader_studies"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    locked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "reader studies"
        constraints = [
            models.UniqueConstraint(
                fields=["title"],
                condition=~Q(status="discarded"),
                name="reader_study_unique_title",
                violation_error_message="There is already a reader study of that title; choose "
                "another.",
            ),
            models.CheckConstraint(
                name="reader_study_open_has_time",
                condition=Q(status__in=["draft", "discarded"]) | Q(opened_at__isnull=False),
            ),
            models.CheckConstraint(
                name="reader_study_status_is_known",
                condition=Q(status__in=["draft", "open", "locked", "analysed", "discarded"]),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="design_is_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=_DESIGN_IS_FROZEN,
            )
        ]

    def __str__(self) -> str:
        return self.title
