"""Store one answer of a reader, with every version of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from annotations.models import Grade, GradeEvent, Item, Reading
from annotations.selectors.cells import anatomy_of, applicable_grades, items_of
from annotations.selectors.grades import grade_view
from annotations.services.readings import lock_reading, require_answerable
from annotations.services.schedules import freeze_schedule
from annotations.vocabulary import NOT_GRADABLE_REASONS, graded_levels
from spinestudy.audit.services import changes_between, record
from spinestudy.common.errors import ConflictError, InvalidInputError


class GradeNotOnScaleError(InvalidInputError):
    """The answer isn't on the item's scale, or the cell doesn't exist."""

    code = "grade_not_on_scale"


class ChangedElsewhereError(ConflictError):
    """What the reader saw isn't what is stored; `details` hold what is. Nothing was written."""

    code = "changed_elsewhere"


@dataclass(frozen=True)
class Answer:
    """One answer of a reader. score None and not gradable False: taken back.

    disc_level: a disc or a vertebra, as the item has it.
    answer_key: made by the browser once an answer, so that a resend changes nothing.
    base_revision: revision of the cell that the reader saw (0: empty); None: whatever it is.
    """

    finding_code: str
    disc_level: str
    score: int | None
    is_not_gradable: bool
    answer_key: UUID
    answered_at: datetime
    side: str = ""
    reason: str = ""
    confidence: int | None = None
    comment: str = ""
    base_revision: int | None = None


def _check(answer: Answer, reading: Reading) -> Item:
    item = Item.objects.filter(
        reader_study=reading.case.reader_study, finding_code=answer.finding_code
    ).first()
    levels = graded_levels(anatomy_of(reading).lumbar_count)
    if (
        item is None
        or answer.disc_level not in levels[item.site_kind]
        or answer.side not in item.sides
    ):
        cell = " ".join(filter(None, (answer.finding_code, answer.disc_level, answer.side)))
        raise GradeNotOnScaleError(f"This reading has no cell {cell}.")
    if answer.score is not None and answer.score not in item.scores:
        raise GradeNotOnScaleError(
            f"{answer.score} is not on the scale of {item.finding.name}; "
            f"it has {', '.join(map(str, item.scores))}."
        )
    if answer.score is not None and answer.is_not_gradable:
        raise GradeNotOnScaleError("A cell is either graded or not gradable, not both.")
    if answer.is_not_gradable != bool(answer.reason):
        raise GradeNotOnScaleError(
            "Say why the cell is not gradable: " + ", ".join(NOT_GRADABLE_REASONS.values()) + "."
            if answer.is_not_gradable
            else "A reason belongs to a cell that is not gradable."
        )
    return item


@transaction.atomic
def store_grade(*, reading_id: int, answer: Answer) -> Grade:
    """Store one answer and its event; the same answer_key again returns what is stored.

    Raises ChangedElsewhereError where the cell has another revision than the reader saw. The
    NOTIFY that moves the dashboard is sent by a trigger in this transaction.
    """
    reading = lock_reading(reading_id)  # a resend waits here until the first has landed
    known = (
        GradeEvent.objects.filter(answer_key=answer.answer_key)
        .select_related("grade__item")
        .first()
    )
    if known is not None:
        if known.grade.reading_id != reading_id:
            raise GradeNotOnScaleError("This answer key belongs to another reading.")
        return known.grade
    require_answerable(reading)
    item = _check(answer, reading)
    cell = {"item": item, "disc_level": answer.disc_level, "side": answer.side}
    grade = Grade.objects.filter(reading=reading, **cell).first() or Grade(
        reading=reading, revision=0, **cell
    )
    if answer.base_revision is not None and answer.base_revision != grade.revision:
        raise ChangedElsewhereError(
            f"{item.finding.name} at {answer.disc_level} was changed in another window or on "
            "another computer.",
            grade=grade_view(grade),
        )
    before = answer_fields(grade)
    _write(grade, answer)
    mark_applicable(reading)
    if reading.status == Reading.Status.ASSIGNED:
        reading.status = Reading.Status.IN_PROGRESS
        reading.started_at = reading.started_at or timezone.now()
        reading.save(update_fields=["status", "started_at"])
        freeze_schedule(reading, reading.started_at)
    record_grade(grade, before, reading.enrolment.reader)
    return grade


def answer_fields(grade: Grade) -> dict[str, Any]:
    """What an answer says, as the audit record keeps it."""
    return {
        "score": grade.score,
        "is_not_gradable": grade.is_not_gradable,
        "reason": grade.reason,
        "confidence": grade.confidence,
        "comment": grade.comment,
        "revision": grade.revision,
    }


def record_grade(grade: Grade, before: Mapping[str, Any], actor: Any, reason: str = "") -> None:
    """Append the answer to the audit record, field by field."""
    after = answer_fields(grade)
    record(
        actor=actor,
        action="grade.stored",
        subject=grade,
        changes=changes_between(before, after),
        reason=reason,
        reading=grade.reading_id,
        item=grade.item.finding_code,
        disc_level=grade.disc_level,
        side=grade.side,
        answered_at=grade.answered_at.isoformat(),
    )


def _write(grade: Grade, answer: Answer) -> None:
    grade.score = answer.score
    grade.is_not_gradable = answer.is_not_gradable
    grade.reason = answer.reason
    grade.confidence = answer.confidence
    grade.comment = answer.comment
    grade.answered_at = answer.answered_at
    grade.revision += 1
    grade.full_clean()
    grade.save()
    event = GradeEvent(
        grade=grade,
        answer_key=answer.answer_key,
        revision=grade.revision,
        score=answer.score,
        is_not_gradable=answer.is_not_gradable,
        reason=answer.reason,
        confidence=answer.confidence,
        comment=answer.comment,
        answered_at=answer.answered_at,
    )
    event.full_clean()
    event.save()


def mark_applicable(reading: Reading) -> None:
    """Say anew which grades of the reading count; grades of cells not asked any more are kept."""
    grades = list(reading.grades.all())
    levels = graded_levels(anatomy_of(reading).lumbar_count)
    counting = applicable_grades(grades, items_of(reading), levels)
    changed = [grade for grade in grades if grade.is_applicable != (grade.pk in counting)]
    for grade in changed:
        grade.is_applicable = grade.pk in counting
        grade.save(update_fields=["is_applicable"])
