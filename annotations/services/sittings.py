"""The second half of a sequential sitting begins with the answers of the first."""

from __future__ import annotations

import uuid
from typing import Final

from annotations.models import Grade, GradeEvent, LevelMark, Reading, SpineAnatomy
from annotations.services.grades import answer_fields, mark_applicable, record_grade

_KEYS: Final = uuid.UUID("0d3f6a0e-6c1b-4b0e-9d8e-2f7c5b1a9e44")
_ANSWER: Final = (
    "score",
    "is_not_gradable",
    "reason",
    "confidence",
    "comment",
    "answered_at",
)


def carry_over(unaided: Reading) -> None:
    """Copy the locked answers of an unaided reading into the aided one that follows it.

    Each copy has an event that says so; what the reader changes after seeing AI comes after it.
    """
    aided = (
        Reading.objects.select_for_update(of=("self",))
        .filter(follows=unaided)
        .select_related("case__reader_study", "enrolment")
        .first()
    )
    if aided is None:
        return
    for anatomy in SpineAnatomy.objects.filter(reading=unaided):
        SpineAnatomy.objects.create(
            reading=aided, lumbar_count=anatomy.lumbar_count, transition=anatomy.transition
        )
    LevelMark.objects.bulk_create(
        LevelMark(
            case_id=mark.case_id,
            reading=aided,
            kind=mark.kind,
            level=mark.level,
            position_lps=mark.position_lps,
        )
        for mark in unaided.level_marks.all()
    )
    empty = answer_fields(Grade(revision=0))
    for grade in unaided.grades.select_related("item"):
        answer = {name: getattr(grade, name) for name in _ANSWER}
        copy = Grade(
            reading=aided,
            item=grade.item,
            disc_level=grade.disc_level,
            side=grade.side,
            revision=1,
            **answer,
        )
        copy.full_clean()
        copy.save()
        GradeEvent.objects.create(
            grade=copy,
            answer_key=uuid.uuid5(_KEYS, f"{aided.pk}/{grade.pk}"),
            revision=1,
            is_carried_over=True,
            **answer,
        )
        record_grade(copy, empty, unaided.enrolment.reader, "carried over from the unaided reading")
    mark_applicable(aided)
