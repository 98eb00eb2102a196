"""Short words for amendments in tests."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User

from annotations.design.protocol import LiveView, ReaderStudyDesign
from annotations.models import Enrolment, ReaderStudy, ScheduleAmendment

CAPPED = ReaderStudyDesign(
    "crossover",
    washout_days=28,
    caps={"reader": 4, "reader-2": 4},
    live_view=LiveView("by_arm", 0),
)


def one(reader_study: ReaderStudy, code: str) -> Enrolment:
    return reader_study.enrolments.get(code=code)


def amend(service: Any, reader_study: ReaderStudy, actor: User, **more: Any) -> ScheduleAmendment:
    row: ScheduleAmendment = service(
        reader_study_id=reader_study.pk, actor=actor, **{"reason": "because", **more}
    )
    return row
