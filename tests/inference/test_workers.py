"""Real workers: any number of them, killed ones too; each job is done once."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection
from django.utils import timezone

from inference import registry
from inference.models import Job, Prediction
from inference.services.jobs import GPU_QUEUE, QUEUE, queue_of
from inference.tasks import reap_jobs_task, request_job
from spinestudy.celery import app
from tests.committed import committed_db  # noqa: F401
from tests.factories.reader_studies import exam

ROOT = Path(__file__).resolve().parents[2]
SLOW = "slow@1"
LEASE_S = 6  # renewed four times meanwhile, also on a machine that is busy for a second or two
StartWorker = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def start_worker(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
    committed_db: None,  # noqa: F811
) -> Iterator[StartWorker]:
    """Start workers of this test's database; all of them are killed at the end."""
    monkeypatch.setitem(registry.PIPELINES, SLOW, "tests.inference.slow_pipeline:Slow")
    settings.GPU_PIPELINES = ["slow"]
    with app.connection_for_write() as broker:  # numbers of jobs begin anew with every test
        broker.default_channel.queue_purge(GPU_QUEUE)
    parts = urlsplit(os.environ["DATABASE_URL"])
    url = urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))
    processes: list[subprocess.Popen[bytes]] = []

    def start(slow_s: float, *, queue: str = GPU_QUEUE, **env: object) -> subprocess.Popen[bytes]:
        name = f"test-{len(processes)}@%h"
        log = (tmp_path / f"worker-{len(processes)}.log").open("wb")
        processes.append(
            subprocess.Popen(
                [sys.executable, "-m", "tests.inference.slow_worker", "-Q", queue, "-n", name],
                cwd=ROOT,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={
                    **os.environ,
                    "DATABASE_URL": url,
                    "SLOW_S": str(slow_s),
                    **{name: str(value) for name, value in env.items()},
                },
            )
        )
        return processes[-1]

    yield start
    for process in processes:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """kill -9 of the worker and of the child that runs the job."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(30)


def wait_for(job: Job, state: str, timeout_s: float = 240) -> Job:
    """Until the job is in that state, with the reaper at work as the beat has it."""
    deadline = time.monotonic() + timeout_s
    while job.state != state:
        assert time.monotonic() < deadline, (job.state, job.step, job.error_message)
        time.sleep(0.3)
        reap_jobs_task()
        job.refresh_from_db()
    return job


def wait_until_ready(number: int, timeout_s: float = 240) -> None:
    """Until so many workers answer: jobs asked for before go to whoever starts first."""
    deadline = time.monotonic() + timeout_s
    while len(app.control.ping(timeout=1)) < number:
        assert time.monotonic() < deadline


def asked_for_a_while_ago(number: int = 1) -> list[Job]:
    jobs = [request_job(imaging_study=exam(), pipeline=SLOW, actor=None) for _ in range(number)]
    Job.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    return jobs


def test_a_worker_killed_in_the_middle_loses_its_job_to_another_and_it_is_stored_once(
    start_worker: StartWorker,
) -> None:
    (job,) = asked_for_a_while_ago()
    first = start_worker(600, JOB_LEASE_S=LEASE_S)
    wait_for(job, "running")
    held_by = job.worker
    kill(first)
    start_worker(0.1, JOB_LEASE_S=LEASE_S)
    wait_for(job, "succeeded")
    assert job.attempts == 2
    assert job.worker != held_by
    prediction = Prediction.objects.get()
    assert prediction.job == job
    assert prediction.provenance["attempt"] == 2
    assert prediction.device == "cpu"
    assert [stage for stage, _ in prediction.stage_seconds] == [
        "load model",
        "load images",
        "sleep",
    ]


def test_a_stage_longer_than_the_lease_keeps_its_job(start_worker: StartWorker) -> None:
    (job,) = asked_for_a_while_ago()
    start_worker(2 * LEASE_S, JOB_LEASE_S=LEASE_S)
    wait_for(job, "succeeded")
    assert job.attempts == 1
    assert dict(Prediction.objects.get().stage_seconds)["sleep"] >= 2 * LEASE_S


def test_several_workers_share_the_queue_and_do_each_job_once(start_worker: StartWorker) -> None:
    for _ in range(2):
        start_worker(0.5)
    wait_until_ready(2)
    jobs = asked_for_a_while_ago(6)
    for job in jobs:
        wait_for(job, "succeeded")
    assert Prediction.objects.count() == 6
    assert {job.attempts for job in jobs} == {1}
    assert len({job.worker for job in jobs}) == 2


def test_a_run_that_takes_too_long_fails_with_what_to_do(
    start_worker: StartWorker, settings: Any
) -> None:
    settings.JOB_TIME_LIMIT_S = 2
    (job,) = asked_for_a_while_ago()
    start_worker(600, JOB_TIME_LIMIT_S=2)
    wait_for(job, "failed")
    assert job.error_code == "time_limit"
    assert "longer than the 2 s" in job.error_message
    assert not Prediction.objects.exists()


@pytest.mark.django_db  # a run of this file alone then has a database
def test_a_site_says_which_pipelines_go_to_gpu_workers(settings: Any) -> None:
    settings.GPU_PIPELINES = []
    assert queue_of("lumbar_grading@2") == QUEUE
    for wanted in ("lumbar_grading", "lumbar_grading@2", "*"):
        settings.GPU_PIPELINES = [wanted]
        assert queue_of("lumbar_grading@2") == GPU_QUEUE
    settings.GPU_PIPELINES = ["lumbar_grading@1", "other"]
    assert queue_of("lumbar_grading@2") == QUEUE
