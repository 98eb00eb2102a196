"""Mark where the levels are: a reader for one reading, the site for every reader of a case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from annotations.models import Case, LevelMark, Reading
from annotations.selectors.recorded_fields import level_fields
from annotations.services.readings import lock_reading, require_answerable
from annotations.vocabulary import MARKED_DISCS, MARKED_VERTEBRAE
from spinestudy.audit.services import changes_between, record
from spinestudy.common.errors import InvalidInputError


class LevelMarkError(InvalidInputError):
    """A level that isn't known, or one that is marked twice."""

    code = "level_mark"


@dataclass(frozen=True)
class Mark:
    """Centre of a disc or a vertebral body, mm in the patient's LPS frame."""

    kind: str
    level: str
    position_lps: tuple[float, float, float]


KNOWN = {
    LevelMark.Kind.DISC.value: MARKED_DISCS,
    LevelMark.Kind.VERTEBRA.value: MARKED_VERTEBRAE,
}


def _check(marks: Sequence[Mark]) -> None:
    names = [(mark.kind, mark.level) for mark in marks]
    if len(set(names)) != len(names):
        raise LevelMarkError("Mark each level at most once.")
    strange = [level for kind, level in names if level not in KNOWN.get(kind, ())]
    if strange:
        raise LevelMarkError(f"Unknown levels: {', '.join(strange)}.")


@transaction.atomic
def mark_levels(*, reading_id: int, marks: Sequence[Mark]) -> None:
    """Store this reader's own marks for this case, in place of earlier ones."""
    _check(marks)
    reading = lock_reading(reading_id)
    require_answerable(reading)
    own = LevelMark.objects.filter(reading=reading)
    before = level_fields(own)
    own.delete()
    _store(marks, reading.case, reading)
    changes = changes_between(before, level_fields(own.all()))
    if changes:
        record(
            actor=reading.enrolment.reader,
            action="reading.levels_marked",
            subject=reading,
            changes=changes,
        )


@transaction.atomic
def mark_case_levels(*, case: Case, marks: Sequence[Mark], actor: Any) -> None:
    """Store marks that every reader of the case sees (prepared, not graded)."""
    _check(marks)
    _store(marks, case, None)
    levels = [f"{mark.kind} {mark.level}" for mark in marks]
    record(actor=actor, action="case.levels_marked", subject=case, levels=levels)


def _store(marks: Sequence[Mark], case: Case, reading: Reading | None) -> None:
    for mark in marks:
        row = LevelMark(
            case=case,
            reading=reading,
            kind=mark.kind,
            level=mark.level,
            position_lps=list(mark.position_lps),
        )
        row.full_clean()
        row.save()
