"""OIDC by configuration alone, against a provider on loopback that speaks real HTTP."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import User
from django.test import Client

from spinestudy.audit.models import AuditRecord
from tests.accounts.oidc_provider import CLIENT_ID, CLIENT_SECRET, Provider, running_provider
from tests.accounts.people import add_authenticator, sign_in

ROOT = Path(__file__).resolve().parents[2]
START = "/sign-in/sso/oidc/"


def app(provider: Provider) -> dict[str, Any]:
    """As spinestudy.settings.accounts makes it of the environment."""
    return {
        "provider_id": "oidc",
        "name": "Hospital account",
        "client_id": CLIENT_ID,
        "secret": CLIENT_SECRET,
        "settings": {"server_url": provider.issuer, "oauth_pkce_enabled": True},
    }


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    with running_provider() as running:
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app(running)]}}
        yield running


@pytest.fixture
def known_reader(reader: User) -> User:
    reader.email = "reader@hospital.example"
    reader.save()
    return reader


def identity(**changes: Any) -> dict[str, Any]:
    return {
        "sub": "id-of-the-reader",
        "preferred_username": "reader",
        "email": "Reader@hospital.example",
        "email_verified": True,
        **changes,
    }


def sign_on(client: Client, after: str = "") -> Any:
    """Walk the way of a browser: to the provider, and back."""
    away = client.get(START, {"process": "login", **({"next": after} if after else {})})
    assert away.status_code == 302, away.content
    back = requests.get(away["Location"], allow_redirects=False, timeout=10)
    return client.get(back.headers["Location"].replace("http://testserver", ""))


def test_the_sign_in_page_offers_it_under_its_name(provider: Provider, db: None) -> None:
    page = Client().get("/sign-in/?next=/my-reading/").content.decode()
    assert "Use Hospital account" in page
    assert f"{START}?process=login&amp;next=%2Fmy-reading%2F" in page


def test_without_configuration_there_is_none(db: None) -> None:
    assert "/sign-in/sso/" not in Client().get("/sign-in/").content.decode()
    assert Client().get(START).status_code == 404


def test_a_verified_address_opens_the_account_and_leads_on(
    provider: Provider, known_reader: User
) -> None:
    provider.identity = identity()
    client = Client()
    assert sign_on(client, "/my-reading/")["Location"] == "/my-reading/"
    assert client.get("/api/v1/me/").json()["username"] == "reader"
    assert {"/.well-known/openid-configuration", "/authorize", "/token"} <= set(provider.asked)
    signed_in = AuditRecord.objects.get(action="account.signed_in")
    assert signed_in.data == {"methods": ["socialaccount"]}


def test_later_the_identity_counts_not_the_address(provider: Provider, known_reader: User) -> None:
    provider.identity = identity()
    sign_on(Client())
    provider.identity = identity(email="new@hospital.example")
    client = Client()
    sign_on(client)
    assert client.get("/api/v1/me/").json()["username"] == "reader"
    assert SocialAccount.objects.count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"email_verified": False},
        {"email": ""},
        {"email": "somebody@hospital.example"},
    ],
)
def test_whoever_has_no_account_gets_none(
    provider: Provider, known_reader: User, changes: dict[str, Any]
) -> None:
    provider.identity = identity(**changes)
    client = Client()
    assert "No account belongs to that sign-in" in sign_on(client).content.decode()
    assert client.get("/worklist/").status_code == 302
    assert User.objects.count() == 1
    assert not SocialAccount.objects.exists()


def test_an_address_that_two_accounts_have_opens_neither(
    provider: Provider, known_reader: User, outsider: User
) -> None:
    outsider.email = known_reader.email
    outsider.save()
    provider.identity = identity()
    assert "No account belongs" in sign_on(Client()).content.decode()


def test_names_can_be_matched_instead(provider: Provider, reader: User, settings: Any) -> None:
    settings.OIDC_MATCH = "username"
    provider.identity = identity(email_verified=False)
    client = Client()
    sign_on(client)
    assert client.get("/api/v1/me/").json()["username"] == "reader"
    provider.identity = identity(sub="another", preferred_username="")
    assert "No account belongs" in sign_on(Client()).content.decode()


def test_a_second_factor_is_asked_here_too(provider: Provider, known_reader: User) -> None:
    add_authenticator(sign_in("reader"))
    provider.identity = identity()
    client = Client()
    assert sign_on(client)["Location"].startswith("/sign-in/second-factor/")
    assert client.get("/worklist/").status_code == 302


def test_a_closed_account_stays_closed(provider: Provider, known_reader: User) -> None:
    provider.identity = identity()
    sign_on(Client())
    known_reader.is_active = False
    known_reader.save()
    client = Client()
    assert sign_on(client)["Location"] == "/sign-in/closed/"
    assert client.get("/worklist/").status_code == 302


def test_an_answer_with_another_state_is_refused(provider: Provider, known_reader: User) -> None:
    provider.identity = identity()
    client = Client()
    away = client.get(START, {"process": "login"})
    state = parse_qs(urlsplit(away["Location"]).query)["state"][0]
    back = requests.get(away["Location"], allow_redirects=False, timeout=10).headers["Location"]
    forged = back.replace("http://testserver", "").replace(state, "of-somebody-else")
    answer = client.get(forged)
    assert "Single sign-on didn" in answer.content.decode()
    assert client.get("/worklist/").status_code == 302


def test_the_code_of_another_browser_is_worth_nothing(
    provider: Provider, known_reader: User
) -> None:
    """PKCE: a stolen code can't be used without the secret of the browser that asked."""
    provider.identity = identity()
    victim, thief = Client(), Client()
    stolen = requests.get(victim.get(START)["Location"], allow_redirects=False, timeout=10).headers[
        "Location"
    ]
    code = parse_qs(urlsplit(stolen).query)["code"][0]
    own = thief.get(START)["Location"]
    state = parse_qs(urlsplit(own).query)["state"][0]
    answer = thief.get(f"{START}callback/", {"code": code, "state": state})
    assert "Single sign-on didn" in answer.content.decode()
    assert thief.get("/worklist/").status_code == 302


