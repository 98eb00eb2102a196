"""What signs: the password, or a code of the authenticator app that was not used yet."""

from __future__ import annotations

import time

import pytest
from django.contrib.auth.models import User

from annotations.design.protocol import ReaderStudyDesign
from annotations.models import ReaderStudy, Signature
from annotations.services.signatures import SignatureError, sign
from spinestudy.audit.models import AuditRecord
from tests import personas
from tests.accounts.people import add_authenticator, sign_in, totp
from tests.factories.reader_studies import designed_reader_study


@pytest.fixture
def subject(coordinator: User, reader: User) -> ReaderStudy:
    return designed_reader_study(coordinator, [reader], ReaderStudyDesign("crossover"))


def signed(subject: ReaderStudy, signer: User, typed: str) -> Signature:
    return sign(signer=signer, password=typed, meaning="amended", subject=subject)


def test_a_code_of_the_app_signs_once(coordinator: User, subject: ReaderStudy) -> None:
    secret, recovery = add_authenticator(sign_in(coordinator.get_username()))
    code = totp(secret, time.time() + 30)  # the one before was used to set the app up
    assert signed(subject, coordinator, code).signer == coordinator
    told = AuditRecord.objects.get(action="signed.amended").data
    assert told["proof"] == "authenticator code"
    for wrong in (code, f"{(int(code) + 1) % 10**6:06d}", recovery[0], ""):
        with pytest.raises(SignatureError, match="no unused code"):
            signed(subject, coordinator, wrong)
    assert Signature.objects.count() == 1


def test_who_has_no_password_signs_with_the_app(coordinator: User, subject: ReaderStudy) -> None:
    client = sign_in(coordinator.get_username())
    coordinator.set_unusable_password()  # as people of single sign-on have it
    with pytest.raises(SignatureError, match="Add an authenticator app"):
        signed(subject, coordinator, personas.PASSWORD)
    secret, _ = add_authenticator(client)
    coordinator.save()
    assert signed(subject, coordinator, totp(secret, time.time() + 30)).signer == coordinator
