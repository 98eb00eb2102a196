"""Work that Celery carries to a worker. The Job row decides; a message only wakes."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import transaction

from inference import registry
from inference.contract import PipelineInputError, StageClock
from inference.models import Batch, Job
from inference.selectors.exam_input import exam_input
from inference.services import batches, jobs
from inference.services.heartbeats import Heartbeat
from inference.services.predictions import JobTakenOverError, store_prediction
from inference.services.provenance import provenance_of
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


@transaction.atomic
def request_batch(
    *,
    imaging_studies: Iterable[ImagingStudy],
    pipeline: str,
    purpose: str,
    key: str,
    title: str,
    actor: Any,
) -> Batch:
    """Run a pipeline over many exams; what is done, waits or runs already isn't queued twice."""
    batch, queued = batches.queue_batch(
        imaging_studies=imaging_studies,
        pipeline=pipeline,
        purpose=purpose,
        key=key,
        title=title,
        actor=actor,
    )
    for job in queued:
        _wake_on_commit(job)
    return batch


def _wake_on_commit(job: Job) -> None:
    """Send the message; where the broker is away, `reap_jobs_task` sends it later."""
    transaction.on_commit(lambda: _send(job.pk, job.pipeline), robust=True)


def _send(job_id: int, pipeline: str) -> None:
    run_job_task.apply_async(
        (job_id,),
        queue=jobs.queue_of(pipeline),
        soft_time_limit=settings.JOB_TIME_LIMIT_S,
        time_limit=settings.JOB_TIME_LIMIT_S + 60,
    )


@shared_task(name="inference.run_job")  # type: ignore[untyped-decorator]
def run_job_task(job_id: int) -> None:
    """Claim the job, run its pipeline, store the prediction or the reason why not."""
    job = jobs.claim_job(job_id)
    if job is None:
        return
    try:
        with Heartbeat(job):
            _run(job)
    except JobTakenOverError:
        logger.warning("job %s was taken over by another worker", job.pk)
    except PipelineInputError as error:
        jobs.fail_job(job, code="input", message=str(error))
    except SoftTimeLimitExceeded:
        jobs.fail_job(
            job,
            code="time_limit",
            message=f"It took longer than the {settings.JOB_TIME_LIMIT_S} s that a run may take. "
            "Raise JOB_TIME_LIMIT_S or use a faster machine, then retry.",
        )
    except Exception as error:
        logger.exception("job %s failed", job.pk)
        jobs.fail_job(
            job,
            code=type(error).__name__,
            message=f"The pipeline stopped with an unexpected error: {error}. "
            "The worker's log holds the details; retry once it is mended.",
        )


def _run(job: Job) -> None:
    clock = StageClock(lambda done, step: _beat(job, done, step))
    clock("load model", 0.02, "loading the model")
    pipeline = registry.load(job.pipeline)
    clock("load images", 0.05, "loading the images")
    exam = exam_input(job.imaging_study)
    clock("predict", 0.1, "predicting")
    output = pipeline.run(exam, lambda done, step: _beat(job, 0.1 + 0.85 * done, step))
    around = clock.seconds()
    whole = around.pop("predict")
    store_prediction(
        job=job,
        output=output,
        weights_sha256=pipeline.weights_sha256,
        device=pipeline.device,
        stage_seconds={**around, **(output.stage_seconds or {"predict": whole})},
        provenance=provenance_of(job, pipeline, exam),
    )


def _beat(job: Job, progress: float, step: str) -> None:
    if not jobs.heartbeat(job, progress=progress, step=step):
        raise JobTakenOverError(f"Job {job.pk} belongs to another worker now.")


@shared_task(name="inference.reap_jobs")  # type: ignore[untyped-decorator]
def reap_jobs_task() -> None:
    """Send out again what was lost with a worker or a broker. Runs every 15 s."""
    overdue = jobs.overdue_jobs()
    pipelines = dict(Job.objects.filter(pk__in=overdue).values_list("pk", "pipeline"))
    for job_id in overdue:
        _send(job_id, pipelines[job_id])


def request_reading_anew() -> None:
    """Have reports read anew by the lexicon as it is once the transaction commits.

    Where the broker is away nothing is lost: the page of the lexicon counts what is still to do.
    """
    transaction.on_commit(lambda: read_reports_anew_task.delay(), robust=True)


@shared_task(name="inference.read_reports_anew")  # type: ignore[untyped-decorator]
def read_reports_anew_task() -> None:
    """A new run for each report whose labels are of another lexicon or engine."""
    relabel_stale()
