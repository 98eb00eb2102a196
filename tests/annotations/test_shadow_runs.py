"""Another version over the cases of a reader study: nothing of it reaches a reader."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import User
from django.test import Client

from annotations.selectors.shadow_runs import shadow_runs
from annotations.tasks import request_shadow_run
from inference import registry
from inference.models import Batch, Job
from tests.conftest import client_of
from tests.factories.reader_studies import PIPELINE, opened_reader_study, reading_of
from tests.inference.predicting import predict
from tests.personas import person

pytestmark = pytest.mark.django_db
SHADOW = "lumbar_grading@3"


@pytest.fixture
def newer(monkeypatch: pytest.MonkeyPatch) -> str:
    """A further version, with the weights of the first."""
    monkeypatch.setitem(registry.PIPELINES, SHADOW, registry.PIPELINES[PIPELINE])
    return SHADOW


@pytest.mark.usefixtures("storage_root")
def test_every_case_is_run_once_and_no_reader_sees_it(
    coordinator: User, reader: User, newer: str
) -> None:
    reader_study = opened_reader_study(coordinator, [reader], n_cases=2)
    for case in reader_study.cases.all():
        predict(case.imaging_study, {"L4/L5": 2})
        predict(case.imaging_study, {"L4/L5": 5}, pipeline=newer)
    client = Client()
    client.force_login(coordinator)
    form = {"reader_study": reader_study.pk, "pipeline": newer}
    assert client.post("/shadow-runs/", form).status_code == 302
    assert Batch.objects.get().jobs.count() == 2
    assert not Job.objects.filter(pipeline=newer, state="queued").exists()
    for is_aided in (False, True):
        reading = reading_of(reader_study, reader, aided=is_aided)
        told = client_of(reader).get(f"/api/v1/readings/{reading.pk}/")
        assert told.status_code == 200
        text = json.dumps(told.json())
        assert newer not in text
        if is_aided:
            grades = told.json()["prediction"]["grades"]
            assert {one["score"] for one in grades} == {2}
        else:
            assert PIPELINE not in text


@pytest.mark.usefixtures("storage_root")
def test_the_page_compares_versions_and_no_reader(
    coordinator: User, reader: User, newer: str
) -> None:
    reader_study = opened_reader_study(coordinator, [reader], n_cases=2)
    for case, score in zip(reader_study.cases.all(), (2, 4), strict=True):
        predict(case.imaging_study, {"L4/L5": 2, "L5/S1": 3})
        predict(case.imaging_study, {"L4/L5": score, "L5/S1": 1}, pipeline=newer)
    request_shadow_run(reader_study=reader_study, pipeline=newer, actor=coordinator)
    (run,) = shadow_runs([reader_study])
    (row,) = run.comparisons
    assert (row.item, row.shown, row.cells) == ("pfirrmann", PIPELINE, 4)
    assert (row.same, row.higher, row.lower) == (25, 25, 50)
    client = Client()
    client.force_login(coordinator)
    shown = client.get("/shadow-runs/").content.decode()
    assert "Reading lumbar discs" in shown
    assert "25 %" in shown


def test_reader_studies_of_others_are_neither_run_nor_named(
    coordinator: User, reader: User, newer: str
) -> None:
    reader_study = opened_reader_study(coordinator, [reader], n_cases=1, title="Secret title")
    request_shadow_run(reader_study=reader_study, pipeline=newer, actor=coordinator)
    other = person("other-coordinator", "coordinators")
    client = Client()
    client.force_login(other)
    form = {"reader_study": reader_study.pk, "pipeline": PIPELINE}
    assert client.post("/shadow-runs/", form).status_code == 404
    batch = Batch.objects.get()
    for address in ("/shadow-runs/", "/pipelines/", f"/pipelines/{newer}/", "/api/v1/batches/"):
        assert "Secret title" not in client.get(address).content.decode()
    assert client.get(f"/api/v1/batches/{batch.pk}/").status_code == 404
