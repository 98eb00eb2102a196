"""Schedules in the database: as drawn, frozen at the first reading, kept by the database itself."""

from __future__ import annotations

import importlib
import uuid
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from annotations.design.protocol import Endpoint, LiveView, ReaderStudyDesign, content_hash
from annotations.models import (
    Arm,
    Case,
    Enrolment,
    ReaderStudy,
    Reading,
    ReadingSession,
    Schedule,
)
from annotations.selectors.protocols import live_view_of
from annotations.services.grades import store_grade
from annotations.services.protocols import AmendmentError, amend_protocol
from annotations.services.reading_events import Happening, store_events
from annotations.services.schedules import ReaderStudyDesignError, is_as_drawn
from spinestudy.audit.models import AuditRecord
from tests import personas
from tests.factories.reader_studies import answer, designed_reader_study, exam


@pytest.fixture
def readers(reader: User) -> list[User]:
    return [reader, personas.reader("reader-2")]


def open_in_room(reading: Reading) -> None:
    """What the reading room sends first."""
    opened = Happening(uuid.uuid4(), "opened", timezone.now(), {})
    store_events(reading_id=reading.pk, window_key=uuid.uuid4(), events=[opened])


@pytest.mark.parametrize(
    "design",
    [
        ReaderStudyDesign("fully_crossed"),
        ReaderStudyDesign("sequential", repeat_fraction=0.1, repeat_lag=2),
        ReaderStudyDesign("crossover", washout_days=28, repeat_fraction=0.2, repeat_lag=1),
        ReaderStudyDesign("crossover", caps={"reader-2": 5}, common=2),
        ReaderStudyDesign("split_plot"),
    ],
)
def test_the_stored_schedule_has_the_hash_of_the_one_drawn(
    coordinator: User, readers: list[User], design: ReaderStudyDesign
) -> None:
    reader_study = designed_reader_study(coordinator, readers, design, n_cases=12)
    assert is_as_drawn(reader_study)
    assert reader_study.schedule.n_readings == Reading.objects.count()
    assert reader_study.schedule.frozen_at is None


def test_the_first_opened_reading_freezes_the_schedule(
    coordinator: User, readers: list[User]
) -> None:
    reader_study = designed_reader_study(
        coordinator, readers, ReaderStudyDesign("crossover"), opened=True
    )
    reading = Reading.objects.get(enrolment__reader=readers[0], order=1, reading_session__period=1)
    open_in_room(reading)
    reading.refresh_from_db()
    frozen = Schedule.objects.get(reader_study=reader_study).frozen_at
    assert frozen == reading.opened_at
    entry = AuditRecord.objects.get(action="schedule.frozen")
    assert entry.data["sha256"] == reader_study.schedule.sha256
    other = Reading.objects.get(enrolment__reader=readers[1], order=1, reading_session__period=1)
    store_grade(reading_id=other.pk, answer=answer("modic"))
    assert Schedule.objects.get(reader_study=reader_study).frozen_at == frozen
    assert AuditRecord.objects.filter(action="schedule.frozen").count() == 1


def test_the_database_keeps_a_frozen_schedule_as_it_is(
    coordinator: User, readers: list[User]
) -> None:
    reader_study = designed_reader_study(
        coordinator, readers, ReaderStudyDesign("crossover"), opened=True
    )
    first = Reading.objects.filter(enrolment__reader=readers[0]).order_by("order")[0]
    store_grade(reading_id=first.pk, answer=answer("modic"))
    last = Reading.objects.order_by("pk").last()
    assert last is not None
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        Reading.objects.filter(pk=last.pk).update(order=999)
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        last.delete()
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        Reading.objects.create(
            enrolment=last.enrolment,
            case=last.case,
            reading_session=last.reading_session,
            repeat_of=last,
            position=999,
        )
    for field, value in [("seed", 1), ("hanging", {}), ("tools", ["length"]), ("design", "x")]:
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            ReaderStudy.objects.filter(pk=reader_study.pk).update(**{field: value})
    assert is_as_drawn(reader_study)


def test_a_reading_moved_behind_the_products_back_shows_in_the_hash(
    coordinator: User, readers: list[User]
) -> None:
    reader_study = designed_reader_study(coordinator, readers, ReaderStudyDesign("crossover"))
    one = Reading.objects.all()[0]
    Reading.objects.filter(pk=one.pk).update(order=one.order + 500)  # possible while not frozen
    assert not is_as_drawn(reader_study)


def test_repeats_hide_behind_numbers_of_their_own(coordinator: User, readers: list[User]) -> None:
    design = ReaderStudyDesign("unaided_only", repeat_fraction=0.25, repeat_lag=3)
    designed_reader_study(coordinator, readers, design, n_cases=12, aided=False)
    for reader in readers:
        readings = Reading.objects.filter(enrolment__reader=reader).select_related("case")
        shown = [reading.shown_number for reading in readings]
        assert len(shown) == len(set(shown)) == 15
        repeats = [reading for reading in readings if reading.repeat_of_id]
        assert len(repeats) == 3
        cases = {reading.case.number for reading in readings}
        # Numbers of repeats lie among those of cases, not all after them.
        assert min(reading.alias for reading in repeats) < max(cases)


