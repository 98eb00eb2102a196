"""Stored answers as the browser takes them, in the training phase with the reference."""

from __future__ import annotations

from typing import Any

from annotations.models import Grade, Reading, ReadingSession, ReferenceGrade


def grade_view(grade: Grade, feedback: dict[str, Any] | None = None) -> dict[str, Any]:
    """A stored answer."""
    return {
        "item": grade.item.finding_code,
        "disc_level": grade.disc_level,
        "side": grade.side,
        "score": grade.score,
        "not_gradable": grade.is_not_gradable,
        "reason": grade.reason,
        "confidence": grade.confidence,
        "comment": grade.comment,
        "answered_at": grade.answered_at,
        "revision": grade.revision,
        "feedback": feedback,
    }


def is_answered(grade: Grade) -> bool:
    """Whether it holds an answer that wasn't taken back."""
    return grade.score is not None or grade.is_not_gradable


def grade_views(reading: Reading) -> list[dict[str, Any]]:
    """Every cell ever answered, also those taken back: their revision goes on counting."""
    feedback = feedback_by_cell(reading)
    return [
        grade_view(
            grade,
            feedback.get((grade.item_id, grade.disc_level, grade.side))
            if is_answered(grade)
            else None,
        )
        for grade in reading.grades.select_related("item")
    ]


def feedback_by_cell(reading: Reading) -> dict[tuple[int, str, str], dict[str, Any]]:
    """The reference by cell; empty, without a look, outside the training phase."""
    if reading.reading_session.phase != ReadingSession.Phase.TRAINING:
        return {}
    found = {}
    for one in ReferenceGrade.objects.filter(case=reading.case_id).select_related("item"):
        labels = {c.score: c.label for c in one.item.finding.scale.categories}
        found[one.item_id, one.disc_level, one.side] = {
            "score": one.score,
            "label": labels[one.score],
            "explanation": one.explanation,
        }
    return found
