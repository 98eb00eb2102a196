"""A SYNTHETIC reader study that is read, locked by two people and reported."""

from __future__ import annotations

import uuid

import numpy as np
from django.contrib.auth.models import User

from annotations.design.protocol import Endpoint, LiveView, ReaderStudyDesign
from annotations.models import FinalReport, ReaderStudy, Reading
from annotations.services.grades import Answer, store_grade
from annotations.services.locking import confirm_lock, propose_lock
from annotations.services.submission import submit_reading
from annotations.tasks import make_report_task, request_report
from annotations.vocabulary import DISC_LEVELS
from spinestudy.imaging.selectors.stored_files import absolute
from tests import personas
from tests.factories.reader_studies import ANSWERED_AT, designed_reader_study

SEED = 4711
ITEM = "central_canal_stenosis"
FILES = [
    "report.html",
    "report.pdf",
    "report.json",
    "numbers.csv",
    "tables.zip",
    "analysis.zip",
]


def read_by(coordinator: User, names: tuple[str, ...], n_cases: int) -> ReaderStudy:
    """SYNTHETIC cases, read in both arms, with more agreement under AI."""
    print(f"seed {SEED}")  # noqa: T201
    rng = np.random.default_rng(SEED)
    readers = [personas.reader(name) for name in names]
    design = ReaderStudyDesign(
        "fully_crossed",
        endpoint=Endpoint(ITEM),
        live_view=LiveView(min_patients=0),
        seniority={name: "senior" if name == "anna" else "junior" for name in names},
    )
    reader_study = designed_reader_study(
        coordinator, readers, design, n_cases=n_cases, items=(ITEM,), opened=True
    )
    latent = {
        (case.pk, level): rng.normal(1.5, 1.0)
        for case in reader_study.cases.order_by("number")
        for level in DISC_LEVELS
    }
    for reading in Reading.objects.order_by(
        "reading_session__period", "enrolment_id", "position"
    ).select_related("reading_session__arm"):
        noise = 0.3 if reading.reading_session.arm.is_ai_allowed else 0.8
        for level in DISC_LEVELS:
            score = round(latent[reading.case_id, level] + rng.normal(0, noise))
            answer = Answer(
                ITEM, level, int(np.clip(score, 0, 3)), False, uuid.uuid4(), ANSWERED_AT
            )
            store_grade(reading_id=reading.pk, answer=answer)
        submit_reading(reading_id=reading.pk)
    return reader_study


def lock(reader_study: ReaderStudy, first: User, second: User) -> ReaderStudy:
    password = personas.PASSWORD
    propose_lock(reader_study_id=reader_study.pk, actor=first, password=password, reason="all read")
    confirm_lock(reader_study_id=reader_study.pk, actor=second, password=password)
    reader_study.refresh_from_db()
    return reader_study


def made(reader_study: ReaderStudy, actor: User, preset: str = "standard") -> FinalReport:
    report = request_report(reader_study_id=reader_study.pk, preset=preset, actor=actor)
    make_report_task(report.pk)
    report.refresh_from_db()
    assert report.state == FinalReport.State.SUCCEEDED, report.error_message
    return report


def bytes_of(report: FinalReport) -> dict[str, bytes]:
    return {one.name: absolute(one.path).read_bytes() for one in report.files.all()}
