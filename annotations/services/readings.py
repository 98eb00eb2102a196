"""Grade, mark levels, submit: what a reader does with a reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from annotations.models import Case, Grade, GradeEvent, Item, LevelMark, ReaderStudy, Reading
from annotations.vocabulary import DISC_LEVELS
from spinestudy.audit.services import record
from spinestudy.common.errors import ConflictError, InvalidInputError, MissingError
from spinestudy.common.notify import notify


class ReadingClosedError(ConflictError):
    """The reading takes no more answers."""

    code = "reading_closed"


class ReadingIncompleteError(ConflictError):
    """Cells are still empty; `details["missing"]` names them."""

    code = "reading_incomplete"


class GradeNotOnScaleError(InvalidInputError):
    """The answer isn't on the item's scale, or the cell doesn't exist."""

    code = "grade_not_on_scale"


class SessionNotOpenError(ConflictError):
    """An earlier session has unread cases."""

    code = "session_not_open"


@dataclass(frozen=True)
class Answer:
    """One answer of a reader. score None and not gradable False: taken back.

    answer_key: made by the browser once an answer, so that a resend changes nothing.
    """

    finding_code: str
    disc_level: str
    score: int | None
    is_not_gradable: bool
    answer_key: UUID
    answered_at: datetime


def _lock_reading(reading_id: int) -> Reading:
    return (
        Reading.objects.select_for_update(of=("self",))
        .select_related("case__reader_study", "reading_session__arm", "enrolment")
        .get(pk=reading_id)
    )


def _require_answerable(reading: Reading) -> None:
    match reading.case.reader_study.status:
        case ReaderStudy.Status.DRAFT:
            raise ReadingClosedError("This reader study hasn't been opened yet.")
        case ReaderStudy.Status.LOCKED | ReaderStudy.Status.ANALYSED:
            raise ReadingClosedError("The data of this reader study are locked.")
    if reading.status in (Reading.Status.SUBMITTED, Reading.Status.AMENDED):
        raise ReadingClosedError("This case is submitted; its answers can't change any more.")
    require_session_open(reading)


def require_session_open(reading: Reading) -> None:
    """Raise SessionNotOpenError where an earlier session must be finished first."""
    if not reading.case.reader_study.has_ordered_sessions:
        return
    earlier = Reading.objects.filter(
        enrolment=reading.enrolment,
        reading_session__period__lt=reading.reading_session.period,
    ).exclude(status__in=[Reading.Status.SUBMITTED, Reading.Status.AMENDED])
    if earlier.exists():
        raise SessionNotOpenError(
            f"Finish the earlier session first: {earlier.count()} cases are left."
        )


def _check(answer: Answer, reading: Reading) -> Item:
    item = Item.objects.filter(
        reader_study=reading.case.reader_study, finding_code=answer.finding_code
    ).first()
    if item is None or answer.disc_level not in DISC_LEVELS:
        raise GradeNotOnScaleError(
            f"This reader study has no cell {answer.finding_code} {answer.disc_level}."
        )
    if answer.score is not None and answer.score not in item.scores:
        raise GradeNotOnScaleError(
            f"{answer.score} is not on the scale of {item.finding.name}; "
            f"it has {', '.join(map(str, item.scores))}."
        )
    if answer.score is not None and answer.is_not_gradable:
        raise GradeNotOnScaleError("A cell is either graded or not gradable, not both.")
    return item


