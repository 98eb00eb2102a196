"""Agreement counted anew from every stored grade, by the plainest code that does it."""

from __future__ import annotations

from typing import Any

import numpy as np

from annotations.agreement import cohen_kappa
from annotations.models import Arm, Grade, Item


def batch_pair(arm: Arm, item: Item, first: int, second: int) -> Any:
    """Kappa of two enrolments (primary keys), from grades that count."""
    told: dict[int, dict[tuple[int, str, str], tuple[int, int]]] = {first: {}, second: {}}
    grades = Grade.objects.filter(item=item).select_related(
        "reading__reading_session", "reading__case__imaging_study"
    )
    for grade in sorted(grades, key=lambda one: -one.reading.reading_session.period):
        reading, session = grade.reading, grade.reading.reading_session
        if (
            reading.enrolment_id in told
            and session.arm_id == arm.pk
            and session.phase == "pivotal"
            and reading.repeat_of_id is None
            and grade.is_applicable
            and grade.score is not None
        ):
            cell = (reading.case_id, grade.disc_level, grade.side)
            patient = reading.case.imaging_study.patient_id
            told[reading.enrolment_id][cell] = (item.scores.index(grade.score), patient)
    cells = sorted(told[first].keys() & told[second].keys())
    return cohen_kappa(
        np.array([told[first][cell][0] for cell in cells], dtype=np.int64),
        np.array([told[second][cell][0] for cell in cells], dtype=np.int64),
        n_categories=len(item.scores),
        weights=item.finding.scale.weights,
        cluster=np.array([told[first][cell][1] for cell in cells], dtype=np.int64),
    )
