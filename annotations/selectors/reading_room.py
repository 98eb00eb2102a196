"""Everything that the reading room shows of one reading, and nothing else."""

from __future__ import annotations

from typing import Any

from annotations.models import Grade, Item, Reading
from annotations.selectors.ai_assistance import ai_assistance
from annotations.selectors.level_positions import LevelPosition, level_positions
from annotations.selectors.worklist import DONE, next_reading
from annotations.vocabulary import DISC_LEVELS
from inference.selectors.predictions import PredictionState
from spinestudy.imaging.models import ImagingStudy, Stack
from spinestudy.imaging.selectors.viewer import hanging_protocol, viewer_stack

TITLES = {
    "sagittal_t1": "Sagittal T1",
    "sagittal_t2": "Sagittal T2",
    "axial_t2": "Axial T2",
}


def item_view(item: Item) -> dict[str, Any]:
    """An item with its scale in words."""
    finding = item.finding
    return {
        "code": finding.code,
        "name": finding.name,
        "short_name": finding.short_name,
        "scale": {
            "code": finding.scale.code,
            "scores": list(item.scores),
            "labels": [category.label for category in finding.scale.categories],
            "definitions": [category.definition for category in finding.scale.categories],
        },
    }


def grade_view(grade: Grade) -> dict[str, Any]:
    """A stored answer."""
    return {
        "item": grade.item.finding_code,
        "disc_level": grade.disc_level,
        "score": grade.score,
        "not_gradable": grade.is_not_gradable,
        "answered_at": grade.answered_at,
        "revision": grade.revision,
    }


def level_mark_views(positions: list[LevelPosition]) -> list[dict[str, Any]]:
    """Disc centres as the viewer takes them."""
    return [
        {"disc_level": p.disc_level, "position_lps": list(p.position_lps), "source": p.source}
        for p in positions
    ]


def assistance_view(reading: Reading, assistance: PredictionState | None) -> dict[str, Any] | None:
    """AI's proposals for the items of this reader study; None where the arm shows no AI."""
    if assistance is None:
        return None
    view: dict[str, Any] = {
        "status": assistance.status,
        "pipeline": reading.reading_session.arm.pipeline,
        "grades": [],
        "outlines": [],
    }
    prediction = assistance.prediction
    if prediction is not None:
        codes = set(
            Item.objects.filter(reader_study=reading.case.reader_study).values_list(
                "finding_code", flat=True
            )
        )
        view["grades"] = [
            {
                "item": grade.item_code,
                "disc_level": grade.disc_level,
                "score": grade.score,
                "probabilities": grade.probabilities,
            }
            for grade in prediction.grades.all()
            if grade.item_code in codes
        ]
        view["outlines"] = [
            {
                "stack_id": outline.stack_id,
                "stack_position": outline.stack_position,
                "structure": outline.structure,
                "points_lps": outline.points_lps,
            }
            for outline in prediction.outlines.all()
        ]
    return view


def viewport_views(exam: ImagingStudy) -> list[dict[str, Any]]:
    """What hangs in each viewport, titled by what it really is."""
    hanging = hanging_protocol(exam)
    stacks = Stack.objects.in_bulk([pk for pk in hanging.values() if pk is not None])
    views = []
    for role, title in TITLES.items():
        stack = stacks.get(hanging.get(role) or 0)
        series = viewer_stack(stack) if stack else None
        views.append(
            {"role": role, "title": series["label"] if series else title, "series": series}
        )
    return views


def reading_view(reading: Reading) -> dict[str, Any]:
    """The whole payload; AI parts pass through `ai_assistance` only."""
    reader_study = reading.case.reader_study
    exam = reading.case.imaging_study
    assistance = ai_assistance(reading)
    siblings = Reading.objects.filter(
        enrolment=reading.enrolment, reading_session=reading.reading_session
    )
    following = next_reading(reading)
    arm = reading.reading_session.arm
    return {
        "id": reading.pk,
        "status": reading.status,
        "reader_study": {"id": reader_study.pk, "title": reader_study.title},
        "case": {"number": reading.case.number, "is_synthetic": exam.is_synthetic},
        "arm": {"label": arm.label, "ai_allowed": arm.is_ai_allowed},
        "progress": {
            "done": siblings.filter(status__in=DONE).count(),
            "total": siblings.count(),
            "position": reading.position,
        },
        "next_reading_id": following.pk if following else None,
        "items": [item_view(item) for item in reader_study.items.all()],
        "disc_levels": list(DISC_LEVELS),
        "grades": [
            grade_view(grade)
            for grade in reading.grades.select_related("item")
            if grade.score is not None or grade.is_not_gradable
        ],
        "level_marks": level_mark_views(level_positions(reading, assistance)),
        "viewports": viewport_views(exam),
        "prediction": assistance_view(reading, assistance),
    }
