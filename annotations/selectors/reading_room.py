"""Everything that the reading room shows of one reading, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from annotations.models import Item, ReaderStudy, Reading, SpineAnatomy
from annotations.selectors.ai_assistance import ai_assistance
from annotations.selectors.ai_findings import detection_views
from annotations.selectors.ai_measures import measure_views
from annotations.selectors.cells import anatomy_of, items_of
from annotations.selectors.grades import grade_views
from annotations.selectors.hanging import hanging_views
from annotations.selectors.level_positions import level_mark_views, level_positions
from annotations.selectors.marks import mask_views, measurement_views, verdict_views
from annotations.selectors.prediction_sets import ItemSets, sets_of_item
from annotations.selectors.protocols import frozen_settings_of
from annotations.selectors.worklist import DONE, next_reading
from annotations.vocabulary import (
    SEGMENTS,
    graded_levels,
)
from inference.selectors.predictions import PredictionState


def item_view(item: Item, codes: dict[int, str]) -> dict[str, Any]:
    """An item with its scale in words."""
    finding = item.finding
    condition = None
    if item.depends_on_id is not None:
        condition = {"item": codes[item.depends_on_id], "min_score": item.depends_on_score}
    return {
        "code": finding.code,
        "name": finding.name,
        "short_name": finding.short_name,
        "site": finding.site,
        "site_kind": item.site_kind,
        "definition": finding.definition,
        "sides": list(item.sides),
        "is_required": item.is_required,
        "depends_on": condition,
        "normal_score": finding.normal_score,
        "scale": {
            "code": finding.scale.code,
            "scores": list(item.scores),
            "labels": [category.label for category in finding.scale.categories],
            "definitions": [category.definition for category in finding.scale.categories],
        },
    }


def protocol_view(reader_study: ReaderStudy, frozen: Sequence[str]) -> dict[str, Any]:
    """What the reader study says of how a case is read."""
    segments = [SEGMENTS[code] for code in reader_study.segments]
    return {
        "idle_cutoff_s": reader_study.idle_cutoff_s,
        "asks_confidence": reader_study.asks_confidence,
        "tools": list(reader_study.tools),
        "frozen": list(frozen),
        "segments": [
            {"value": one.value, "code": one.code, "name": one.name, "color": one.color}
            for one in segments
        ],
    }


def anatomy_views(anatomy: SpineAnatomy) -> dict[str, Any]:
    """The reader's word on the spine and the levels that follow from it."""
    levels = graded_levels(anatomy.lumbar_count)
    return {
        "anatomy": {
            "lumbar_count": anatomy.lumbar_count,
            "transition": anatomy.transition,
            "revision": anatomy.revision,
        },
        "disc_levels": list(levels["disc"]),
        "vertebral_levels": list(levels["vertebra"]),
    }


def _set_view(sets: ItemSets, probabilities: Mapping[str, float]) -> dict[str, Any]:
    found = sets.of({int(score): share for score, share in probabilities.items()})
    return {"prediction_set": list(found.scores), "why_no_set": found.why_not}


def assistance_view(
    reading: Reading, items: Sequence[Item], assistance: PredictionState | None
) -> dict[str, Any] | None:
    """AI's proposals for the items of this reader study; None where the arm shows no AI."""
    if assistance is None:
        return None
    pipeline = reading.reading_session.arm.pipeline
    view: dict[str, Any] = {
        "status": assistance.status,
        "pipeline": pipeline,
        "grades": [],
        "outlines": [],
        "detections": [],
        "measures": [],
        "flags": [],
    }
    prediction = assistance.prediction
    if prediction is not None:
        scales = {item.finding_code: list(item.scores) for item in items}
        sets = {code: sets_of_item(pipeline, code, scores) for code, scores in scales.items()}
        view["grades"] = [
            {
                "item": grade.item_code,
                "disc_level": grade.disc_level,
                "side": grade.side,
                "score": grade.score,
                "probabilities": grade.probabilities,
                **_set_view(sets[grade.item_code], grade.probabilities),
            }
            for grade in prediction.grades.all()
            if grade.item_code in sets
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
        view["detections"] = detection_views(reading, prediction, scales)
        view["measures"] = measure_views(prediction)
        view["flags"] = prediction.flags
    return view


def reading_view(reading: Reading) -> dict[str, Any]:
    """The whole payload; AI parts pass through `ai_assistance` only."""
    reader_study = reading.case.reader_study
    assistance = ai_assistance(reading)
    siblings = Reading.objects.filter(
        enrolment=reading.enrolment, reading_session=reading.reading_session
    ).exclude(status=Reading.Status.WITHDRAWN)
    following = next_reading(reading)
    arm = reading.reading_session.arm
    frozen = frozen_settings_of(reader_study)
    items = items_of(reading)
    codes = {item.pk: item.finding_code for item in items}
    return {
        "id": reading.pk,
        "status": reading.status,
        "phase": reading.reading_session.phase,
        "reader_study": {"id": reader_study.pk, "title": reader_study.title},
        "protocol": protocol_view(reader_study, frozen),
        "case": {
            "number": reading.shown_number,
            "is_synthetic": reading.case.imaging_study.is_synthetic,
        },
        "arm": {"label": arm.label, "ai_allowed": arm.is_ai_allowed},
        "progress": {
            "done": siblings.filter(status__in=DONE).count(),
            "total": siblings.count(),
            "position": reading.position,
        },
        "next_reading_id": following.pk if following else None,
        "items": [item_view(item, codes) for item in items],
        **anatomy_views(anatomy_of(reading)),
        "grades": grade_views(reading),
        "level_marks": level_mark_views(level_positions(reading, assistance)),
        "measurements": measurement_views(reading),
        "masks": mask_views(reading),
        **hanging_views(reading.case, reading=reading, is_layout_frozen="layout" in frozen),
        "prediction": assistance_view(reading, items, assistance),
        "ai_verdicts": verdict_views(reading) if arm.is_ai_allowed else [],
    }
