"""Answers made again from the audit record alone, to prove that the tables say the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from annotations.models import Grade, ReaderStudy
from spinestudy.audit.models import AuditRecord

FIELDS: Final = ("score", "is_not_gradable", "reason", "confidence", "comment", "revision")


def answers_from_audit(reader_study: ReaderStudy) -> dict[int, dict[str, Any]]:
    """Grade -> its fields, by following every recorded change from the first."""
    empty = {
        "score": None,
        "is_not_gradable": False,
        "reason": "",
        "confidence": None,
        "comment": "",
        "revision": 0,
    }
    own = set(
        Grade.objects.filter(reading__enrolment__reader_study=reader_study).values_list(
            "pk", flat=True
        )
    )
    found: dict[int, dict[str, Any]] = {}
    entries = AuditRecord.objects.filter(
        subject_type=Grade._meta.label, action="grade.stored"
    ).order_by("id")
    for subject, changes in entries.values_list("subject_id", "changes").iterator(5000):
        grade = int(subject)
        if grade in own:
            answer = found.setdefault(grade, dict(empty))
            answer |= {field: new for field, (_, new) in changes.items()}
    return found


def stored_answers(reader_study: ReaderStudy) -> dict[int, dict[str, Any]]:
    """Grade -> its fields, from the table."""
    rows = Grade.objects.filter(reading__enrolment__reader_study=reader_study)
    return {row.pop("pk"): row for row in rows.values("pk", *FIELDS).iterator(5000)}


@dataclass(frozen=True)
class Replay:
    """What a comparison has found.

    answers: compared. altered: grades whose row isn't what the record says. unrecorded: grades
    without a record, from before answers were recorded.
    """

    answers: int
    altered: tuple[int, ...]
    unrecorded: tuple[int, ...]


def replay(reader_study: ReaderStudy) -> Replay:
    """Compare the table with the record."""
    recorded, stored = answers_from_audit(reader_study), stored_answers(reader_study)
    return Replay(
        answers=len(stored),
        altered=tuple(sorted(pk for pk, row in recorded.items() if stored[pk] != row)),
        unrecorded=tuple(sorted(stored.keys() - recorded.keys())),
    )
