"""The grade mix of a pipeline, week by week, and how long its stages take."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.test import Client

from inference.selectors.drift import devices_of, grade_mix, stage_seconds
from tests.factories.reader_studies import PIPELINE, exam
from tests.inference.predicting import predict

pytestmark = pytest.mark.django_db
LEVELS = ("L1/L2", "L2/L3", "L3/L4", "L4/L5", "L5/S1")
FIRST, LAST = datetime(2026, 11, 4, tzinfo=UTC), datetime(2026, 11, 18, tzinfo=UTC)
SCORES = {"pfirrmann": [1, 2, 3, 4, 5]}


def week(exams: int, score: int, made_at: datetime) -> None:
    for _ in range(exams):
        predict(exam(), dict.fromkeys(LEVELS, score), made_at=made_at)


@pytest.mark.usefixtures("storage_root")
def test_shares_are_of_each_week_and_the_shift_is_half_the_sum_of_differences() -> None:
    week(8, 2, FIRST)
    week(4, 4, FIRST)
    week(6, 4, LAST)
    week(6, 5, LAST)
    (drift,) = grade_mix(PIPELINE, SCORES)
    assert drift.scores == (1, 2, 3, 4, 5)
    assert [(str(one.monday), one.n) for one in drift.weeks] == [
        ("2026-11-02", 60),
        ("2026-11-16", 60),
    ]
    before, after = ([round(s.percent) for s in one.shares] for one in drift.weeks)
    assert before == [0, 67, 0, 33, 0]
    assert after == [0, 0, 0, 50, 50]
    assert drift.weeks[0].shares[3].start == pytest.approx(66.67, abs=0.01)
    assert drift.shift == pytest.approx(50 * (2 / 3 + 1 / 6 + 1 / 2), abs=0.01)


@pytest.mark.usefixtures("storage_root")
def test_few_grades_tell_no_shift() -> None:
    week(1, 2, FIRST)
    week(1, 4, LAST)
    assert grade_mix(PIPELINE, SCORES)[0].shift is None
    assert grade_mix("another@1", SCORES) == []


@pytest.mark.usefixtures("storage_root")
def test_times_and_devices_are_those_stored_with_the_predictions(coordinator: User) -> None:
    week(3, 2, FIRST)
    assert stage_seconds(PIPELINE) == [("load images", 0.5, 3), ("grade", 1.25, 3)]
    assert devices_of(PIPELINE) == [("cpu", 3)]
    client = Client()
    client.force_login(coordinator)
    shown = client.get(f"/pipelines/{PIPELINE}/").content.decode()
    assert "1.25" in shown
    assert "cpu (3)" in shown
    assert 'datetime="2026-11-02"' in shown
