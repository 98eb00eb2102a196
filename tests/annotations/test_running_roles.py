"""Who may run a reader study: its coordinators, not its other roles, not other coordinators."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from annotations.models import Membership, ReaderStudy
from tests import personas
from tests.contract.test_permission_matrix import READER_ACTS
from tests.factories.reader_studies import opened_reader_study

ACTS = [
    ("get", "readers/"),
    ("post", "readers/add/"),
    ("post", "invitations/"),
    ("post", "invitations/1/revoke/"),
    ("get", "readers/{enrolment}/"),
    *[("post", f"readers/{{enrolment}}/{act}/") for act in READER_ACTS],
    ("get", "problems/"),
    ("post", "problems/1/"),
    ("get", "edit/"),
    ("post", "edit/"),
    ("post", "discard/"),
    ("post", "draft/"),
]


@pytest.fixture
def reader_study(coordinator: User, reader: User) -> ReaderStudy:
    return opened_reader_study(coordinator, [reader], n_cases=1)


@pytest.mark.parametrize(
    ("role", "status"),
    [("adjudicator", 403), ("statistician", 403), ("observer", 403), ("none", 404)],
)
def test_other_roles_run_nothing(reader_study: ReaderStudy, role: str, status: int) -> None:
    person = personas.person("person", "coordinators")
    if role != "none":
        Membership.objects.create(reader_study=reader_study, user=person, role=role)
    client = Client()
    client.force_login(person)
    enrolment = reader_study.enrolments.get().pk
    for method, act in ACTS:
        address = f"/reader-studies/{reader_study.pk}/{act.format(enrolment=enrolment)}"
        assert getattr(client, method)(address).status_code == status, address
    assert reader_study.enrolments.count() == 1
    assert not reader_study.invitations.exists()
    assert not reader_study.schedule_amendments.exists()


def test_acts_on_a_reader_of_another_reader_study_change_nothing(
    reader_study: ReaderStudy, coordinator: User
) -> None:
    other = opened_reader_study(
        coordinator, [personas.reader("reader-2")], n_cases=1, title="Another"
    )
    stranger = other.enrolments.get()
    client = Client()
    client.force_login(coordinator)
    for act in READER_ACTS:
        client.post(
            f"/reader-studies/{reader_study.pk}/readers/{stranger.pk}/{act}/",
            {
                "reason": "x",
                "password": personas.PASSWORD,
                "text": "x",
                "email": "x@example.org",
                "period": 1,
                "taker": 1,
                "due_on": "2099-01-01",
            },
        )
    stranger.refresh_from_db()
    assert (stranger.status, stranger.email, stranger.due_dates) == ("active", "", {})
    assert not stranger.messages.exists()
    assert not other.schedule_amendments.exists()
