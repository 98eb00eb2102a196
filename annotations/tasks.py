"""Acts that also wake a worker, and what workers do by the clock."""

from __future__ import annotations

import logging
from typing import Any

from celery import shared_task
from django.db import transaction

from annotations.models import Arm, FinalReport, MaskFusion, ReaderStudy
from annotations.services.final_reports import (
    claim_report,
    fail_report,
    make_report,
    queue_again,
    queue_report,
)
from annotations.services.mask_fusions import (
    claim_fusion,
    fail_fusion,
    make_fusion,
    queue_fusion,
)
from annotations.services.reader_studies import open_reader_study
from annotations.services.reminders import send_reminders
from inference import registry
from inference.models import Batch
from inference.selectors.predictions import newest_prediction
from inference.tasks import request_batch, request_job
from spinestudy.common.errors import DomainError

logger = logging.getLogger(__name__)


@shared_task(name="annotations.send_reminders")  # type: ignore[untyped-decorator]
def send_reminders_task() -> int:
    """Remind readers who are late; run by the beat where the settings name an hour."""
    return send_reminders()[0]


@transaction.atomic
def request_opening(*, reader_study_id: int, actor: Any) -> ReaderStudy:
    """Open the reader study and run the AI of its arms on every case that lacks it.

    Predictions that were brought in can't be made here: such arms show what there is.
    """
    reader_study = open_reader_study(reader_study_id=reader_study_id, actor=actor)
    pipelines = reader_study.arms.filter(is_ai_allowed=True).values_list("pipeline", flat=True)
    for pipeline in sorted(set(pipelines) & set(registry.available())):
        for case in reader_study.cases.select_related("imaging_study"):
            if newest_prediction(case.imaging_study, pipeline).status == "none":
                request_job(imaging_study=case.imaging_study, pipeline=pipeline, actor=actor)
    return reader_study


def request_shadow_run(*, reader_study: ReaderStudy, pipeline: str, actor: Any) -> Batch:
    """Run a version over all cases; no arm shows it unless it names it."""
    cases = reader_study.cases.select_related("imaging_study").order_by("pk")
    return request_batch(
        imaging_studies=[case.imaging_study for case in cases],
        pipeline=pipeline,
        purpose=Batch.Purpose.SHADOW,
        key=str(reader_study.pk),
        title=reader_study.title,
        actor=actor,
    )


def request_report(*, reader_study_id: int, preset: str, actor: Any) -> FinalReport:
    """Ask for a final report and wake a worker once the transaction commits."""
    report = queue_report(reader_study_id=reader_study_id, preset=preset, actor=actor)
    _wake_on_commit(report)
    return report


def request_report_again(*, report_id: int, actor: Any) -> FinalReport:
    """Make a report again, after a failure or to see that the same files come out."""
    report = queue_again(report_id=report_id, actor=actor)
    _wake_on_commit(report)
    return report


def _wake_on_commit(report: FinalReport) -> None:
    transaction.on_commit(lambda: make_report_task.delay(report.pk), robust=True)


@shared_task(name="annotations.make_report")  # type: ignore[untyped-decorator]
def make_report_task(report_id: int) -> None:
    """Claim the report, make it, store its files or the reason why not."""
    report = claim_report(report_id)
    if report is None:
        return
    try:
        make_report(report)
    except DomainError as error:
        fail_report(report, error.message)
    except Exception as error:
        logger.exception("final report %s failed", report_id)
        fail_report(
            report,
            f"The report stopped with an unexpected error: {error}. The worker's log holds the "
            "details; make it again once that is mended.",
        )


@transaction.atomic
def request_fusion(*, arm: Arm, method: str, actor: Any) -> MaskFusion:
    """Ask for reference masks and wake a worker once the transaction commits."""
    fusion = queue_fusion(arm=arm, method=method, actor=actor)
    transaction.on_commit(lambda: fuse_masks_task.delay(fusion.pk), robust=True)
    return fusion


@shared_task(name="annotations.fuse_masks")  # type: ignore[untyped-decorator]
def fuse_masks_task(fusion_id: int) -> None:
    """Claim it, make the masks, store them or the reason why not."""
    fusion = claim_fusion(fusion_id)
    if fusion is None:
        return
    try:
        make_fusion(fusion)
    except DomainError as error:
        fail_fusion(fusion, error.message)
    except Exception as error:
        logger.exception("mask fusion %s failed", fusion_id)
        fail_fusion(
            fusion,
            f"It stopped with an unexpected error: {error}. The worker's log holds the details; "
            "start it again once that is mended.",
        )
