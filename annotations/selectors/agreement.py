"""Agreement between readers, from the grades as they stand now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils import timezone

from annotations.agreement import Estimate, kappa_matrix
from annotations.agreement.tables import MISSING, IntArray
from annotations.models import (
    Arm,
    Enrolment,
    Grade,
    Item,
    ReaderStudy,
    Reading,
    ReadingSession,
)
from annotations.selectors.live_view import least_patients, shown_arms
from annotations.selectors.protocols import live_view_of
from annotations.selectors.reader_studies import progress_board
from spinestudy.common.errors import ConflictError, MissingError


@dataclass(frozen=True)
class Ratings:
    """codes: (readers, cells), place on the scale, -1 missing; patients: (cells,)."""

    codes: IntArray
    patients: IntArray


class WithheldError(ConflictError):
    """The protocol shows this only after the data are locked, or at a planned look."""

    code = "withheld"


def agreement_view(
    reader_study: ReaderStudy, arm_id: int | None, viewer: Any = None
) -> dict[str, Any]:
    """Kappa of every pair of readers, per item, in one arm (the first that is shown by default).

    What the protocol withholds from this viewer is not computed: WithheldError.

    K and weights come from the scale; patients are the clusters; grades of readings under
    way count as soon as they are stored; those of the training phase never. MissingError where
    the arm is of another design.
    """
    policy = live_view_of(reader_study)
    arms = shown_arms(reader_study, viewer, policy)
    arm = next((one for one in arms if arm_id in (None, one.pk)), None)
    if arm is None:
        if arm_id is not None and not reader_study.arms.filter(pk=arm_id).exists():
            raise MissingError("This reader study has no such arm.")
        raise WithheldError(
            "The protocol of this reader study shows this only after the data are locked."
        )
    enrolments = list(reader_study.enrolments.select_related("reader"))
    items = list(reader_study.items.all())
    least = least_patients(reader_study, policy)
    by_item = ratings(reader_study, arm, enrolments, items)
    return {
        "reader_study": {"id": reader_study.pk, "title": reader_study.title},
        "arms": [{"id": one.pk, "label": one.label} for one in arms],
        "arm": arm.pk,
        "computed_at": timezone.now(),
        "items": [_item_view(item, enrolments, by_item[item.pk], least) for item in items],
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


def _item_view(
    item: Item, enrolments: list[Enrolment], rated: Ratings, least: int
) -> dict[str, Any]:
    scale = item.finding.scale
    pairs = kappa_matrix(
        rated.codes,
        cluster=rated.patients,
        n_categories=len(item.scores),
        weights=scale.weights,
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
        "readers": [
            {
                "code": one.code,
                "name": one.reader.get_username(),
                "is_withdrawn": one.status == Enrolment.Status.WITHDRAWN,
            }
            for one in enrolments
        ],
        "pairs": [
            {
                "a": enrolments[pair.first].code,
                "b": enrolments[pair.second].code,
                **_estimate_view(pair.estimate, least),
            }
            for pair in pairs
        ],
    }


def _estimate_view(estimate: Estimate, least: int) -> dict[str, Any]:
    if 0 < estimate.n_clusters < least:
        return {
            "value": None,
            "ci": None,
            "n_items": estimate.n_items,
            "n_patients": estimate.n_clusters,
            "undefined": f"not told from fewer than {least} patients",
        }
    return {
        "value": estimate.value,
        "ci": list(estimate.ci) if estimate.ci else None,
        "n_items": estimate.n_items,
        "n_patients": estimate.n_clusters,
        "undefined": estimate.undefined,
    }


def ratings(
    reader_study: ReaderStudy, arm: Arm, enrolments: list[Enrolment], items: list[Item]
) -> dict[int, Ratings]:
    """Scores of one arm by item, in one query, so that all items show the same moment.

    Not gradable and unanswered are missing; so is what was closed as withdrawn, while submitted
    cases of withdrawn readers count. Where an arm has several sessions, the earliest
    answer counts; repeats are for agreement with oneself.
    """
    rows: dict[int, list[tuple[int, tuple[int, str, str], int, int]]] = {}
    grades = (
        Grade.objects.filter(
            item__reader_study=reader_study,
            reading__reading_session__arm=arm,
            reading__reading_session__phase=ReadingSession.Phase.PIVOTAL,
            reading__repeat_of__isnull=True,
            is_applicable=True,
            score__isnull=False,
        )
        .exclude(reading__status=Reading.Status.WITHDRAWN)
        .order_by("-reading__reading_session__period")  # the earliest is written last
        .values_list(
            "item_id",
            "reading__enrolment_id",
            "reading__case_id",
            "disc_level",
            "side",
            "reading__case__imaging_study__patient_id",
            "score",
        )
    )
    for item_id, enrolment_id, case_id, level, side, patient, score in grades.iterator(5000):
        cell = (case_id, level, side)
        rows.setdefault(item_id, []).append((enrolment_id, cell, patient, int(score or 0)))
    reader = {enrolment.pk: place for place, enrolment in enumerate(enrolments)}
    found = {}
    for item in items:
        index = {score: place for place, score in enumerate(item.scores)}
        cells: dict[tuple[int, str, str], int] = {}
        patients: list[int] = []
        for _, cell, patient, _ in rows.get(item.pk, []):
            if cells.setdefault(cell, len(patients)) == len(patients):
                patients.append(patient)
        codes = np.full((len(reader), len(patients)), MISSING, dtype=np.int64)
        for enrolment_id, cell, _, score in rows.get(item.pk, []):
            codes[reader[enrolment_id], cells[cell]] = index[score]
        found[item.pk] = Ratings(codes, np.array(patients, dtype=np.int64))
    return found
