"""One hash over everything that a data lock fixes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet

from annotations.models import (
    Enrolment,
    Grade,
    LevelMark,
    Measurement,
    ReaderStudy,
    Reading,
    SegmentationRevision,
    SpineAnatomy,
)

_PLACE = ("enrolment__code", "case__number", "reading_session__period", "order")


def _lines(kind: str, rows: QuerySet[Any], prefix: str, *fields: str) -> Iterator[str]:
    names = [*(f"{prefix}{name}" for name in _PLACE), *fields]
    for values in rows.order_by(*names).values_list(*names).iterator(5000):
        yield json.dumps([kind, *values], default=str, separators=(",", ":"))


def _answers(readings: QuerySet[Reading]) -> Iterator[str]:
    inside = {"reading__in": readings}
    at = "reading__"
    yield from _lines("reading", readings, "", "status", "submitted_at", "active_s")
    yield from _lines(
        "grade",
        Grade.objects.filter(**inside),
        at,
        "item__finding_code",
        "disc_level",
        "side",
        "score",
        "is_not_gradable",
        "reason",
        "confidence",
        "comment",
        "is_applicable",
        "revision",
    )
    yield from _lines(
        "anatomy", SpineAnatomy.objects.filter(**inside), at, "lumbar_count", "transition"
    )
    yield from _lines(
        "level", LevelMark.objects.filter(**inside), at, "kind", "level", "position_lps"
    )
    yield from _lines(
        "measurement",
        Measurement.objects.filter(**inside),
        at,
        "measurement_key",
        "points_lps",
        "values",
        "label",
        "is_deleted",
    )
    yield from _lines(
        "mask",
        SegmentationRevision.objects.filter(segmentation__reading__in=readings),
        "segmentation__reading__",
        "segmentation__stack_id",
        "revision",
        "sha256",
    )


def _digest(lines: Iterable[str]) -> str:
    whole = hashlib.sha256()
    for line in lines:
        whole.update(line.encode() + b"\n")
    return whole.hexdigest()


def content_sha256(reader_study: ReaderStudy) -> str:
    """SHA-256 over answers, marks, masks, schedule and every version of the protocol.

    One JSON line an answer, sorted by reader, case and period, then the hash of the schedule, its
    amendments, and the hashes of the protocol's versions. Unlocking and locking again without a
    change gives the same hash but for the amendment that unlocking is.
    """

    def lines() -> Iterator[str]:
        yield from _answers(Reading.objects.filter(enrolment__reader_study=reader_study))
        yield reader_study.schedule.sha256
        for amendment in reader_study.schedule_amendments.order_by("number").values_list(
            "number", "kind", "enrolment__code", "reason", "detail", "after_sha256"
        ):
            yield json.dumps(["amendment", *amendment], separators=(",", ":"), sort_keys=True)
        yield from reader_study.protocols.order_by("version").values_list("sha256", flat=True)

    return _digest(lines())


def session_sha256(enrolment: Enrolment, reading_session_id: int) -> str:
    """The same over one reader's answers of one session."""
    return _digest(
        _answers(Reading.objects.filter(enrolment=enrolment, reading_session=reading_session_id))
    )
