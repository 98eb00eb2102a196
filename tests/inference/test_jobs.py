"""A job runs once, tells how it goes, fails with a reason, and never gets lost."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from inference.contract import (
    DetectionOutput,
    FlagOutput,
    GradeOutput,
    LevelLocation,
    MeasureOutput,
    PredictionOutput,
    SegmentationOutput,
)
from inference.models import Job, Prediction
from inference.services import jobs
from inference.services.predictions import JobTakenOverError, store_prediction
from spinestudy.imaging.models import ImagingStudy, Stack
from tests.conftest import client_of
from tests.factories.reader_studies import PIPELINE, exam


@pytest.fixture
def imaging_study(db: None) -> ImagingStudy:
    return exam()


def queue(imaging_study: ImagingStudy) -> Job:
    return jobs.queue_job(imaging_study=imaging_study, pipeline=PIPELINE, actor=None)


def test_asking_twice_queues_once(imaging_study: ImagingStudy) -> None:
    assert queue(imaging_study).pk == queue(imaging_study).pk


def test_a_message_delivered_twice_runs_once(imaging_study: ImagingStudy) -> None:
    job = queue(imaging_study)
    assert jobs.claim_job(job.pk) is not None
    assert jobs.claim_job(job.pk) is None


def test_progress_is_kept_and_renews_the_lease(imaging_study: ImagingStudy) -> None:
    job = jobs.claim_job(queue(imaging_study).pk)
    assert job is not None
    Job.objects.update(lease_expires_at=timezone.now() + timedelta(seconds=1))
    assert jobs.heartbeat(job, progress=0.5, step="grading")
    job.refresh_from_db()
    assert (job.progress, job.step) == (0.5, "grading")
    assert job.lease_expires_at is not None
    assert job.lease_expires_at > timezone.now() + timedelta(seconds=60)


def lose_the_worker(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(lease_expires_at=timezone.now() - timedelta(seconds=1))


def test_a_job_of_a_lost_worker_is_queued_again(imaging_study: ImagingStudy) -> None:
    job = jobs.claim_job(queue(imaging_study).pk)
    assert job is not None
    lose_the_worker(job)
    Job.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    assert jobs.overdue_jobs() == [job.pk]
    job.refresh_from_db()
    assert job.state == Job.State.QUEUED


def test_a_job_that_kills_its_worker_three_times_fails_with_the_reason(
    imaging_study: ImagingStudy,
) -> None:
    job = queue(imaging_study)
    for _ in range(3):
        claimed = jobs.claim_job(job.pk)
        assert claimed is not None
        lose_the_worker(claimed)
    assert jobs.overdue_jobs() == []
    job.refresh_from_db()
    assert (job.state, job.error_code) == (Job.State.FAILED, "worker_lost")


def test_a_slow_worker_whose_job_was_taken_over_writes_nothing(
    imaging_study: ImagingStudy, storage_root: object
) -> None:
    slow = jobs.claim_job(queue(imaging_study).pk)
    assert slow is not None
    lose_the_worker(slow)
    assert jobs.claim_job(slow.pk) is not None
    assert not jobs.heartbeat(slow, progress=0.9, step="late")
    with pytest.raises(JobTakenOverError):
        store_prediction(job=slow, output=PredictionOutput((), ()), weights_sha256="0" * 64)
    assert not Prediction.objects.exists()


def test_a_failed_job_can_be_retried_and_only_a_failed_one(
    imaging_study: ImagingStudy, coordinator: User
) -> None:
    job = jobs.claim_job(queue(imaging_study).pk)
    assert job is not None
    client = client_of(coordinator)
    assert client.post(f"/api/v1/jobs/{job.pk}/retry/").status_code == 409
    jobs.fail_job(job, code="input", message="There is no sagittal T2 stack.")
    listed = client.get("/api/v1/jobs/").json()["results"][0]
    assert listed["state"] == "failed"
    assert listed["error_message"] == "There is no sagittal T2 stack."
    assert client.post(f"/api/v1/jobs/{job.pk}/retry/").status_code == 202
    job.refresh_from_db()
    assert job.state == Job.State.QUEUED


def test_an_unknown_pipeline_is_refused_with_the_known_ones(
    imaging_study: ImagingStudy, coordinator: User
) -> None:
    body = {"imaging_study": imaging_study.pk, "pipeline": "nothing@9"}
    answer = client_of(coordinator).post("/api/v1/jobs/", body)
    assert answer.status_code == 400
    assert PIPELINE in answer.json()["message"]


def test_a_prediction_lands_whole(imaging_study: ImagingStudy, storage_root: object) -> None:
    from spinestudy.imaging.models import Series

    series = Series.objects.create(
        imaging_study=imaging_study, series_instance_uid="2.25.1", modality="MR"
    )
    stack = Stack.objects.create(
        series=series,
        index=0,
        plane="sagittal",
        weighting="T2",
        rows=4,
        columns=4,
        slice_count=1,
        photometric_interpretation="MONOCHROME2",
        voi_center=1,
        voi_width=1,
    )
    job = jobs.claim_job(queue(imaging_study).pk)
    assert job is not None
    output = PredictionOutput(
        levels=(LevelLocation("L4/L5", "disc", (1.0, 2.0, 3.0), 0.9),),
        grades=(GradeOutput("modic", "L4/L5", {0: 0.1, 1: 0.2, 2: 0.6, 3: 0.1}),),
        segmentations=(
            SegmentationOutput(
                stack.pk, np.ones((1, 4, 4), np.uint8), np.full((1, 4, 4), 12, np.uint8)
            ),
        ),
        detections=(
            DetectionOutput(
                stack_id=stack.pk,
                item="modic",
                at_least=1,
                center_lps=(1.0, 2.0, 3.0),
                axes_lps=((1.0, 0.0, 0.0), (0.0, 0.8, 0.6), (0.0, -0.6, 0.8)),
                size_mm=(30.0, 20.0, 9.0),
                score=0.8125,
                is_calibrated=False,
                disc_level="L4/L5",
            ),
        ),
        measures=(
            MeasureOutput("slip", "L4/L5", -1.23456, "mm"),
            MeasureOutput("disc_t2_ratio", "L4/L5", None, "", "there is no sagittal T2 series"),
        ),
        flags=(FlagOutput("low_signal", "The images are noisy."),),
    )
    prediction = store_prediction(job=job, output=output, weights_sha256="0" * 64)
    job.refresh_from_db()
    assert job.state == Job.State.SUCCEEDED
    assert prediction.grades.get().score == 2
    box = prediction.detections.get()
    assert (box.score, box.is_calibrated, box.stack_id) == (0.8125, False, stack.pk)
    assert box.axes_lps == [1.0, 0.0, 0.0, 0.0, 0.8, 0.6, 0.0, -0.6, 0.8]
    slip, t2 = prediction.measures.all()
    assert (slip.code, slip.value, slip.unit, slip.reason) == ("slip", -1.2346, "mm", "")
    assert (t2.value, t2.reason) == (None, "there is no sagittal T2 series")
    prediction.refresh_from_db()
    assert prediction.flags == [{"code": "low_signal", "words": "The images are noisy."}]
    path = prediction.segmentations.get().path
    stored = np.load(storage_root / path)  # type: ignore[operator]
    assert stored["labels"].sum() == 16
    names = dict(zip(stored["instance_numbers"], stored["instance_names"], strict=True))
    assert {str(names[number]) for number in np.unique(stored["instances"])} == {"L4"}


def test_a_measure_is_never_changed_and_has_a_value_or_a_reason(
    imaging_study: ImagingStudy,
) -> None:
    job = jobs.claim_job(queue(imaging_study).pk)
    assert job is not None
    measured = (MeasureOutput("slip", "L4/L5", 3.1, "mm"),)
    output = PredictionOutput((), (), measures=measured)
    prediction = store_prediction(job=job, output=output, weights_sha256="0" * 64)
    kept = prediction.measures.all()
    refused = pytest.raises(DatabaseError, match="Cannot update or delete")
    with refused, transaction.atomic():
        kept.update(value=0)
    with refused, transaction.atomic():
        kept.delete()
    for value, reason in ((None, ""), (1.0, "not seen")):
        with pytest.raises(IntegrityError), transaction.atomic():
            prediction.measures.create(
                code="slip", disc_level="L3/L4", value=value, unit="mm", reason=reason
            )
        with pytest.raises(ValueError, match="a value or a reason"):
            MeasureOutput("slip", "L3/L4", value, "mm", reason)
    assert [one.value for one in prediction.measures.all()] == [3.1]


def test_coordinators_see_the_flags_of_a_run_and_readers_see_no_run(
    imaging_study: ImagingStudy, coordinator: User, reader: User
) -> None:
    waiting = queue(imaging_study)
    client = client_of(coordinator)
    assert client.get("/api/v1/jobs/").json()["results"][0]["flags"] == []
    job = jobs.claim_job(waiting.pk)
    assert job is not None
    flags = (FlagOutput("motion", "Ghosts lie over the images."),)
    store_prediction(job=job, output=PredictionOutput((), (), flags=flags), weights_sha256="0" * 64)
    (row,) = client.get("/api/v1/jobs/").json()["results"]
    assert row["flags"] == [{"code": "motion", "words": "Ghosts lie over the images."}]
    assert client_of(reader).get("/api/v1/jobs/").status_code == 403
