"""Name and password: where they lead, when they are refused, how they change."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import NoReverseMatch, reverse

from spinestudy.accounts.services.sessions import end_sessions
from spinestudy.audit.models import AuditRecord
from tests.accounts.people import confirm, sign_in
from tests.personas import PASSWORD

NEW_PASSWORD = "seven quiet lanterns"
WRONG_TRIES = 5


def change_password(client: Client, new: str) -> str:
    """Change it; return the page that came, empty where it went through."""
    body = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    answer = client.post("/account/password/", body)
    return answer.content.decode() if answer.status_code == 200 else ""


def test_sign_in_leads_to_the_page_that_was_asked_for(reader: User) -> None:
    asked = Client().get("/my-reading/")
    assert asked["Location"] == "/sign-in/?next=/my-reading/"
    client = sign_in("reader", after="/my-reading/")
    assert client.answer["Location"] == "/my-reading/"
    assert client.get("/my-reading/").status_code == 200


@pytest.mark.parametrize("address", ["https://elsewhere.example/", "//elsewhere.example/x"])
def test_sign_in_never_leads_to_another_host(reader: User, address: str) -> None:
    assert sign_in("reader", after=address).answer["Location"] == "/"


def test_a_wrong_password_says_what_is_wrong_and_signs_nobody_in(reader: User) -> None:
    client = sign_in("reader", "wrong")
    assert "match. Passwords are case-sensitive." in client.answer.content.decode()
    assert client.get("/worklist/").status_code == 302


def test_an_unknown_name_gets_the_same_words_as_a_wrong_password(reader: User) -> None:
    unknown = sign_in("nobody", "wrong").answer.content.decode()
    assert "That name and password don" in unknown


def test_five_failures_lock_an_account_out_even_with_the_right_password(reader: User) -> None:
    for _ in range(WRONG_TRIES):
        sign_in("reader", "wrong")
    locked = sign_in("reader")
    assert "Too many failed attempts" in locked.answer.content.decode()
    assert locked.get("/worklist/").status_code == 302


def test_a_lock_out_is_not_passed_on_to_other_people(reader: User, coordinator: User) -> None:
    for _ in range(WRONG_TRIES + 1):
        sign_in("reader", "wrong")
    assert sign_in("coordinator").answer.status_code == 302


def test_a_right_password_between_failures_does_not_reset_the_count(reader: User) -> None:
    for _ in range(WRONG_TRIES - 1):
        sign_in("reader", "wrong")
    assert sign_in("reader").answer.status_code == 302
    sign_in("reader", "wrong")
    assert sign_in("reader").answer.status_code == 200


def test_a_closed_account_cannot_sign_in(reader: User) -> None:
    reader.is_active = False
    reader.save()
    client = sign_in("reader")
    assert client.answer["Location"] == "/sign-in/closed/"
    assert client.get("/worklist/").status_code == 302


@pytest.mark.parametrize(
    "name", ["account_signup", "socialaccount_signup", "account_reset_password", "account_email"]
)
def test_nobody_can_sign_up_or_reset_by_mail(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.parametrize("weak", ["eleven char", "q1w2e3r4t5y6"])
def test_a_weak_new_password_is_refused_with_the_reason(reader: User, weak: str) -> None:
    client = sign_in("reader")
    page = change_password(client, weak)
    assert 'class="errors"' in page
    reader.refresh_from_db()
    assert reader.check_password(PASSWORD)


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(reader: User) -> None:
    here, elsewhere = sign_in("reader"), sign_in("reader")
    assert change_password(here, NEW_PASSWORD) == ""
    assert here.get("/worklist/").status_code == 200
    assert elsewhere.get("/worklist/").status_code == 302
    assert sign_in("reader").answer.status_code == 200
    assert sign_in("reader", NEW_PASSWORD).answer.status_code == 302


def test_signs_in_and_out_and_changes_stand_in_the_audit_record(reader: User) -> None:
    client = sign_in("reader")
    change_password(client, NEW_PASSWORD)
    client.post("/sign-out/")
    acts = list(AuditRecord.objects.filter(actor=reader).values_list("action", "data"))
    assert acts == [
        ("account.signed_in", {"methods": ["password"]}),
        ("account.password_changed", {}),
        ("account.signed_out", {}),
    ]


def test_signing_out_needs_a_form_not_a_link(reader: User) -> None:
    client = sign_in("reader")
    assert "Sign out?" in client.get("/sign-out/").content.decode()
    assert client.get("/worklist/").status_code == 200
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert client.get("/worklist/").status_code == 302


def test_the_sign_in_page_has_no_script_of_its_own_text(reader: User) -> None:
    """A strict content security policy forbids inline scripts."""
    answer = Client().get("/sign-in/")
    page = answer.content.decode()
    assert "script-src 'self' 'wasm-unsafe-eval'" in answer["Content-Security-Policy"]
    assert page.count("<script") == page.count('<script type="module" crossorigin="" src=')


def test_somebody_without_a_password_can_choose_one(reader: User) -> None:
    client = sign_in("reader")
    reader.set_unusable_password()
    reader.save()
    end_sessions(user=reader, reason="test")
    client.force_login(reader)
    assert client.get("/account/password/")["Location"] == "/account/password/new/"
    new = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert client.post("/account/password/new/", new).status_code == 302
    assert sign_in("reader", NEW_PASSWORD).answer.status_code == 302


def test_confirming_with_a_wrong_password_is_refused(reader: User) -> None:
    client = sign_in("reader")
    confirm(client, "wrong")
    answer = client.get("/account/second-factor/authenticator/")
    assert answer["Location"].startswith("/account/confirm/")
