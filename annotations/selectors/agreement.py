"""Agreement between readers, from the grades as they stand now."""

from __future__ import annotations

from typing import Any

import numpy as np
from django.utils import timezone

from annotations.agreement import Estimate, kappa_matrix
from annotations.models import Arm, Enrolment, Grade, Item, ReaderStudy
from annotations.selectors.reader_studies import progress_board
from annotations.vocabulary import DISC_LEVELS
from spinestudy.common.errors import MissingError


def agreement_view(reader_study: ReaderStudy, arm_id: int | None) -> dict[str, Any]:
    """Kappa of every pair of readers, per item, in one arm (the first by default).

    K and weights come from the scale; patients are the clusters; grades of readings under
    way count as soon as they are stored. MissingError where the arm is of another design.
    """
    arms = list(reader_study.arms.all())
    arm = arms[0] if arm_id is None else next((a for a in arms if a.pk == arm_id), None)
    if arm is None:
        raise MissingError("This reader study has no such arm.")
    enrolments = list(reader_study.enrolments.select_related("reader"))
    return {
        "reader_study": {"id": reader_study.pk, "title": reader_study.title},
        "arms": [{"id": one.pk, "label": one.label} for one in arms],
        "arm": arm.pk,
        "computed_at": timezone.now(),
        "items": [_item_view(item, arm, enrolments) for item in reader_study.items.all()],
        "progress": [
            {
                "reader": row.enrolment.code,
                "name": row.enrolment.reader.get_username(),
                "arm": cell.arm.label,
                "done": cell.done,
                "total": cell.total,
            }
            for row in progress_board(reader_study)
            for cell in row.cells
        ],
    }


def _item_view(item: Item, arm: Arm, enrolments: list[Enrolment]) -> dict[str, Any]:
    scale = item.finding.scale
    codes, patients = ratings(item, arm, enrolments)
    pairs = kappa_matrix(
        codes, cluster=patients, n_categories=len(scale.categories), weights=scale.weights
    )
    return {
        "code": item.finding_code,
        "name": item.finding.name,
        "scale": {
            "code": scale.code,
            "scores": list(item.scores),
            "labels": [category.label for category in scale.categories],
        },
        "weights": scale.weights,
        "readers": [{"code": one.code, "name": one.reader.get_username()} for one in enrolments],
        "pairs": [
            {
                "a": enrolments[pair.first].code,
                "b": enrolments[pair.second].code,
                **_estimate_view(pair.estimate),
            }
            for pair in pairs
        ],
    }


def _estimate_view(estimate: Estimate) -> dict[str, Any]:
    return {
        "value": estimate.value,
        "ci": list(estimate.ci) if estimate.ci else None,
        "n_items": estimate.n_items,
        "n_patients": estimate.n_clusters,
        "undefined": estimate.undefined,
    }


def ratings(
    item: Item, arm: Arm, enrolments: list[Enrolment]
) -> tuple[np.ndarray[Any, np.dtype[np.int64]], np.ndarray[Any, np.dtype[np.int64]]]:
    """Codes (readers, cases x levels), -1 missing or not gradable, and each column's patient."""
    cases = list(
        item.reader_study.cases.values_list("pk", "imaging_study__patient_id").order_by("pk")
    )
    column = {
        (case_id, level): place * len(DISC_LEVELS) + offset
        for place, (case_id, _) in enumerate(cases)
        for offset, level in enumerate(DISC_LEVELS)
    }
    row = {enrolment.pk: place for place, enrolment in enumerate(enrolments)}
    index = {score: place for place, score in enumerate(item.scores)}
    codes = np.full((len(row), len(column)), -1, dtype=np.int64)
    grades = Grade.objects.filter(
        item=item, reading__reading_session__arm=arm, score__isnull=False
    ).values_list("reading__enrolment_id", "reading__case_id", "disc_level", "score")
    for enrolment_id, case_id, level, score in grades:
        codes[row[enrolment_id], column[case_id, level]] = index[int(score or 0)]
    patients = np.repeat(
        np.array([patient for _, patient in cases], dtype=np.int64), len(DISC_LEVELS)
    )
    return codes, patients
