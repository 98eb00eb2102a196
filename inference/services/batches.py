"""A pipeline over many exams: queue what is missing, once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from inference import registry
from inference.models import Batch, BatchJob, Job, Prediction
from inference.services.jobs import queue_job
from spinestudy.audit.services import record
from spinestudy.common.errors import InvalidInputError
from spinestudy.imaging.models import ImagingStudy


class EmptyBatchError(InvalidInputError):
    """There is no exam to run over."""

    code = "empty_batch"


@transaction.atomic
def queue_batch(
    *,
    imaging_studies: Iterable[ImagingStudy],
    pipeline: str,
    purpose: str,
    key: str,
    title: str,
    actor: Any,
) -> tuple[Batch, list[Job]]:
    """Every exam gets one part: its prediction by these weights, its job under way, or a new job.

    Gives the batch and the jobs that were queued now. The same batch asked for again queues only
    what is new or has failed. Raises UnknownPipelineError, EmptyBatchError.
    """
    registry.require_known(pipeline)
    exams = list(imaging_studies)
    if not exams:
        raise EmptyBatchError(f"There is no exam in {title}. Bring exams in first.")
    batch, is_new = Batch.objects.get_or_create(
        pipeline=pipeline,
        purpose=purpose,
        key=key,
        defaults={
            "title": title[:250],
            "created_by": actor if getattr(actor, "pk", None) else None,
        },
    )
    batch = Batch.objects.select_for_update().get(pk=batch.pk)
    done = _predicted(exams, pipeline)
    queued = []
    for exam in exams:
        job_id = done.get(exam.pk)
        if job_id is None:
            active = exam.jobs.filter(
                pipeline=pipeline, state__in=[Job.State.QUEUED, Job.State.RUNNING]
            ).first()
            job = active or queue_job(imaging_study=exam, pipeline=pipeline, actor=actor)
            job_id = job.pk
            if active is None:
                queued.append(job)
        BatchJob.objects.get_or_create(
            batch=batch, job_id=job_id, defaults={"is_new": job_id not in done.values()}
        )
    if queued or is_new:
        record(
            actor=actor,
            action="batch.queued",
            subject=batch,
            pipeline=pipeline,
            purpose=purpose,
            exams=len(exams),
            queued=len(queued),
        )
    return batch, queued


def _predicted(exams: list[ImagingStudy], pipeline: str) -> dict[int, int]:
    """Exam -> the job of its newest prediction by the weights that the pipeline has now."""
    weights = registry.metadata(pipeline).get("weights_sha256", "")
    found = Prediction.objects.filter(
        imaging_study__in=exams, pipeline=pipeline, weights_sha256=weights
    ).order_by("pk")
    return dict(found.values_list("imaging_study_id", "job_id"))
