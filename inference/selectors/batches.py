"""How far a batch is, and when it will be done."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Final

from django.db.models import Min
from django.utils import timezone

from inference.models import Batch, BatchJob, Job

_RECENT: Final = 50
_LONG: Final = timedelta(minutes=10)
"""A run that waits longer makes one ask whether an AI worker is on."""


@dataclass(frozen=True)
class BatchProgress:
    """Counts of exams. ends_at: estimated; None where nothing tells it, or nothing is left."""

    batch: Batch
    total: int
    done: int
    failed: int
    running: int
    waiting: int
    began_at: datetime | None
    ends_at: datetime | None

    @property
    def is_over(self) -> bool:
        """Whether nothing waits or runs."""
        return not self.running and not self.waiting


def batches_of(pipeline: str | None = None) -> list[Batch]:
    """The newest first, without shadow runs.

    Those bear the names of reader studies, which only their members may know.
    """
    found = Batch.objects.select_related("created_by").exclude(purpose=Batch.Purpose.SHADOW)
    if pipeline is not None:
        found = found.filter(pipeline=pipeline)
    return list(found[:100])


def shadow_batches(keys: Collection[str]) -> list[Batch]:
    """Shadow runs of the reader studies with these keys, the newest first."""
    found = Batch.objects.select_related("created_by")
    return list(found.filter(purpose=Batch.Purpose.SHADOW, key__in=keys)[:100])


def progress_of(batches: Iterable[Batch]) -> list[BatchProgress]:
    """One each, in the order given."""
    return [batch_progress(batch) for batch in batches]


def batch_progress(batch: Batch) -> BatchProgress:
    """Count the newest job of each exam: a job that failed and was queued anew counts once."""
    parts = BatchJob.objects.filter(batch=batch).select_related("job")
    newest: dict[int, BatchJob] = {}
    for part in parts.order_by("job_id"):
        newest[part.job.imaging_study_id] = part
    states = [part.job.state for part in newest.values()]
    own = [part.job for part in newest.values() if part.is_new]
    running, waiting = states.count(Job.State.RUNNING), states.count(Job.State.QUEUED)
    began = min((job.started_at for job in own if job.started_at), default=None)
    return BatchProgress(
        batch=batch,
        total=len(newest),
        done=states.count(Job.State.SUCCEEDED),
        failed=states.count(Job.State.FAILED),
        running=running,
        waiting=waiting,
        began_at=began,
        ends_at=_end(batch.pipeline, own, running, waiting),
    )


def _end(pipeline: str, own: list[Job], running: int, waiting: int) -> datetime | None:
    """From how long runs take, over the workers at work; a running one counts as half done."""
    left = waiting + running / 2
    if not left:
        return None
    took = [
        (job.finished_at - job.started_at).total_seconds()
        for job in own
        if job.state == Job.State.SUCCEEDED and job.started_at and job.finished_at
    ] or _recent_seconds(pipeline)
    if not took:
        return None
    workers = max(Job.objects.filter(state=Job.State.RUNNING).count(), 1)
    return timezone.now() + timedelta(seconds=median(took) * left / workers)


def _recent_seconds(pipeline: str) -> list[float]:
    recent = Job.objects.filter(
        pipeline=pipeline,
        state=Job.State.SUCCEEDED,
        started_at__isnull=False,
        finished_at__isnull=False,
    ).order_by("-finished_at")[:_RECENT]
    return [
        (job.finished_at - job.started_at).total_seconds()
        for job in recent
        if job.started_at and job.finished_at
    ]


def oldest_waiting() -> datetime | None:
    """Since when the oldest job waits; None where none has waited for long."""
    long_ago = timezone.now() - _LONG
    waiting = Job.objects.filter(state=Job.State.QUEUED, created_at__lt=long_ago).aggregate(
        first=Min("created_at")
    )
    first: datetime | None = waiting["first"]
    return first
