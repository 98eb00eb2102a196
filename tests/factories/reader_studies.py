"""A reader study with exams that need no pixels."""

from __future__ import annotations

import itertools
import uuid
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.models import User

from annotations.design.protocol import LiveView, ReaderStudyDesign
from annotations.models import ReaderStudy, Reading
from annotations.services.grades import Answer, store_grade
from annotations.services.reader_studies import (
    UNAIDED,
    ArmDesign,
    create_reader_study,
    open_reader_study,
)
from annotations.vocabulary import DISC_LEVELS
from spinestudy.imaging.models import ImagingStudy, Patient, Series, Stack

PIPELINE = "lumbar_grading@2"
ANSWERED_AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
_numbers = itertools.count(1)
ITEMS = (
    "central_canal_stenosis",
    "pfirrmann",
    "modic",
    "modic_extent",
    "subarticular_stenosis",
    "foraminal_stenosis",
)
"""With sides, a condition and each kind of scale that a reader meets first."""


def exam(**fields: object) -> ImagingStudy:
    """An exam of a new patient, without series."""
    number = next(_numbers)
    patient = Patient.objects.create(patient_id=f"P{number}")
    uid = f"2.25.{uuid.uuid4().int}"
    return ImagingStudy.objects.create(patient=patient, study_instance_uid=uid, **fields)


def stack_of(imaging_study: ImagingStudy) -> Stack:
    """A stack of a series of its own, without pixels."""
    series = Series.objects.create(
        imaging_study=imaging_study,
        series_instance_uid=f"2.25.{uuid.uuid4().int}",
        modality="MR",
    )
    return Stack.objects.create(
        series=series,
        index=0,
        plane="sagittal",
        weighting="T2",
        rows=4,
        columns=4,
        slice_count=1,
        photometric_interpretation="MONOCHROME2",
        voi_center=1,
        voi_width=1,
        is_reference_for_reading=False,
    )


def opened_reader_study(
    coordinator: User,
    readers: list[User],
    *,
    n_cases: int = 3,
    has_ordered_sessions: bool = False,
    title: str = "Reading lumbar discs",
    items: tuple[str, ...] = ITEMS,
) -> ReaderStudy:
    """Unaided and aided arm, open."""
    reader_study = create_reader_study(
        actor=coordinator,
        title=title,
        seed=7,
        imaging_studies=[exam() for _ in range(n_cases)],
        readers=readers,
        finding_codes=items,
        arms=[UNAIDED, ArmDesign("AI-aided", PIPELINE)],
        has_ordered_sessions=has_ordered_sessions,
        design=ReaderStudyDesign(live_view=LiveView(coordinators="by_arm", min_patients=0)),
    )
    return open_reader_study(reader_study_id=reader_study.pk, actor=coordinator)


def designed_reader_study(
    coordinator: User,
    readers: list[User],
    design: ReaderStudyDesign,
    *,
    n_cases: int = 6,
    items: tuple[str, ...] = ("modic", "pfirrmann"),
    aided: bool = True,
    opened: bool = False,
) -> ReaderStudy:
    """A reader study of that design, with an unaided and, unless said otherwise, an aided arm."""
    reader_study = create_reader_study(
        actor=coordinator,
        title=f"Designed {next(_numbers)}",
        seed=7,
        imaging_studies=[exam() for _ in range(n_cases)],
        readers=readers,
        finding_codes=items,
        arms=[UNAIDED, *([ArmDesign("AI-aided", PIPELINE)] if aided else [])],
        has_ordered_sessions=False,
        design=design,
    )
    if opened:
        open_reader_study(reader_study_id=reader_study.pk, actor=coordinator)
        reader_study.refresh_from_db()
    return reader_study


def reading_of(reader_study: ReaderStudy, reader: User, *, aided: bool) -> Reading:
    """The first reading of that reader in that arm."""
    return Reading.objects.filter(
        case__reader_study=reader_study,
        enrolment__reader=reader,
        reading_session__arm__is_ai_allowed=aided,
    )[0]


def answer(item: str = "modic", level: str = "L4/L5", score: int | None = 1, **more: Any) -> Answer:
    """An answer with a key of its own."""
    return Answer(item, level, score, False, uuid.uuid4(), ANSWERED_AT, **more)


def fill(reading: Reading) -> None:
    """Answer every cell with the lowest score of its scale."""
    for item in reading.case.reader_study.items.all():
        for level in DISC_LEVELS:
            for side in item.sides:
                lowest = answer(item.finding_code, level, item.scores[0], side=side)
                store_grade(reading_id=reading.pk, answer=lowest)
