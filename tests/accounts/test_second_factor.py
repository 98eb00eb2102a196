"""Authenticator apps and recovery codes; who must have a second factor."""

from __future__ import annotations

import json
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from spinestudy.audit.models import AuditRecord
from tests.accounts.people import add_authenticator, confirm, sign_in, totp


def test_with_an_authenticator_the_password_alone_signs_nobody_in(reader: User) -> None:
    add_authenticator(sign_in("reader"))
    client = sign_in("reader", after="/my-reading/")
    assert client.answer["Location"].startswith("/sign-in/second-factor/")
    assert client.get("/worklist/").status_code == 302
    assert client.get("/api/v1/me/").status_code == 401


def test_the_right_code_signs_in_and_leads_on(reader: User) -> None:
    secret, _ = add_authenticator(sign_in("reader"))
    client = sign_in("reader", after="/my-reading/")
    wrong = f"{(int(totp(secret)) + 1) % 10**6:06d}"
    assert client.post("/sign-in/second-factor/", {"code": wrong}).status_code == 200
    assert client.post("/sign-in/second-factor/", {"code": totp(secret)})["Location"] == (
        "/my-reading/"
    )
    assert client.get("/my-reading/").status_code == 200


def test_guessing_codes_locks_out(reader: User) -> None:
    secret, _ = add_authenticator(sign_in("reader"))
    client = sign_in("reader")
    for number in range(6):
        code = f"{(int(totp(secret)) + 1 + number) % 10**6:06d}"
        answer = client.post("/sign-in/second-factor/", {"code": code})
    assert "Too many failed attempts" in answer.content.decode()


def test_a_recovery_code_works_once(reader: User) -> None:
    _, codes = add_authenticator(sign_in("reader"))
    assert len(codes) == 10
    first = sign_in("reader")
    assert first.post("/sign-in/second-factor/", {"code": codes[0]}).status_code == 302
    assert first.get("/worklist/").status_code == 200
    again = sign_in("reader")
    assert again.post("/sign-in/second-factor/", {"code": codes[0]}).status_code == 200
    assert again.get("/worklist/").status_code == 302


def test_recovery_codes_are_shown_once(reader: User) -> None:
    client = sign_in("reader")
    _, codes = add_authenticator(client)
    page = client.get("/account/second-factor/recovery-codes/").content.decode()
    assert not any(code in page for code in codes)


def test_secrets_are_not_readable_in_the_database(reader: User) -> None:
    secret, codes = add_authenticator(sign_in("reader"))
    stored = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored
    assert not any(code in stored for code in codes)


def test_a_new_secret_key_keeps_second_factors_while_the_old_one_is_known(
    reader: User, settings: Any
) -> None:
    secret, _ = add_authenticator(sign_in("reader"))
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key of the test " + "1" * 40
    client = sign_in("reader")
    assert client.post("/sign-in/second-factor/", {"code": totp(secret)}).status_code == 302
    assert client.get("/worklist/").status_code == 200


def test_a_change_of_second_factors_asks_for_the_password_first(reader: User) -> None:
    client = sign_in("reader")
    answer = client.get("/account/second-factor/authenticator/")
    assert answer["Location"].startswith("/account/confirm/password/")


def test_second_factors_stand_in_the_audit_record(
    reader: User, django_capture_on_commit_callbacks: Any
) -> None:
    client = sign_in("reader")
    with django_capture_on_commit_callbacks(execute=True):
        add_authenticator(client)
    client.post("/account/second-factor/authenticator/remove/")
    acts = AuditRecord.objects.filter(action__startswith="second_factor")
    assert [(one.action, one.data["type"]) for one in acts] == [
        ("second_factor.added", "totp"),
        ("second_factor.added", "recovery_codes"),
        ("second_factor.removed", "totp"),
        ("second_factor.removed", "recovery_codes"),
    ]


@pytest.mark.parametrize(
    ("required", "who"),
    [(["coordinators"], {"coordinator"}), (["everyone"], {"coordinator", "reader"}), ([], set())],
)
def test_the_site_can_ask_a_second_factor_by_role(
    coordinator: User,
    reader: User,
    settings: Any,
    required: list[str],
    who: set[str],
) -> None:
    settings.SECOND_FACTOR_REQUIRED_FOR = required
    stopped = set()
    for name, page in (("coordinator", "/exams/"), ("reader", "/worklist/")):
        client = sign_in(name)
        answer = client.get(page)
        if answer.status_code == 302:
            assert answer["Location"] == "/account/"
            assert "asks a second factor of you" in client.get("/account/").content.decode()
            api = client.get("/api/v1/me/")
            assert (api.status_code, api.json()["code"]) == (403, "second_factor_required")
            stopped.add(name)
    assert stopped == who


def test_administrators_can_be_asked_too(outsider: User, settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED_FOR = ["administrators"]
    assert sign_in("outsider").get("/").status_code == 200
    outsider.is_superuser = True
    outsider.save()
    assert sign_in("outsider").get("/")["Location"] == "/account/"


def test_once_set_up_the_site_opens_and_the_last_one_stays(reader: User, settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED_FOR = ["readers"]
    client = sign_in("reader")
    add_authenticator(client)
    assert client.get("/worklist/").status_code == 200
    answer = client.post("/account/second-factor/authenticator/remove/")
    assert "Add another one before you remove this" in answer.content.decode()
    assert Authenticator.objects.filter(type="totp").count() == 1


def test_a_lost_phone_is_mended_by_a_command(reader: User) -> None:
    client = sign_in("reader")
    add_authenticator(client)
    call_command("reset_second_factor", "reader")
    assert client.get("/worklist/").status_code == 302
    assert sign_in("reader").get("/worklist/").status_code == 200
    with pytest.raises(CommandError, match="no account named 'nobody'"):
        call_command("reset_second_factor", "nobody")


def test_nobody_reaches_another_persons_passkey(reader: User, coordinator: User) -> None:
    passkey = Authenticator.objects.create(
        user=coordinator, type=Authenticator.Type.WEBAUTHN, data={"name": "Desk", "credential": {}}
    )
    client = sign_in("reader")
    confirm(client)
    for act in ("remove", "name"):
        address = f"/account/second-factor/passkeys/{passkey.pk}/{act}/"
        assert client.get(address).status_code == 404
        assert client.post(address, {"name": "x"}).status_code == 404
    assert Authenticator.objects.filter(pk=passkey.pk).exists()
