"""Invitations: a link shown once, used once, by somebody who signs in or makes an account."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.utils import timezone

from annotations.design.protocol import ReaderStudyDesign
from annotations.models import Invitation, Membership, ReaderStudy, Reading
from annotations.services.invitations import Guest, invite
from annotations.services.reader_studies import open_reader_study
from annotations.services.schedules import is_as_drawn
from spinestudy.audit.models import AuditRecord
from spinestudy.common.errors import InvalidInputError
from spinestudy.common.roles import is_reader
from tests import personas
from tests.factories.reader_studies import designed_reader_study

PASSWORD = "seven quiet lanterns"


@pytest.fixture
def draft(coordinator: User, reader: User) -> ReaderStudy:
    return designed_reader_study(coordinator, [reader], ReaderStudyDesign("crossover"), n_cases=4)


def browser(user: User | None = None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def link_to(reader_study: ReaderStudy, coordinator: User, role: str = "reader") -> str:
    _, secret = invite(reader_study_id=reader_study.pk, guest=Guest(role), actor=coordinator)
    return f"/join/{secret}/"


def new_account(client: Client, name: str = "new-reader", password: str = PASSWORD):  # type: ignore[no-untyped-def]
    body = {"username": name, "password1": password, "password2": password}
    return client.post("/join/account/", body)


def words(response) -> str:  # type: ignore[no-untyped-def]
    return str(response.content.decode())


def test_the_page_shows_the_link_once_and_keeps_a_hash_only(
    draft: ReaderStudy, coordinator: User
) -> None:
    page = browser(coordinator).post(
        f"/reader-studies/{draft.pk}/invitations/", {"role": "reader", "days": 7}
    )
    link = re.search(r"http://testserver/join/([\w-]{43})/", words(page))
    assert link is not None
    row = Invitation.objects.get()
    assert row.digest == hashlib.sha256(link[1].encode()).hexdigest()
    assert row.expires_at - row.created_at == timedelta(days=7)
    readers = words(browser(coordinator).get(f"/reader-studies/{draft.pk}/readers/"))
    assert row.hint in readers
    assert link[1] not in readers
    assert link[1] not in str(list(AuditRecord.objects.values_list("data", "source", "changes")))
    assert not mail.outbox


def test_with_an_address_the_link_is_sent_too(draft: ReaderStudy, coordinator: User) -> None:
    form = {"role": "reader", "days": 7, "email": "reader@example.org"}
    page = browser(coordinator).post(f"/reader-studies/{draft.pk}/invitations/", form)
    (sent,) = mail.outbox
    assert sent.to == ["reader@example.org"]
    link = re.search(r"http://testserver/join/[\w-]{43}/", str(sent.body))
    assert link is not None
    assert link[0] in words(page)
    assert "sent to reader@example.org too" in words(page)


def test_mail_that_cannot_be_sent_is_said_and_the_link_is_there(
    draft: ReaderStudy, coordinator: User, settings: object
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # type: ignore[attr-defined]
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # type: ignore[attr-defined]
    form = {"role": "reader", "days": 7, "email": "reader@example.org"}
    page = words(browser(coordinator).post(f"/reader-studies/{draft.pk}/invitations/", form))
    assert "could not be sent" in page
    assert "/join/" in page


def test_somebody_new_makes_an_account_joins_a_draft_and_reads(
    draft: ReaderStudy, coordinator: User
) -> None:
    client = browser()
    first = client.get(link_to(draft, coordinator))
    assert first["Location"] == "/join/", "the secret leaves the address"
    assert draft.title in words(client.get("/join/"))
    joined = new_account(client)
    assert joined["Location"] == "/worklist/"
    user = User.objects.get(username="new-reader")
    assert is_reader(user)
    assert user.check_password(PASSWORD)
    assert user.email == ""
    draft.refresh_from_db()
    assert list(draft.enrolments.values_list("code", "reader__username")) == [
        ("R1", "reader"),
        ("R2", "new-reader"),
    ]
    assert is_as_drawn(draft)
    assert Reading.objects.filter(enrolment__reader=user).count() == 8
    assert [one.version for one in draft.protocols.all()] == [1, 2]
    open_reader_study(reader_study_id=draft.pk, actor=coordinator)
    assert draft.title in words(client.get("/worklist/"))
    actions = set(AuditRecord.objects.values_list("action", flat=True))
    assert {"invitation.created", "account.created", "invitation.accepted"} <= actions
    assert {"account.signed_in", "reader_study.draft_edited"} <= actions


def test_a_reader_who_joins_an_open_one_is_an_amendment(
    draft: ReaderStudy, coordinator: User
) -> None:
    open_reader_study(reader_study_id=draft.pk, actor=coordinator)
    new = personas.reader("reader-2")
    client = browser(new)
    client.get(link_to(draft, coordinator))
    assert client.post("/join/")["Location"] == "/worklist/"
    row = draft.schedule_amendments.get()
    assert (row.kind, row.made_by, row.enrolment and row.enrolment.code) == (
        "reader_added",
        coordinator,
        "R2",
    )
    assert is_as_drawn(draft)
    assert draft.title in words(client.get("/worklist/"))


def test_an_account_that_becomes_a_reader_signs_in_again(
    draft: ReaderStudy, coordinator: User, outsider: User
) -> None:
    client = Client()
    client.get(link_to(draft, coordinator))
    assert client.post("/join/")["Location"].startswith("/sign-in/")
    client.post("/sign-in/?next=/join/", {"login": "outsider", "password": personas.PASSWORD})
    assert "You are signed in as" in words(client.get("/join/"))
    answer = client.post("/join/")
    assert answer.status_code == 302, words(answer)
    assert answer["Location"] == "/worklist/"
    assert client.get("/worklist/")["Location"] == "/sign-in/?next=/worklist/"
    assert draft.enrolments.filter(reader=outsider).exists()
    assert "You have joined" in words(client.get("/sign-in/"))


def test_the_link_works_once(draft: ReaderStudy, coordinator: User) -> None:
    link = link_to(draft, coordinator)
    one, other = browser(), browser()
    one.get(link)
    other.get(link)
    new_account(one)
    refused = new_account(other, "second")
    assert refused.status_code == 409
    assert "used already" in words(refused)
    assert not User.objects.filter(username="second").exists(), "no account without an invitation"


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        ("revoke", "withdrawn"),
        ("expire", "too old"),
        ("maker", "coordinate the reader study any more"),
        ("locked", "takes nobody in"),
    ],
)
def test_a_spoilt_link_opens_nothing(
    draft: ReaderStudy, coordinator: User, spoil: str, says: str
) -> None:
    link = link_to(draft, coordinator)
    client = browser()
    client.get(link)
    if spoil == "revoke":
        row = Invitation.objects.get()
        browser(coordinator).post(f"/reader-studies/{draft.pk}/invitations/{row.pk}/revoke/")
    elif spoil == "maker":
        Membership.objects.filter(user=coordinator).delete()
    elif spoil == "locked":
        ReaderStudy.objects.update(status="locked", opened_at=timezone.now())
    else:
        past = timezone.now() - timedelta(days=20)
        Invitation.objects.update(created_at=past, expires_at=past + timedelta(days=1))
    for answer in (client.get("/join/"), new_account(client)):
        assert answer.status_code == 409
        assert says in words(answer)
    assert not User.objects.filter(username="new-reader").exists()


def test_without_a_link_nobody_makes_an_account(db: None) -> None:
    client = browser()
    assert new_account(client).status_code == 404
    client.get(f"/join/{'x' * 43}/")
    assert new_account(client).status_code == 404
    assert not User.objects.exists()


def test_the_rules_of_passwords_and_names_hold(draft: ReaderStudy, coordinator: User) -> None:
    client = browser()
    client.get(link_to(draft, coordinator))
    assert "too short" in words(new_account(client, password="short"))
    assert "already exists" in words(new_account(client, name="reader"))
    mistyped = {"username": "new-reader", "password1": PASSWORD, "password2": PASSWORD + "x"}
    assert client.post("/join/account/", mistyped).status_code == 400
    assert draft.enrolments.count() == 1
    assert new_account(client)["Location"] == "/worklist/"


@pytest.mark.parametrize("role", ["coordinator", "adjudicator", "statistician", "observer"])
def test_other_roles_come_by_invitation_too(
    draft: ReaderStudy, coordinator: User, outsider: User, role: str
) -> None:
    client = browser(outsider)
    client.get(link_to(draft, coordinator, role))
    assert client.post("/join/")["Location"] == f"/reader-studies/{draft.pk}/"
    assert Membership.objects.get(user=outsider).role == role
    assert client.get(f"/reader-studies/{draft.pk}/").status_code == 200
    assert not is_reader(outsider)


def test_roles_that_must_stay_apart_stay_apart(
    draft: ReaderStudy, coordinator: User, reader: User, outsider: User
) -> None:
    as_reader = browser(coordinator)
    as_reader.get(link_to(draft, coordinator))
    assert "coordinates on this site" in words(as_reader.post("/join/"))
    as_observer = browser(reader)
    as_observer.get(link_to(draft, coordinator, "observer"))
    assert "must not see" in words(as_observer.post("/join/"))
    Membership.objects.create(reader_study=draft, user=outsider, role="observer")
    both = browser(outsider)
    both.get(link_to(draft, coordinator))
    assert "another role" in words(both.post("/join/"))
    assert draft.enrolments.count() == 1
    assert Invitation.objects.filter(accepted_at=None).count() == 3


def test_senseless_invitations_are_refused(draft: ReaderStudy, coordinator: User) -> None:
    for guest, days in ((Guest("king"), 7), (Guest("reader"), 0), (Guest("reader"), 400)):
        with pytest.raises(InvalidInputError):
            invite(reader_study_id=draft.pk, guest=guest, actor=coordinator, days=days)
    page = browser(coordinator).post(
        f"/reader-studies/{draft.pk}/invitations/", {"role": "reader", "days": 7, "email": "x"}
    )
    assert page.status_code == 400
    assert not Invitation.objects.exists()
