"""Answers made again from the audit record alone, to prove that the tables say the same."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from annotations.models import (
    Grade,
    LevelMark,
    Measurement,
    ReaderStudy,
    Reading,
    SegmentationRevision,
    SpineAnatomy,
)
from annotations.selectors.recorded_fields import (
    anatomy_fields,
    level_fields,
    mask_fields,
    measurement_fields,
)
from spinestudy.audit.models import AuditRecord

FIELDS: Final = ("score", "is_not_gradable", "reason", "confidence", "comment", "revision")

LEVELS_MARKED: Final = "reading.levels_marked"
MARKS: Final = ("anatomy.stored", LEVELS_MARKED, "measurement.stored", "mask.stored")

Subject = tuple[str, int]
"""What was recorded, and the number of the row; of levels the number of the reading."""


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


def marks_from_audit(reader_study: ReaderStudy) -> dict[Subject, dict[str, Any]]:
    """Anatomy, levels, measurements and masks, by following every recorded change."""
    readings = set(
        Reading.objects.filter(enrolment__reader_study=reader_study).values_list("pk", flat=True)
    )
    found: dict[Subject, dict[str, Any]] = {}
    entries = AuditRecord.objects.filter(action__in=MARKS).order_by("id")
    for action, subject, data, changes in entries.values_list(
        "action", "subject_id", "data", "changes"
    ).iterator(5000):
        own = int(subject) if action == LEVELS_MARKED else data["reading"]
        if own not in readings:
            continue
        fields = found.setdefault((action, int(subject)), {})
        for field, (_, new) in changes.items():
            if new is None and action == LEVELS_MARKED:
                fields.pop(field, None)  # a level that is marked no more
            else:
                fields[field] = new
    return found


def stored_marks(reader_study: ReaderStudy) -> dict[Subject, dict[str, Any]]:
    """The same from the tables."""
    own = {"reading__enrolment__reader_study": reader_study}
    marked = LevelMark.objects.filter(**own).order_by("reading_id")
    masks = SegmentationRevision.objects.filter(
        segmentation__reading__enrolment__reader_study=reader_study
    )
    return {
        **{("anatomy.stored", one.pk): anatomy_fields(one) for one in _all(SpineAnatomy, own)},
        **{
            (LEVELS_MARKED, pk): level_fields(rows)
            for pk, rows in groupby(marked, attrgetter("reading_id"))
        },
        **{("measurement.stored", m.pk): measurement_fields(m) for m in _all(Measurement, own)},
        **{("mask.stored", pk): fields for pk, fields in mask_fields(masks).items()},
    }


def _all(model: Any, own: dict[str, Any]) -> Any:
    return model.objects.filter(**own)


@dataclass(frozen=True)
class Replay:
    """What a comparison has found.

    answers: compared. altered: grades whose row isn't what the record says. unrecorded: grades
    without a record, from before answers were recorded. altered_marks: anatomy, levels,
    measurements and masks that have a record and aren't what it says.
    """

    answers: int
    altered: tuple[int, ...]
    unrecorded: tuple[int, ...]
    altered_marks: tuple[Subject, ...]


def replay(reader_study: ReaderStudy) -> Replay:
    """Compare the table with the record."""
    recorded, stored = answers_from_audit(reader_study), stored_answers(reader_study)
    marks, kept = marks_from_audit(reader_study), stored_marks(reader_study)
    return Replay(
        answers=len(stored),
        altered=tuple(sorted(pk for pk, row in recorded.items() if stored[pk] != row)),
        unrecorded=tuple(sorted(stored.keys() - recorded.keys())),
        altered_marks=tuple(
            sorted(key for key, said in marks.items() if kept.get(key, {}) != said)
        ),
    )
