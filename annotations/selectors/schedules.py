"""The stored schedule, as the rows from which its hash is made."""

from __future__ import annotations

from django.db.models import QuerySet

from annotations.design.allocation import Assignment
from annotations.models import ReaderStudy, Reading


def schedule_rows(reader_study: ReaderStudy) -> list[Assignment]:
    """The schedule in force: every reading that isn't withdrawn, by reader, period and order."""
    return assignments(
        Reading.objects.filter(enrolment__reader_study=reader_study).exclude(
            status=Reading.Status.WITHDRAWN
        )
    )


def assignments(readings: QuerySet[Reading]) -> list[Assignment]:
    """Readings as assignments, by reader, period and order."""
    values = readings.order_by("enrolment_id", "reading_session__period", "order").values_list(
        "enrolment__code",
        "reading_session__period",
        "order",
        "case__number",
        "reading_session__arm__label",
        "repeat_of__order",
        "follows__order",
    )
    return [
        Assignment(reader, period, order, case, arm, repeat_of or 0, follows or 0)
        for reader, period, order, case, arm, repeat_of, follows in values.iterator(5000)
    ]