@pytest.mark.parametrize(
    ("error", "words"), [("access_denied", "stopped at the"), ("server_error", "Try again")]
)
def test_errors_of_the_provider_are_told(
    provider: Provider, db: None, error: str, words: str
) -> None:
    provider.error = error
    client = Client()
    answer = sign_on(client)
    page = client.get(answer["Location"]) if answer.status_code == 302 else answer
    assert words in page.content.decode()


def test_a_provider_that_is_gone_is_told(settings: Any, db: None) -> None:
    with running_provider() as gone:
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app(gone)]}}
    answer = Client().get(START, {"process": "login"})
    assert answer.status_code == 503
    assert "Single sign-on didn" in answer.content.decode()


def test_a_link_ties_no_other_identity_to_an_account(
    provider: Provider, known_reader: User
) -> None:
    provider.identity = identity(sub="of-an-attacker", email="attacker@hospital.example")
    client = sign_in("reader")
    away = client.get(START, {"process": "connect"})
    back = requests.get(away["Location"], allow_redirects=False, timeout=10)
    assert client.get(back.headers["Location"].replace("http://testserver", ""))["Location"] == (
        "/account/"
    )
    assert not SocialAccount.objects.exists()


def _settings_of(**variables: str) -> subprocess.CompletedProcess[str]:
    code = "import spinestudy.settings.accounts as a; print(a.SOCIALACCOUNT_PROVIDERS)"
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_environment_is_all_the_configuration() -> None:
    variables = {
        "OIDC_ISSUER": "https://sign-in.example",
        "OIDC_CLIENT_ID": "site",
        "OIDC_CLIENT_SECRET": "hidden",
        "OIDC_NAME": "Hospital account",
    }
    made = _settings_of(**variables).stdout
    for value in variables.values():
        assert value in made
    missing = _settings_of(OIDC_ISSUER="https://sign-in.example")
    assert missing.returncode != 0
    assert "OIDC_CLIENT_ID" in missing.stderr
