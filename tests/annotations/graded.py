"""Grades of all readers, and of AI, drawn from a seed and written at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from annotations.models import Grade, Item, ReaderStudy, Reading
from annotations.vocabulary import DISC_LEVELS
from inference.models import Job, PredictedGrade, Prediction
from tests.factories.reader_studies import ANSWERED_AT, PIPELINE

SEED = 20261128


def grade_all(reader_study: ReaderStudy, item_code: str, drawn: Any, arm: int = 0) -> None:
    """Store (readers, cases, levels, sides) scores of an item."""
    item = Item.objects.get(reader_study=reader_study, finding_code=item_code)
    cases = {case.pk: at for at, case in enumerate(reader_study.cases.all())}
    for number, enrolment in enumerate(reader_study.enrolments.all()):
        for reading in Reading.objects.filter(
            enrolment=enrolment, reading_session__arm=reader_study.arms.all()[arm]
        ):
            Grade.objects.bulk_create(
                Grade(
                    reading=reading,
                    item=item,
                    disc_level=level,
                    side=side,
                    score=int(drawn[number, cases[reading.case_id], row, column]),
                    answered_at=ANSWERED_AT,
                )
                for row, level in enumerate(DISC_LEVELS)
                for column, side in enumerate(item.sides)
            )


def drawn_for(item: Item, readers: int = 3, cases: int = 6) -> Any:
    rng = np.random.default_rng(SEED)
    truth = rng.integers(0, len(item.scores), (cases, 5, len(item.sides)))
    seen = np.clip(truth + rng.integers(-1, 2, (readers, *truth.shape)), 0, len(item.scores) - 1)
    return np.array(item.scores)[seen]


def item_of(reader_study: ReaderStudy, code: str) -> Item:
    return Item.objects.get(reader_study=reader_study, finding_code=code)


def predict(reader_study: ReaderStudy, item_code: str, scores: Any) -> None:
    """(cases, levels) grades of AI, from a run that succeeded."""
    for case, by_level in zip(reader_study.cases.all(), scores, strict=True):
        exam = case.imaging_study
        job = Job.objects.create(
            imaging_study=exam,
            pipeline=PIPELINE,
            state=Job.State.SUCCEEDED,
            finished_at=ANSWERED_AT,
        )
        prediction = Prediction.objects.create(
            job=job, imaging_study=exam, pipeline=PIPELINE, weights_sha256="0" * 64
        )
        for level, score in zip(DISC_LEVELS, by_level, strict=True):
            PredictedGrade.objects.create(
                prediction=prediction,
                item_code=item_code,
                disc_level=level,
                score=int(score),
                probabilities={},
            )
