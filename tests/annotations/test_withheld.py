"""What isn't told while cases are read: arms apart, few patients, looks for two."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from annotations.design.protocol import LiveView, ReaderStudyDesign
from annotations.models import Grade, Look, ReaderStudy, Reading
from annotations.selectors.agreement import WithheldError, agreement_view
from annotations.services.looks import LookError, close_look, open_look, propose_look
from annotations.services.reader_studies import lock_reader_study
from spinestudy.audit.models import AuditRecord
from tests import personas
from tests.annotations.test_sittings import a_crossover, read, reading_at
from tests.conftest import client_of
from tests.factories.reader_studies import designed_reader_study


@pytest.fixture
def crossover(coordinator: User, reader: User) -> ReaderStudy:
    return a_crossover(coordinator, reader)


def told(client: Any, address: str) -> set[tuple[str, bool, bool]]:
    """(arm, withheld, does the row hold an answer or a time) of an export."""
    rows = client.get(f"{address}/readings.json").json()["rows"]
    fields = ("score", "answered_at_utc", "opened_at_utc", "active_s", "revision")
    return {(r["arm"], r["withheld"], any(r[f] not in (None, "") for f in fields)) for r in rows}


def test_while_cases_are_read_only_unaided_agreement_is_computed(
    coordinator: User, crossover: ReaderStudy
) -> None:
    unaided, aided = crossover.arms.all()
    view = agreement_view(crossover, None)
    assert ([one["id"] for one in view["arms"]], view["arm"]) == ([unaided.pk], unaided.pk)
    with pytest.raises(WithheldError):
        agreement_view(crossover, aided.pk)
    client = client_of(coordinator)
    address = f"/api/v1/reader-studies/{crossover.pk}"
    assert client.get(f"{address}/agreement/?arm={aided.pk}").status_code == 409
    reading = Reading.objects.filter(reading_session__arm=aided, reading_session__period=1)[0]
    read(reading)
    assert told(client, address) == {("Unaided", False, False), ("AI-aided", True, False)}
    lock_reader_study(reader_study_id=crossover.pk, actor=coordinator, reason="done")
    crossover.refresh_from_db()
    assert agreement_view(crossover, aided.pk)["arm"] == aided.pk
    assert ("AI-aided", False, True) in told(client, address)


def test_no_number_is_told_from_few_patients(coordinator: User) -> None:
    readers = [personas.reader(f"reader-{n}") for n in (1, 2)]
    design = ReaderStudyDesign("crossover", live_view=LiveView(min_patients=2))
    reader_study = designed_reader_study(
        coordinator, readers, design, n_cases=4, items=("modic",), opened=True
    )
    unaided = Reading.objects.filter(reading_session__arm__is_ai_allowed=False)
    case = reader_study.cases.all()[0]
    for reading in unaided.filter(case=case, enrolment__reader__in=readers):
        Reading.objects.filter(pk=reading.pk).update(not_before=None)
        Grade.objects.create(
            reading=reading,
            item=reader_study.items.get(),
            disc_level="L4/L5",
            score=1,
            answered_at=timezone.now(),
        )
    (pair,) = agreement_view(reader_study, None)["items"][0]["pairs"]
    assert (pair["value"], pair["n_patients"]) == (None, 1)
    assert pair["undefined"] == "not told from fewer than 2 patients"


def test_a_planned_look_takes_two_people_and_is_for_them_alone(
    coordinator: User, reader: User
) -> None:
    design = ReaderStudyDesign(
        "crossover", planned_looks=[0.25], live_view=LiveView(min_patients=0)
    )
    reader_study = designed_reader_study(
        coordinator, [reader], design, n_cases=2, items=("modic",), opened=True
    )
    second, third = (personas.person(name, "coordinators") for name in ("second", "third"))
    with pytest.raises(LookError, match="25% of the readings"):
        propose_look(reader_study_id=reader_study.pk, actor=coordinator, reason="plan")
    read(reading_at(1, 1))
    look = propose_look(reader_study_id=reader_study.pk, actor=coordinator, reason="plan")
    with pytest.raises(LookError, match="Another person"):
        open_look(look_id=look.pk, actor=coordinator)
    aided = reader_study.arms.all()[1]
    with pytest.raises(WithheldError):
        agreement_view(reader_study, aided.pk, coordinator)
    open_look(look_id=look.pk, actor=second)
    assert agreement_view(reader_study, aided.pk, second)["arm"] == aided.pk
    with pytest.raises(WithheldError):
        agreement_view(reader_study, aided.pk, third)
    close_look(look_id=look.pk, actor=second, decision="go on")
    with pytest.raises(WithheldError):
        agreement_view(reader_study, aided.pk, second)
    with pytest.raises(LookError, match="no further look"):
        propose_look(reader_study_id=reader_study.pk, actor=coordinator, reason="again")
    assert list(
        AuditRecord.objects.filter(action__startswith="look.").values_list("action", flat=True)
    ) == ["look.proposed", "look.opened", "look.closed"]


def test_the_database_refuses_a_look_opened_by_one_person(
    coordinator: User, crossover: ReaderStudy
) -> None:
    with pytest.raises(IntegrityError, match="look_opened_by_another"), transaction.atomic():
        Look.objects.create(
            reader_study=crossover,
            number=1,
            reason="x",
            proposed_by=coordinator,
            opened_by=coordinator,
            proposed_at=timezone.now(),
            share_read=0,
        )
