"""Work that Celery carries to a worker. The Job row decides; a message only wakes."""

from __future__ import annotations

import logging
from typing import Any

from celery import shared_task
from django.db import transaction

from inference import registry
from inference.contract import PipelineInputError
from inference.models import Job
from inference.selectors.exam_input import exam_input
from inference.services import jobs
from inference.services.predictions import JobTakenOverError, store_prediction
from inference.services.report_labels import relabel_stale
from spinestudy.imaging.models import ImagingStudy

logger = logging.getLogger(__name__)


def request_job(*, imaging_study: ImagingStudy, pipeline: str, actor: Any) -> Job:
    """Queue a job and wake a worker once the transaction commits."""
    job = jobs.queue_job(imaging_study=imaging_study, pipeline=pipeline, actor=actor)
    _wake_on_commit(job)
    return job


def request_retry(*, job_id: int, actor: Any) -> Job:
    """Queue a failed job again and wake a worker."""
    job = jobs.retry_job(job_id=job_id, actor=actor)
    _wake_on_commit(job)
    return job


def _wake_on_commit(job: Job) -> None:
    """Send the message; where the broker is away, `reap_jobs_task` sends it later."""
    transaction.on_commit(lambda: run_job_task.delay(job.pk), robust=True)


@shared_task(name="inference.run_job")  # type: ignore[untyped-decorator]
def run_job_task(job_id: int) -> None:
    """Claim the job, run its pipeline, store the prediction or the reason why not."""
    job = jobs.claim_job(job_id)
    if job is None:
        return
    try:
        jobs.heartbeat(job, progress=0.02, step="loading the model")
        pipeline = registry.load(job.pipeline)
        jobs.heartbeat(job, progress=0.05, step="loading the images")
        exam = exam_input(job.imaging_study)
        output = pipeline.run(
            exam,
            lambda done, step: _beat(job, 0.1 + 0.85 * done, step),
        )
        store_prediction(job=job, output=output, weights_sha256=pipeline.weights_sha256)
    except JobTakenOverError:
        logger.warning("job %s was taken over by another worker", job.pk)
    except PipelineInputError as error:
        jobs.fail_job(job, code="input", message=str(error))
    except Exception as error:
        logger.exception("job %s failed", job.pk)
        jobs.fail_job(
            job,
            code=type(error).__name__,
            message=f"The pipeline stopped with an unexpected error: {error}. "
            "The worker's log holds the details; retry once it is mended.",
        )


def _beat(job: Job, progress: float, step: str) -> None:
    if not jobs.heartbeat(job, progress=progress, step=step):
        raise JobTakenOverError(f"Job {job.pk} belongs to another worker now.")


@shared_task(name="inference.reap_jobs")  # type: ignore[untyped-decorator]
def reap_jobs_task() -> None:
    """Send out again what was lost with a worker or a broker. Runs every 15 s."""
    for job_id in jobs.overdue_jobs():
        run_job_task.delay(job_id)


def request_reading_anew() -> None:
    """Have reports read anew by the lexicon as it is once the transaction commits.

    Where the broker is away nothing is lost: the page of the lexicon counts what is still to do.
    """
    transaction.on_commit(lambda: read_reports_anew_task.delay(), robust=True)


@shared_task(name="inference.read_reports_anew")  # type: ignore[untyped-decorator]
def read_reports_anew_task() -> None:
    """A new run for each report whose labels are of another lexicon or engine."""
    relabel_stale()
