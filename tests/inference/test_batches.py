"""A pipeline over many exams: each is run once, progress adds up, and the end is estimated."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.utils import timezone

from inference.models import Batch, Job
from inference.selectors.batches import batch_progress
from inference.services import jobs
from inference.tasks import request_batch
from spinestudy.imaging.models import Cohort, ImagingStudy
from tests.conftest import client_of
from tests.factories.reader_studies import PIPELINE, exam
from tests.inference.predicting import predict

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort() -> Cohort:
    cohort = Cohort.objects.create(name="Lumbar")
    cohort.imaging_studies.set([exam() for _ in range(4)])
    return cohort


def batch_of(cohort: Cohort) -> Batch:
    return request_batch(
        imaging_studies=cohort.imaging_studies.order_by("pk"),
        pipeline=PIPELINE,
        purpose="cohort",
        key=str(cohort.pk),
        title=cohort.name,
        actor=None,
    )


def finish(job: Job, seconds: float) -> None:
    now = timezone.now()
    Job.objects.filter(pk=job.pk).update(
        state="succeeded", started_at=now - timedelta(seconds=seconds), finished_at=now
    )


def test_asked_for_twice_it_queues_once(cohort: Cohort) -> None:
    first, second = batch_of(cohort), batch_of(cohort)
    assert first == second
    assert Job.objects.count() == 4
    assert batch_progress(first).waiting == 4


def test_what_is_predicted_by_these_weights_is_not_run_again(cohort: Cohort) -> None:
    predicted, under_way, *_ = cohort.imaging_studies.order_by("pk")
    predict(predicted, {"L4/L5": 3})
    waiting = jobs.queue_job(imaging_study=under_way, pipeline=PIPELINE, actor=None)
    progress = batch_progress(batch_of(cohort))
    assert Job.objects.count() == 4
    assert (progress.total, progress.done, progress.waiting) == (4, 1, 3)
    assert progress.batch.jobs.filter(pk=waiting.pk).exists()


def test_a_failed_exam_is_run_again_and_counts_once(cohort: Cohort) -> None:
    batch = batch_of(cohort)
    job = jobs.claim_job(batch.jobs.order_by("pk")[0].pk)
    assert job is not None
    jobs.fail_job(job, code="input", message="No sagittal T2.")
    assert batch_progress(batch).failed == 1
    batch_of(cohort)
    progress = batch_progress(batch)
    assert (progress.total, progress.failed, progress.waiting) == (4, 0, 4)


def test_exams_that_come_later_join(cohort: Cohort) -> None:
    batch_of(cohort)
    cohort.imaging_studies.add(exam())
    assert batch_progress(batch_of(cohort)).total == 5
    assert Batch.objects.count() == 1


def test_the_end_follows_from_how_long_runs_take(cohort: Cohort) -> None:
    batch = batch_of(cohort)
    assert batch_progress(batch).ends_at is None, "nothing tells it yet"
    first, second, *_ = batch.jobs.order_by("pk")
    finish(first, 40)
    claimed = jobs.claim_job(second.pk)
    assert claimed is not None
    progress = batch_progress(batch)
    assert (progress.done, progress.running, progress.waiting) == (1, 1, 2)
    assert progress.ends_at is not None
    assert (progress.ends_at - timezone.now()).total_seconds() == pytest.approx(100, abs=5)


def test_a_cohort_without_exams_is_refused(coordinator: User) -> None:
    empty = Cohort.objects.create(name="Empty")
    answer = client_of(coordinator).post(
        "/api/v1/batches/", {"pipeline": PIPELINE, "cohort": empty.pk}
    )
    assert answer.status_code == 400
    assert "no exam in Empty" in answer.json()["message"]
    assert not Batch.objects.exists()


def test_programs_start_and_follow_a_batch(coordinator: User, cohort: Cohort) -> None:
    client = client_of(coordinator)
    started = client.post("/api/v1/batches/", {"pipeline": PIPELINE, "cohort": cohort.pk})
    assert started.status_code == 202
    told = client.get(f"/api/v1/batches/{started.json()['id']}/").json()
    assert (told["title"], told["total"], told["is_over"]) == ("Lumbar", 4, False)
    wrong = client.post("/api/v1/batches/", {"pipeline": "no@1", "cohort": cohort.pk})
    assert wrong.status_code == 400


def run(*words: str, **options: Any) -> str:
    said = StringIO()
    call_command("run_pipeline", *words, stdout=said, **options)
    return said.getvalue()


def test_the_command_queues_a_cohort_and_says_how_far_it_is(cohort: Cohort) -> None:
    assert "over Lumbar: 0 of 4 done, 0 running, 4 waiting" in run(
        "lumbar_grading", "--cohort", "Lumbar"
    )
    run("lumbar_grading@2", "--cohort", "Lumbar")
    assert Job.objects.count() == 4


def test_the_command_takes_single_exams(cohort: Cohort) -> None:
    uids = [one.study_instance_uid for one in ImagingStudy.objects.order_by("pk")[:2]]
    words = [word for uid in uids for word in ("--exam", uid)]
    assert "over 2 exams: 0 of 2 done" in run("lumbar_grading", *words)
    with pytest.raises(CommandError, match=r"no exam 1\.2\.3"):
        run("lumbar_grading", "--exam", "1.2.3")
    with pytest.raises(CommandError, match=r"no cohort 'None'. There are: Lumbar"):
        run("lumbar_grading", "--cohort", "None")
    with pytest.raises(CommandError, match="no pipeline 'other'"):
        run("other", "--cohort", "Lumbar")


def test_waiting_ends_with_an_error_where_no_worker_comes_or_a_run_fails(cohort: Cohort) -> None:
    with pytest.raises(CommandError, match=r"4 runs are not done. Is a worker"):
        run("lumbar_grading", "--cohort", "Lumbar", "--wait", "--give-up-after", "0.2")
    first, *others = Job.objects.order_by("pk")
    claimed = jobs.claim_job(first.pk)
    assert claimed is not None
    jobs.fail_job(claimed, code="input", message="No sagittal T2.")
    for job in others:
        finish(job, 1)
    batch = Batch.objects.get()
    assert batch_progress(batch).is_over
