"""Sessions end: after idleness, after a day's work, when asked, when a role changes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, User

from spinestudy.accounts import middleware
from spinestudy.audit.models import AuditRecord
from spinestudy.common.roles import COORDINATORS, READERS
from tests.accounts.people import sign_in

Pass = Callable[[float], None]


@pytest.fixture
def time_passes(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Pass:
    settings.SESSION_IDLE_S, settings.SESSION_LIFETIME_S = 600, 3600
    ahead = [0.0]

    class Clock:
        @staticmethod
        def time() -> float:
            return time.time() + ahead[0]

    monkeypatch.setattr(middleware, "time", Clock)

    def wait(seconds: float) -> None:
        ahead[0] += seconds

    return wait


def test_a_session_without_acts_ends(reader: User, time_passes: Pass) -> None:
    client = sign_in("reader")
    assert client.get("/worklist/").status_code == 200
    time_passes(599)
    assert client.get("/worklist/").status_code == 200
    time_passes(601)
    assert client.get("/worklist/").status_code == 302
    assert client.get("/api/v1/worklist/").json()["code"] == "not_authenticated"


def test_requests_that_nobody_asked_for_keep_no_session_alive(
    reader: User, time_passes: Pass
) -> None:
    client = sign_in("reader")
    client.get("/worklist/")
    for _ in range(3):
        time_passes(290)
        answer = client.get("/api/v1/worklist/", headers={"X-Passive": "1"})
    assert answer.status_code in (401, 403)


def test_a_session_ends_after_its_lifetime_whatever_is_done(
    reader: User, time_passes: Pass
) -> None:
    client = sign_in("reader")
    client.get("/worklist/")
    for _ in range(7):
        time_passes(500)
        assert client.get("/worklist/").status_code == 200
    time_passes(500)
    assert client.get("/worklist/").status_code == 302


def test_the_stored_session_itself_expires_when_idle(reader: User) -> None:
    client = sign_in("reader")
    client.get("/worklist/")
    assert client.session.get_expiry_age() <= 3600


@pytest.mark.parametrize(
    "change", ["added", "removed", "cleared", "from the group", "administrator"]
)
def test_a_change_of_roles_ends_every_session(reader: User, change: str) -> None:
    clients = [sign_in("reader"), sign_in("reader")]
    group = Group.objects.get_or_create(name=COORDINATORS)[0]
    readers = Group.objects.get(name=READERS)
    match change:
        case "added":
            reader.groups.add(group)
        case "removed":
            reader.groups.remove(readers)
        case "cleared":
            readers.user_set.clear()
        case "from the group":
            group.user_set.add(reader)
        case "administrator":
            reader.is_superuser = True
            reader.save()
    assert [client.get("/account/").status_code for client in clients] == [302, 302]
    ended = AuditRecord.objects.get(action="sessions.ended")
    assert (ended.reason, ended.data) == ("role changed", {"count": 2})


def test_a_change_that_changes_nothing_ends_no_session(reader: User) -> None:
    client = sign_in("reader")
    reader.groups.add(Group.objects.get(name=READERS))
    reader.save()
    assert client.get("/worklist/").status_code == 200


def test_other_sessions_can_be_ended_and_this_one_goes_on(reader: User) -> None:
    here, elsewhere = sign_in("reader"), sign_in("reader")
    here.post("/account/sessions/end/", {"which": "others"})
    assert here.get("/worklist/").status_code == 200
    assert elsewhere.get("/worklist/").status_code == 302


def test_signing_out_everywhere_ends_this_session_too(reader: User, coordinator: User) -> None:
    here, elsewhere, other = sign_in("reader"), sign_in("reader"), sign_in("coordinator")
    here.post("/account/sessions/end/", {"which": "all"})
    assert [one.get("/account/").status_code for one in (here, elsewhere, other)] == [302, 302, 200]


def test_the_account_page_lists_ones_own_sessions_only(reader: User, coordinator: User) -> None:
    client = sign_in("reader")
    sign_in("reader")
    sign_in("coordinator")
    page = client.get("/account/")
    assert len(page.context["sessions"]) == 2
    assert page.content.decode().count("this one") == 1