def test_the_protocol_says_what_was_decided(coordinator: User, readers: list[User]) -> None:
    design = ReaderStudyDesign(
        "crossover",
        washout_days=28,
        seniority={"reader": "senior", "reader-2": "junior"},
        endpoint=Endpoint("pfirrmann", weights="linear", reader_pairs="mixed"),
        live_view=LiveView("none", 30),
    )
    reader_study = designed_reader_study(coordinator, readers, design)
    version = reader_study.protocols.get()
    assert version.sha256 == content_hash(version.body)
    assert version.body["endpoint"]["k"] == 5
    assert [one["seniority"] for one in version.body["readers"]] == ["senior", "junior"]
    assert version.body["live_view"] == {"coordinators": "none", "min_patients": 30}
    assert "reader-2" not in str(version.body)


def test_an_amendment_is_a_new_version_with_reason_and_differences(
    coordinator: User, readers: list[User]
) -> None:
    reader_study = designed_reader_study(
        coordinator, readers, ReaderStudyDesign("crossover", washout_days=28)
    )
    amend_protocol(
        reader_study_id=reader_study.pk,
        actor=coordinator,
        changes={"washout_days": 14},
        reason="the committee allows two weeks",
    )
    assert [one.body["washout_days"] for one in reader_study.protocols.all()] == [28, 14]
    entry = AuditRecord.objects.get(action="protocol.amended")
    assert entry.changes == {"washout_days": [28, 14]}
    assert entry.reason == "the committee allows two weeks"
    later = Reading.objects.filter(reading_session__period=2)[0]
    assert later.reading_session.washout_days == 14


@pytest.mark.parametrize(
    ("changes", "reason", "words"),
    [
        ({"seed": 5}, "why not", "can't be amended"),
        ({"washout_days": 14}, "", "Say why"),
        ({"washout_days": 28}, "nothing", "changes nothing"),
        ({"washout_days": "soon"}, "x", "wrong form"),
        ({"live_view": {"coordinators": "everything", "min_patients": 1}}, "x", "Say what"),
    ],
)
def test_a_senseless_amendment_is_refused(
    coordinator: User,
    readers: list[User],
    changes: dict[str, Any],
    reason: str,
    words: str,
) -> None:
    reader_study = designed_reader_study(
        coordinator, readers, ReaderStudyDesign("crossover", washout_days=28)
    )
    with pytest.raises(AmendmentError, match=words):
        amend_protocol(
            reader_study_id=reader_study.pk, actor=coordinator, changes=changes, reason=reason
        )
    assert reader_study.protocols.count() == 1


@pytest.mark.parametrize(
    ("design", "words"),
    [
        (ReaderStudyDesign("crossover", caps={"reader": 1}, common=2), "don't fit"),
        (ReaderStudyDesign("crossover", washout_days=5000), "washout between"),
        (ReaderStudyDesign("sequential", repeat_fraction=0.4, repeat_lag=10), "can be repeated"),
        (ReaderStudyDesign("crossover", endpoint=Endpoint("height")), "primary endpoint"),
    ],
)
def test_an_impossible_design_leaves_nothing(
    coordinator: User, readers: list[User], design: ReaderStudyDesign, words: str
) -> None:
    with pytest.raises(ReaderStudyDesignError, match=words):
        designed_reader_study(coordinator, readers, design)
    assert not ReaderStudy.objects.exists()


def test_reader_studies_of_before_get_a_protocol_and_a_schedule(
    coordinator: User, reader: User
) -> None:
    """The migration, on rows as they were before it."""
    old = ReaderStudy.objects.create(title="Old", seed=3, created_by=coordinator)
    arm = Arm.objects.create(reader_study=old, label="Unaided", position=1)
    session = ReadingSession.objects.create(arm=arm, period=1)
    enrolment = Enrolment.objects.create(reader_study=old, reader=reader, code="R1")
    for place, number in enumerate(("C-002", "C-001"), start=1):
        case = Case.objects.create(reader_study=old, imaging_study=exam(), number=number)
        Reading.objects.create(
            enrolment=enrolment,
            case=case,
            reading_session=session,
            position=place,
            opened_at=timezone.now() if place == 1 else None,
        )
    migration = importlib.import_module(
        "annotations.migrations.0007_protocols_of_existing_reader_studies"
    )
    migration.write_protocols(apps, None)
    assert is_as_drawn(old)
    assert old.schedule.frozen_at == Reading.objects.get(position=1).opened_at
    assert list(Reading.objects.values_list("order", flat=True)) == [1, 2]
    newer = designed_reader_study(coordinator, [reader], ReaderStudyDesign())
    assert set(old.protocols.get().body) == set(newer.protocols.get().body)
    assert live_view_of(old) == LiveView("by_arm", 0)
