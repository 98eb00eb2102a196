"""On the pages every change of an open schedule is signed; a wrong password changes nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from annotations.models import ReaderStudy, ScheduleAmendment, Signature
from spinestudy.audit.models import AuditRecord
from tests import personas
from tests.factories.reader_studies import opened_reader_study


@pytest.fixture
def running(coordinator: User, reader: User) -> ReaderStudy:
    second = personas.reader("reader-2")
    return opened_reader_study(coordinator, [reader, second], n_cases=2)


@pytest.fixture
def client_of_coordinator(coordinator: User) -> Client:
    client = Client()
    client.force_login(coordinator)
    return client


def acts(running: ReaderStudy) -> list[tuple[str, dict[str, Any], str]]:
    """Address, what is sent, kind of the amendment; each can follow the one before."""
    one = f"/reader-studies/{running.pk}/readers/{running.enrolments.order_by('pk')[0].pk}/"
    later = timezone.localdate() + timedelta(days=400)
    third = personas.reader("reader-3")
    return [
        (f"{one}pause/", {}, "reader_paused"),
        (f"{one}resume/", {}, "reader_resumed"),
        (f"{one}due/", {"period": 1, "due_on": later.isoformat()}, "due_extended"),
        (f"/reader-studies/{running.pk}/readers/add/", {"reader": third.pk}, "reader_added"),
        (f"{one}withdraw/", {}, "reader_withdrawn"),
    ]


def test_each_change_of_the_schedule_carries_a_signature_of_what_it_gives(
    running: ReaderStudy, client_of_coordinator: Client, coordinator: User
) -> None:
    for address, sent, kind in acts(running):
        before = running.schedule_amendments.count()
        for wrong in ("", "not the password"):
            client_of_coordinator.post(address, {**sent, "reason": "planned", "password": wrong})
            assert running.schedule_amendments.count() == before, address
            assert running.enrolments.count() == 2 + (before > 3)
        right = {**sent, "reason": "planned", "password": personas.PASSWORD}
        client_of_coordinator.post(address, right)
        amendment = running.schedule_amendments.latest("number")
        assert amendment.kind == kind
        signature = Signature.objects.get(subject_id=str(amendment.pk), meaning="plan_amended")
        assert signature.subject_type == ScheduleAmendment._meta.label
        assert (signature.signer, signature.reason) == (coordinator, "planned")
        assert signature.content_sha256 == amendment.after_sha256
        assert AuditRecord.objects.filter(action="signed.plan_amended").count() == before + 1
        cache.clear()  # five wrong ones would end the signing for a while


def test_what_was_typed_is_still_there_after_a_wrong_password(
    running: ReaderStudy, client_of_coordinator: Client
) -> None:
    third = personas.reader("reader-3")
    answer = client_of_coordinator.post(
        f"/reader-studies/{running.pk}/readers/add/",
        {"reader": third.pk, "reason": "joins late", "case_limit": 2, "password": "wrong"},
    )
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "nothing was signed" in page.replace("\n", " ") or "isn&#x27;t your password" in page
    assert 'value="joins late"' in page
    assert "wrong" not in page.replace("wrong passwords", "")