@transaction.atomic
def store_grade(*, reading_id: int, answer: Answer) -> Grade:
    """Store one answer and its event; the same answer_key again returns what is stored.

    The NOTIFY that moves the dashboard is sent by a trigger in this transaction.
    """
    reading = _lock_reading(reading_id)  # a resend waits here until the first has landed
    known = (
        GradeEvent.objects.filter(answer_key=answer.answer_key)
        .select_related("grade__item")
        .first()
    )
    if known is not None:
        if known.grade.reading_id != reading_id:
            raise GradeNotOnScaleError("This answer key belongs to another reading.")
        return known.grade
    _require_answerable(reading)
    item = _check(answer, reading)
    grade = Grade.objects.filter(
        reading=reading, item=item, disc_level=answer.disc_level, side=""
    ).first() or Grade(reading=reading, item=item, disc_level=answer.disc_level, revision=0)
    grade.score = answer.score
    grade.is_not_gradable = answer.is_not_gradable
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
        answered_at=answer.answered_at,
    )
    event.full_clean()
    event.save()
    if reading.status == Reading.Status.ASSIGNED:
        reading.status = Reading.Status.IN_PROGRESS
        reading.started_at = timezone.now()
        reading.save(update_fields=["status", "started_at"])
    return grade


def missing_cells(reading: Reading) -> list[dict[str, str]]:
    """The cells without an answer, in the order of the grid."""
    answered = {
        (grade.item_id, grade.disc_level)
        for grade in reading.grades.all()
        if grade.score is not None or grade.is_not_gradable
    }
    items = Item.objects.filter(reader_study=reading.case.reader_study)
    return [
        {"item": item.finding_code, "disc_level": level}
        for level in DISC_LEVELS
        for item in items
        if (item.pk, level) not in answered
    ]


@transaction.atomic
def submit_reading(*, reading_id: int, duration_s: float | None) -> Reading:
    """Close a complete reading; raise ReadingIncompleteError naming the empty cells."""
    reading = _lock_reading(reading_id)
    _require_answerable(reading)
    missing = missing_cells(reading)
    if missing:
        raise ReadingIncompleteError(
            f"{len(missing)} cells are still empty. Grade them, or mark them not gradable.",
            missing=missing,
        )
    reading.status = Reading.Status.SUBMITTED
    reading.submitted_at = timezone.now()
    reading.duration_s = duration_s
    reading.full_clean()
    reading.save()
    record(
        actor=reading.enrolment.reader,
        action="reading.submitted",
        subject=reading,
        case=reading.case.number,
        arm=reading.reading_session.arm.label,
    )
    notify(f"reader-study-{reading.case.reader_study_id}", reading=reading.pk)
    return reading


@transaction.atomic
def mark_levels(
    *, reading_id: int, positions_lps: Sequence[tuple[str, tuple[float, float, float]]]
) -> list[LevelMark]:
    """Store this reader's own disc centres for this case, in place of earlier ones."""
    reading = _lock_reading(reading_id)
    _require_answerable(reading)
    levels = [level for level, _ in positions_lps]
    if len(set(levels)) != len(levels) or not set(levels) <= set(DISC_LEVELS):
        raise GradeNotOnScaleError(f"Mark each of {', '.join(DISC_LEVELS)} at most once.")
    marks = []
    for level, position in positions_lps:
        mark, _ = LevelMark.objects.update_or_create(
            case=reading.case,
            reading=reading,
            disc_level=level,
            defaults={"position_lps": list(position)},
        )
        marks.append(mark)
    return marks


def require_own_reading(reading_id: int, reader_id: int) -> Reading:
    """The reading if it is this reader's and its reader study is open to reading.

    Others get the same MissingError as for a number that doesn't exist.
    """
    reading = (
        Reading.objects.filter(pk=reading_id, enrolment__reader_id=reader_id)
        .exclude(case__reader_study__status=ReaderStudy.Status.DRAFT)
        .select_related(
            "case__reader_study",
            "case__imaging_study",
            "reading_session__arm",
            "enrolment",
        )
        .first()
    )
    if reading is None:
        raise MissingError("There is no such reading on your worklist.")
    return reading


@transaction.atomic
def mark_case_levels(
    *, case: Case, positions_lps: dict[str, tuple[float, float, float]], actor: Any
) -> None:
    """Store disc centres that every reader of the case sees (prepared, not graded)."""
    for level, position in positions_lps.items():
        mark = LevelMark(case=case, disc_level=level, position_lps=list(position))
        mark.full_clean()
        mark.save()
    record(actor=actor, action="case.levels_marked", subject=case, levels=list(positions_lps))
