"""To whom agreement is shown, when, from how many patients, by which address."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from rest_framework import serializers

from annotations.api.agreement_serializers import (
    AgreementAiSerializer,
    AgreementPairTableSerializer,
    AgreementSerializer,
    AgreementStrataSerializer,
)
from annotations.design.protocol import LiveView, ReaderStudyDesign
from annotations.models import Membership, ReaderStudy, Reading
from annotations.selectors.agreement_strata import ai_view, strata_view
from annotations.services.looks import open_look, propose_look
from annotations.services.reader_studies import lock_reader_study
from spinestudy.audit.models import AuditRecord
from spinestudy.common.errors import InvalidInputError, MissingError
from tests import personas
from tests.annotations.graded import drawn_for, grade_all, item_of, predict
from tests.conftest import client_of
from tests.factories.reader_studies import (
    ANSWERED_AT,
    PIPELINE,
    designed_reader_study,
    opened_reader_study,
)

PARTS = ("", "pair/", "strata/", "ai/")
ASK = {"item": "modic", "a": "R1", "b": "R2", "by": "level"}


@pytest.fixture
def readers(coordinator: User) -> list[User]:
    return [personas.reader(f"reader{number}") for number in (1, 2, 3)]


@pytest.fixture
def reader_study(coordinator: User, readers: list[User]) -> ReaderStudy:
    return opened_reader_study(coordinator, readers, n_cases=6)


def test_before_the_lock_ai_stands_only_in_an_arm_that_shows_it_and_is_shown(
    coordinator: User, readers: list[User]
) -> None:
    design = ReaderStudyDesign("crossover", planned_looks=[0.1], live_view=LiveView("unaided", 0))
    reader_study = designed_reader_study(
        coordinator, readers[:1], design, n_cases=2, items=("modic",), opened=True
    )
    predict(reader_study, "modic", np.ones((2, 5)))
    unaided, aided = reader_study.arms.all()
    client = client_of(coordinator)
    base = f"/api/v1/reader-studies/{reader_study.pk}/agreement/"
    for asked in ("", f"&arm={unaided.pk}", f"&arm={aided.pk}"):
        for address in (f"ai/?item=modic{asked}", f"pair/?item=modic&a=R1&b=AI{asked}"):
            refused = client.get(base + address)
            assert (refused.status_code, refused.json()["code"]) == (409, "withheld"), address
    assert client.get(f"{base}?item=modic").json()["ai"] is None
    second = personas.person("second", "coordinators")
    Reading.objects.filter(reading_session__period=1).update(
        status="submitted", submitted_at=ANSWERED_AT
    )
    look = propose_look(reader_study_id=reader_study.pk, actor=coordinator, reason="plan")
    open_look(look_id=look.pk, actor=second)
    assert client.get(f"{base}ai/?item=modic&arm={aided.pk}").status_code == 200
    assert client.get(f"{base}ai/?item=modic&arm={unaided.pk}").status_code == 409
    third = personas.person("third", "coordinators")
    Membership.objects.create(reader_study=reader_study, user=third, role="coordinator")
    assert client_of(third).get(f"{base}ai/?item=modic&arm={aided.pk}").status_code == 409
    lock_reader_study(reader_study_id=reader_study.pk, actor=coordinator, reason="done")
    for arm in (unaided, aided):
        assert client_of(third).get(f"{base}ai/?item=modic&arm={arm.pk}").status_code == 200
        assert client.get(f"{base}?item=modic&arm={arm.pk}").json()["ai"] == PIPELINE


@pytest.mark.parametrize("sees", ["none", "unaided"])
def test_what_the_protocol_withholds_leaves_by_no_address(
    coordinator: User, readers: list[User], sees: str
) -> None:
    design = ReaderStudyDesign(live_view=LiveView(sees, 0))
    reader_study = designed_reader_study(coordinator, readers, design, opened=True)
    drawn = drawn_for(item_of(reader_study, "modic"))
    for arm in (0, 1):
        grade_all(reader_study, "modic", drawn, arm=arm)
    Reading.objects.update(active_s=77.125, status="submitted", submitted_at=ANSWERED_AT)
    client = client_of(coordinator)
    unaided, aided = reader_study.arms.all()
    base = f"/api/v1/reader-studies/{reader_study.pk}/agreement/"
    for part in ("", "pair/", "strata/"):
        withheld = client.get(base + part, {**ASK, "arm": str(aided.pk)})
        assert (withheld.status_code, withheld.json()["code"]) == (409, "withheld")
        first = client.get(base + part, ASK)
        assert first.status_code == (409 if sees == "none" else 200)
        if sees == "unaided":
            assert first.json()["arm"] == unaided.pk
    if sees == "unaided":
        rows = client.get(base, ASK).json()["progress"]
        assert {(row["arm"], row["median_s"]) for row in rows} == {
            ("Unaided", 77.125),
            ("AI-aided", None),
        }
        assert {(row["done"], row["total"]) for row in rows} == {(6, 6)}


def test_from_few_patients_only_how_many_there_are(coordinator: User, readers: list[User]) -> None:
    design = ReaderStudyDesign(live_view=LiveView("by_arm", 7))
    reader_study = designed_reader_study(coordinator, readers, design, opened=True)
    grade_all(reader_study, "modic", drawn_for(item_of(reader_study, "modic")), arm=1)
    predict(reader_study, "modic", np.ones((6, 5)))
    Reading.objects.update(active_s=77.125, status="submitted", submitted_at=ANSWERED_AT)
    client = client_of(coordinator)
    arm = reader_study.arms.all()[1].pk
    base = f"/api/v1/reader-studies/{reader_study.pk}/agreement/"
    seen: list[Any] = []

    def numbers(node: Any) -> None:
        if isinstance(node, dict):
            keys = ("value", "ci", "counts", "ac1", "pabak", "prevalence_index", "median_s")
            seen.extend(node.get(key) for key in keys)
            for child in node.values():
                numbers(child)
        elif isinstance(node, list):
            for child in node:
                numbers(child)

    for part in PARTS:
        view = client.get(base + part, {**ASK, "arm": str(arm)}).json()
        assert "7 patients" in str(view)
        numbers(view)
    assert set(map(str, seen)) == {"None"}
    lock_reader_study(reader_study_id=reader_study.pk, actor=coordinator, reason="done")
    assert client.get(f"{base}pair/", {**ASK, "arm": str(arm)}).json()["counts"] is not None


ROLES = {"coordinator": 200, "statistician": 200, "adjudicator": 403, "observer": 403}


@pytest.mark.parametrize("is_locked", [False, True])
@pytest.mark.parametrize("part", PARTS)
def test_roles_by_membership(
    coordinator: User, reader_study: ReaderStudy, readers: list[User], part: str, is_locked: bool
) -> None:
    predict(reader_study, "modic", np.ones((6, 5)))
    arm = reader_study.arms.all()[1].pk
    if is_locked:
        lock_reader_study(reader_study_id=reader_study.pk, actor=coordinator, reason="done")
    address = f"/api/v1/reader-studies/{reader_study.pk}/agreement/{part}"
    for role, expected in ROLES.items():
        member = personas.person(f"a {role}")
        Membership.objects.create(reader_study=reader_study, user=member, role=role)
        got = client_of(member).get(address, {**ASK, "arm": str(arm)})
        assert got.status_code == expected, (role, got.content)
    elsewhere = personas.person("elsewhere", "coordinators")
    assert client_of(elsewhere).get(address, ASK).status_code == 404
    for nobody in (readers[0], personas.outsider(), None):
        assert client_of(nobody).get(address, ASK).status_code in (401, 403)


def test_after_the_lock_each_slice_that_is_viewed_counts_once(
    coordinator: User, reader_study: ReaderStudy
) -> None:
    grade_all(reader_study, "modic", drawn_for(item_of(reader_study, "modic")))
    client = client_of(coordinator)
    base = f"/api/v1/reader-studies/{reader_study.pk}/agreement/"
    assert client.get(f"{base}strata/", ASK).json()["slices_viewed"] is None
    assert not AuditRecord.objects.filter(action="agreement.slice_viewed").exists()
    lock_reader_study(reader_study_id=reader_study.pk, actor=coordinator, reason="done")
    assert client.get(base, ASK).json()["slices_viewed"] == 0
    assert client.get(f"{base}strata/", ASK).json()["slices_viewed"] == 1
    assert client.get(f"{base}strata/", ASK).json()["slices_viewed"] == 1
    assert client.get(f"{base}strata/", {**ASK, "by": "side"}).json()["slices_viewed"] == 2
    assert client.get(f"{base}ai/", ASK).json()["slices_viewed"] == 3
    for item in ("modic", "pfirrmann"):  # all items at once are one slice
        view = client.get(f"{base}strata/", {"item": item, "by": "item"}).json()
        assert view["slices_viewed"] == 4
    statistician = personas.person("statistician")
    Membership.objects.create(reader_study=reader_study, user=statistician, role="statistician")
    again = client_of(statistician).get(f"{base}strata/", ASK)
    assert again.json()["slices_viewed"] == 4
    assert client.get(base, ASK).json()["slices_viewed"] == 4
    last = AuditRecord.objects.filter(action="agreement.slice_viewed").order_by("id")[0]
    assert last.data == {"arm": "Unaided", "item": "modic", "by": "level"}


@pytest.mark.parametrize(
    ("part", "change", "status"),
    [
        ("pair/", {"a": "R9"}, 404),
        ("pair/", {"a": "R2"}, 400),
        ("pair/", {"b": ""}, 400),
        ("pair/", {"item": "no_such"}, 404),
        ("strata/", {"by": "weather"}, 400),
        ("strata/", {"by": ""}, 400),
        ("", {"item": "no_such"}, 404),
        ("ai/", {"item": ""}, 400),
        ("", {"arm": "x"}, 400),
        ("", {"arm": "²"}, 400),
        ("", {"arm": "9" * 40}, 400),
        ("strata/", {"arm": "999999"}, 404),
    ],
)
def test_what_does_not_exist_is_said(
    coordinator: User, reader_study: ReaderStudy, part: str, change: dict[str, str], status: int
) -> None:
    address = f"/api/v1/reader-studies/{reader_study.pk}/agreement/{part}"
    answered = client_of(coordinator).get(address, {**ASK, **change})
    assert answered.status_code == status, answered.content
    assert answered.json()["message"].endswith(".")


def test_a_reader_study_without_ai_has_none_to_set_beside_readers(
    coordinator: User, readers: list[User]
) -> None:
    reader_study = designed_reader_study(
        coordinator, readers, ReaderStudyDesign("unaided_only"), aided=False, opened=True
    )
    with pytest.raises(MissingError, match="no AI"):
        ai_view(reader_study, None, "modic")
    with pytest.raises(InvalidInputError):
        strata_view(reader_study, None, "modic", "weather")


def test_answers_have_just_the_fields_that_the_schema_names(
    coordinator: User, reader_study: ReaderStudy, readers: list[User]
) -> None:
    grade_all(reader_study, "modic", drawn_for(item_of(reader_study, "modic")))
    predict(reader_study, "modic", np.ones((6, 5)))
    lock_reader_study(reader_study_id=reader_study.pk, actor=coordinator, reason="done")
    client = client_of(coordinator)
    base = f"/api/v1/reader-studies/{reader_study.pk}/agreement/"
    for part, serializer in zip(
        PARTS,
        (
            AgreementSerializer,
            AgreementPairTableSerializer,
            AgreementStrataSerializer,
            AgreementAiSerializer,
        ),
        strict=True,
    ):
        assert_fits(serializer(), client.get(base + part, ASK).json(), part)


def assert_fits(serializer: Any, body: Any, path: str) -> None:
    """Same keys at every depth, and values that the fields themselves give back."""
    fields = serializer.fields
    assert set(body) == set(fields), path
    for name, field in fields.items():
        value = body[name]
        if value is None:
            assert field.allow_null, f"{path}/{name}"
        elif isinstance(field, serializers.ListSerializer):
            for one in value:
                assert_fits(field.child, one, f"{path}/{name}")
        elif isinstance(field, serializers.Serializer):
            assert_fits(field, value, f"{path}/{name}")
        else:
            field.run_validation(value)
