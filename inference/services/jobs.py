"""The life of a job: queued, claimed under a lease, done or failed, queued again."""

from __future__ import annotations

import os
import socket
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from inference.models import Job
from inference.registry import require_known
from spinestudy.audit.services import record
from spinestudy.common.errors import ConflictError
from spinestudy.common.notify import notify
from spinestudy.imaging.models import ImagingStudy

MAX_ATTEMPTS: Final = 3
TOPIC: Final = "jobs"
QUEUE: Final = "inference"
GPU_QUEUE: Final = "inference-gpu"


class JobNotRetryableError(ConflictError):
    """Only a failed job can be retried."""

    code = "job_not_retryable"


def lease() -> timedelta:
    """How long a worker may be silent before its job is given to another."""
    return timedelta(seconds=settings.JOB_LEASE_S)


def queue_of(pipeline: str) -> str:
    """The queue that carries jobs of this pipeline: that of GPU workers where the site says so."""
    wanted = set(settings.GPU_PIPELINES)
    is_for_gpu = bool({pipeline, pipeline.partition("@")[0], "*"} & wanted)
    return GPU_QUEUE if is_for_gpu else QUEUE


def _tell(job_id: int) -> None:
    notify(TOPIC, job=job_id)


@transaction.atomic
def queue_job(*, imaging_study: ImagingStudy, pipeline: str, actor: Any) -> Job:
    """Return the waiting or running job of this exam and pipeline, or queue a new one.

    Raises UnknownPipelineError where the registry doesn't know the pipeline.
    """
    require_known(pipeline)
    ImagingStudy.objects.select_for_update().get(pk=imaging_study.pk)
    active = Job.objects.filter(
        imaging_study=imaging_study,
        pipeline=pipeline,
        state__in=[Job.State.QUEUED, Job.State.RUNNING],
    ).first()
    if active is not None:
        return active
    job = Job(
        imaging_study=imaging_study,
        pipeline=pipeline,
        created_by=actor if getattr(actor, "pk", None) else None,
    )
    job.full_clean()
    job.save()
    _tell(job.pk)
    return job


def claim_job(job_id: int) -> Job | None:
    """Take the job for this worker, or None where somebody else has it or it is over.

    One UPDATE decides, so a message delivered twice runs once. A running job whose lease
    ran out may be claimed too.
    """
    now = timezone.now()
    with transaction.atomic():
        claimed = Job.objects.filter(
            Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, lease_expires_at__lt=now),
            pk=job_id,
        ).update(
            state=Job.State.RUNNING,
            lease_expires_at=now + lease(),
            attempts=F("attempts") + 1,
            progress=0,
            step="starting",
            worker=f"{socket.gethostname()}:{os.getpid()}"[:120],
            error_code="",
            error_message="",
            started_at=now,
            finished_at=None,
        )
        if not claimed:
            return None
        _tell(job_id)
    return Job.objects.select_related("imaging_study").get(pk=job_id)


def heartbeat(job: Job, *, progress: float, step: str) -> bool:
    """Renew the lease and show the progress; False where the job was taken from us."""
    with transaction.atomic():
        kept = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, attempts=job.attempts).update(
            progress=min(max(progress, 0.0), 1.0),
            step=step[:200],
            lease_expires_at=timezone.now() + lease(),
        )
        if kept:
            _tell(job.pk)
    return bool(kept)


def renew_lease(job: Job) -> bool:
    """Renew the lease and say nothing; False where the job was taken from us."""
    return bool(
        Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, attempts=job.attempts).update(
            lease_expires_at=timezone.now() + lease()
        )
    )


def fail_job(job: Job, *, code: str, message: str) -> None:
    """Mark it failed with a reason that a coordinator understands."""
    with transaction.atomic():
        Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, attempts=job.attempts).update(
            state=Job.State.FAILED,
            error_code=code,
            error_message=message[:1000],
            lease_expires_at=None,
            finished_at=timezone.now(),
        )
        _tell(job.pk)


@transaction.atomic
def retry_job(*, job_id: int, actor: Any) -> Job:
    """Queue a failed job again."""
    job = Job.objects.select_for_update().get(pk=job_id)
    if job.state != Job.State.FAILED:
        raise JobNotRetryableError(
            f"This run is {job.get_state_display()}; only a failed run can be retried."
        )
    newer = Job.objects.filter(
        imaging_study=job.imaging_study,
        pipeline=job.pipeline,
        state__in=[Job.State.QUEUED, Job.State.RUNNING],
    )
    if newer.exists():
        raise JobNotRetryableError("Another run of this pipeline on this exam is under way.")
    job.state = Job.State.QUEUED
    job.progress, job.step = 0, ""
    job.full_clean()
    job.save()
    record(actor=actor, action="job.retried", subject=job, error_code=job.error_code)
    _tell(job.pk)
    return job


def overdue_jobs() -> list[int]:
    """Queue expired jobs again, fail those that keep dying; return ids to send out anew.

    Waiting jobs are sent out again too: a claim makes a second message harmless.
    """
    now = timezone.now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [0x4A4F4253])
        (is_mine,) = cursor.fetchone()
        if not is_mine:
            return []
        expired = Job.objects.filter(state=Job.State.RUNNING, lease_expires_at__lt=now)
        for job in expired.filter(attempts__gte=MAX_ATTEMPTS):
            fail_job(
                job,
                code="worker_lost",
                message="The worker stopped three times while it ran this. See its log, "
                "then retry.",
            )
        expired.filter(attempts__lt=MAX_ATTEMPTS).update(
            state=Job.State.QUEUED, lease_expires_at=None, step="queued again"
        )
        waiting = Job.objects.filter(
            state=Job.State.QUEUED, created_at__lt=now - timedelta(seconds=30)
        )
        return list(waiting.order_by("id").values_list("pk", flat=True)[:500])
