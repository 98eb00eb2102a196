"""Keeps the lease of a running job while its pipeline is in a long stage."""

from __future__ import annotations

import logging
import threading
from types import TracebackType

from django.conf import settings
from django.db import connection

from inference.models import Job
from inference.services.jobs import renew_lease

logger = logging.getLogger(__name__)


class Heartbeat:
    """Renews the lease from a thread of its own, four times a lease, until the block is left.

    A process that is killed takes the thread with it, and the lease runs out. A pipeline that
    hangs is ended by the time limit, not by the lease.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"job-{job.pk}", daemon=True)

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_over.set()
        self._thread.join(5)

    def _beat(self) -> None:
        try:
            while not self._is_over.wait(settings.JOB_LEASE_S / 4):
                if not renew_lease(self._job):
                    return
        except Exception:  # the next beat of the pipeline's own progress will tell
            logger.exception("the lease of job %s could not be renewed", self._job.pk)
        finally:
            connection.close()
