"""A reader study that is being read."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from annotations.models import ReaderStudy, Reading
from annotations.services.grades import store_grade
from tests import personas
from tests.annotations.running import CAPPED
from tests.factories.reader_studies import answer, designed_reader_study


@pytest.fixture
def readers(reader: User) -> list[User]:
    return [reader, personas.reader("reader-2")]


@pytest.fixture
def running(coordinator: User, readers: list[User]) -> ReaderStudy:
    """Eight cases, two readers with four each, the first answer given: frozen."""
    reader_study = designed_reader_study(coordinator, readers, CAPPED, n_cases=8, opened=True)
    first = Reading.objects.filter(enrolment__code="R1").order_by("reading_session__period")
    store_grade(reading_id=first[0].pk, answer=answer("modic"))
    running = ReaderStudy.objects.get(pk=reader_study.pk)
    assert running.schedule.frozen_at is not None
    return running
