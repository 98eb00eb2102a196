"""Acts that also wake a worker, and what workers do by the clock."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.db import transaction

from annotations.models import ReaderStudy
from annotations.services.reader_studies import open_reader_study
from annotations.services.reminders import send_reminders
from inference.selectors.predictions import newest_prediction
from inference.tasks import request_job


@shared_task(name="annotations.send_reminders")  # type: ignore[untyped-decorator]
def send_reminders_task() -> int:
    """Remind readers who are late; run by the beat where the settings name an hour."""
    return send_reminders()[0]


@transaction.atomic
def request_opening(*, reader_study_id: int, actor: Any) -> ReaderStudy:
    """Open the reader study and run the AI of its arms on every case that lacks it."""
    reader_study = open_reader_study(reader_study_id=reader_study_id, actor=actor)
    pipelines = reader_study.arms.filter(is_ai_allowed=True).values_list("pipeline", flat=True)
    for pipeline in sorted(set(pipelines)):
        for case in reader_study.cases.select_related("imaging_study"):
            if newest_prediction(case.imaging_study, pipeline).status == "none":
                request_job(imaging_study=case.imaging_study, pipeline=pipeline, actor=actor)
    return reader_study
