"""A look at the arms apart spends alpha; the final test has what is left."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from annotations.agreement import sequential_bounds
from annotations.design.protocol import LiveView, ReaderStudyDesign
from annotations.models import Look, ReaderStudy, Reading
from annotations.selectors.look_charges import information_fraction, look_charges
from annotations.services.looks import close_look, open_look, propose_look
from annotations.services.submission import submit_reading
from tests import personas
from tests.factories.reader_studies import designed_reader_study, fill


@pytest.fixture
def reader_study(coordinator: User, reader: User) -> ReaderStudy:
    design = ReaderStudyDesign(
        "sequential", planned_looks=[0.25, 0.5], live_view=LiveView("none", min_patients=0)
    )
    return designed_reader_study(
        coordinator, [reader], design, n_cases=4, items=("modic",), opened=True
    )


def read(reader_study: ReaderStudy, cases: int) -> None:
    """The first cases in both arms."""
    for case in reader_study.cases.order_by("number")[:cases]:
        for reading in case.readings.order_by("reading_session__arm__is_ai_allowed"):
            if reading.status != Reading.Status.SUBMITTED:
                fill(reading)
                submit_reading(reading_id=reading.pk)


def looked(reader_study: ReaderStudy, first: User, second: User) -> Look:
    look = propose_look(reader_study_id=reader_study.pk, actor=first, reason="as planned")
    look = open_look(look_id=look.pk, actor=second)
    close_look(look_id=look.pk, actor=second, decision="go on")
    return look


def test_looks_are_charged_by_the_patients_that_are_complete(
    coordinator: User, reader_study: ReaderStudy
) -> None:
    second = personas.person("second", "coordinators")
    none, whole = look_charges(reader_study)
    assert not none
    assert whole == pytest.approx(0.05)
    assert information_fraction(reader_study) == 0
    read(reader_study, 1)
    assert looked(reader_study, coordinator, second).information == 0.25
    read(reader_study, 3)
    assert looked(reader_study, coordinator, second).information == 0.75
    charges, final = look_charges(reader_study)
    bounds = sequential_bounds([0.25, 0.75, 1.0])
    assert [one.spent for one in charges] == pytest.approx(
        [bounds.spent[0], bounds.spent[1] - bounds.spent[0]]
    )
    assert [one.nominal_p for one in charges] == pytest.approx(list(bounds.nominal_p[:2]))
    assert final == pytest.approx(bounds.nominal_p[2])
    assert final < 0.05


def test_a_look_that_can_see_no_difference_spends_nothing(
    coordinator: User, reader_study: ReaderStudy
) -> None:
    for number, information in ((1, 0.0), (2, 0.5), (3, 0.5)):
        Look.objects.create(
            reader_study=reader_study,
            number=number,
            reason="as planned",
            proposed_by=coordinator,
            proposed_at=timezone.now(),
            opened_by=personas.person(f"second-{number}"),
            opened_at=timezone.now(),
            share_read=0.5,
            information=information,
        )
    charges, final = look_charges(reader_study)
    assert [one.spent is None for one in charges] == [True, False, True]
    assert final == pytest.approx(sequential_bounds([0.5, 1.0]).nominal_p[-1])
    client = Client()
    client.force_login(coordinator)
    page = client.get(f"/reader-studies/{reader_study.pk}/").content.decode()
    assert f"the final test rejects at p &lt; {final:.4f}" in page
    assert page.count("nothing further is spent") == 2
