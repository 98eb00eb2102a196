"""API tokens: made once, kept as a hash, narrowed by scopes, ended when asked."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from spinestudy.accounts.models import ApiToken
from spinestudy.accounts.services.api_tokens import create_token, revoke_token
from spinestudy.audit.models import AuditRecord
from spinestudy.common.errors import InvalidInputError, MissingError
from spinestudy.common.roles import COORDINATORS
from spinestudy.common.token_scopes import EXAMS_READ, EXPORTS_READ, SCOPES
from tests.accounts.people import confirm, sign_in

EXAMS = "/api/v1/imaging-studies/"


def token_for(owner: User, *scopes: str) -> str:
    return create_token(owner=owner, name="test", scopes=scopes or (EXAMS_READ,), days=30)[1]


def get(secret: str, address: str = EXAMS) -> Any:
    return Client().get(address, headers={"Authorization": f"Bearer {secret}"})


def test_a_token_acts_for_its_owner_within_its_scope(coordinator: User) -> None:
    secret = token_for(coordinator, EXAMS_READ)
    assert get(secret).status_code == 200
    assert get(secret, "/dicomweb/studies").status_code == 204
    assert get(secret, "/api/v1/me/").json()["username"] == "coordinator"
    refused = get(secret, "/api/v1/jobs/")
    assert refused.status_code == 403
    assert refused.json()["message"] == "This API token lacks the scope jobs:read."


def test_the_secret_is_nowhere_in_the_database(coordinator: User) -> None:
    secret = token_for(coordinator)
    token = ApiToken.objects.get()
    stored = " ".join(str(value) for value in ApiToken.objects.values_list().get())
    assert secret not in stored
    assert secret.removeprefix(token.hint) not in stored
    assert len(secret) > 40
    assert secret not in str(list(AuditRecord.objects.values_list("data", flat=True)))


def test_an_expired_token_is_refused(coordinator: User) -> None:
    secret = token_for(coordinator)
    past = timezone.now() - timedelta(days=1)
    ApiToken.objects.update(created_at=past - timedelta(days=1), expires_at=past)
    answer = get(secret)
    assert answer.status_code == 401
    assert "expired or revoked" in answer.json()["message"]
    assert answer["WWW-Authenticate"] == 'Bearer realm="api"'


def test_a_revoked_token_is_refused_at_once(coordinator: User) -> None:
    secret = token_for(coordinator)
    token = ApiToken.objects.get()
    revoke_token(token_id=token.pk, owner=coordinator)
    revoke_token(token_id=token.pk, owner=coordinator)
    assert get(secret).status_code == 401
    assert AuditRecord.objects.filter(action="api_token.revoked").count() == 1


def test_nobody_revokes_another_persons_token(coordinator: User, reader: User) -> None:
    secret = token_for(coordinator)
    with pytest.raises(MissingError):
        revoke_token(token_id=ApiToken.objects.get().pk, owner=reader)
    client = sign_in("reader")
    assert client.post(f"/api-tokens/{ApiToken.objects.get().pk}/revoke/").status_code == 404
    assert get(secret).status_code == 200


@pytest.mark.parametrize("secret", ["", "spine_", "spine_guess", "x" * 4000, "spine_\xe9"])
def test_a_token_that_is_none_is_refused(coordinator: User, secret: str) -> None:
    token_for(coordinator)
    assert get(secret).status_code == 401


def test_a_wrong_token_is_not_saved_by_a_session(coordinator: User) -> None:
    client = sign_in("coordinator")
    answer = client.get(EXAMS, headers={"Authorization": "Bearer spine_guess"})
    assert answer.status_code == 401


def test_a_token_gives_no_more_than_the_role_of_its_owner(reader: User, outsider: User) -> None:
    for person in (reader, outsider):
        secret = token_for(person, *SCOPES)
        assert get(secret).status_code == 403
        assert get(secret, "/dicomweb/studies").status_code == 403


def test_a_token_loses_what_its_owner_loses(coordinator: User) -> None:
    secret = token_for(coordinator)
    coordinator.groups.remove(Group.objects.get(name=COORDINATORS))
    assert get(secret).status_code == 403
    coordinator.is_active = False
    coordinator.save()
    assert get(secret).status_code == 401


def test_a_token_reaches_no_page(coordinator: User) -> None:
    secret = token_for(coordinator, *SCOPES)
    for page in ("/exams/", "/account/", "/api-tokens/create/"):
        assert get(secret, page)["Location"].startswith("/sign-in/")


def test_a_token_needs_no_csrf_token_but_a_session_does(coordinator: User) -> None:
    secret = token_for(coordinator, "uploads:write")
    strict = Client(enforce_csrf_checks=True)
    body = {"cohort": "From a program"}
    by_token = strict.post(
        "/api/v1/uploads/",
        body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )
    assert by_token.status_code != 403, by_token.content
    strict.force_login(coordinator)
    assert strict.post("/api/v1/uploads/", body).status_code == 403


def test_its_last_use_is_noted(coordinator: User) -> None:
    secret = token_for(coordinator)
    assert ApiToken.objects.get().last_used_at is None
    get(secret)
    first = ApiToken.objects.get().last_used_at
    assert first is not None
    assert timezone.now() - first < timedelta(minutes=1)
    get(secret)
    assert ApiToken.objects.get().last_used_at == first


def test_where_a_second_factor_is_asked_a_token_needs_one_too(
    coordinator: User, settings: Any
) -> None:
    secret = token_for(coordinator)
    settings.SECOND_FACTOR_REQUIRED_FOR = ["coordinators"]
    assert get(secret).status_code == 403


@pytest.mark.parametrize(
    ("scopes", "days"), [([], 30), (["everything"], 30), ([EXAMS_READ], 0), ([EXAMS_READ], 367)]
)
def test_a_token_that_cannot_be_is_not_made(
    coordinator: User, scopes: list[str], days: int
) -> None:
    with pytest.raises(InvalidInputError):
        create_token(owner=coordinator, name="x", scopes=scopes, days=days)
    assert not ApiToken.objects.exists()


def test_the_database_refuses_a_token_without_scopes_or_end(coordinator: User) -> None:
    token_for(coordinator)
    wrongs: list[dict[str, Any]] = [{"scopes": []}, {"expires_at": timezone.now() - timedelta(9)}]
    for wrong in wrongs:
        with pytest.raises(IntegrityError), transaction.atomic():
            ApiToken.objects.update(**wrong)


def test_a_coordinator_makes_one_on_a_page_after_the_password(coordinator: User) -> None:
    client = sign_in("coordinator")
    asked = client.get("/api-tokens/create/")
    assert asked["Location"].startswith("/account/confirm/password/")
    confirm(client)
    form = {"name": "Nightly export", "scopes": [EXPORTS_READ, EXAMS_READ], "days": 30}
    page = client.post("/api-tokens/create/", form).content.decode()
    secret = re.findall(r'id="api-token" class="secret">([^<]+)<', page)[0]
    assert get(secret).status_code == 200
    listed = client.get("/account/").content.decode()
    assert "Nightly export" in listed
    assert secret not in listed
    client.post(f"/api-tokens/{ApiToken.objects.get().pk}/revoke/")
    assert get(secret).status_code == 401
    assert "revoked" in client.get("/account/").content.decode()


def test_a_form_without_scopes_makes_no_token(coordinator: User) -> None:
    client = sign_in("coordinator")
    confirm(client)
    page = client.post("/api-tokens/create/", {"name": "x", "days": 900}).content.decode()
    assert page.count('class="errors"') == 2
    assert not ApiToken.objects.exists()
