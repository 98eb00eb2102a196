"""Make accounts, for people whom somebody has let in."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from spinestudy.audit.services import record
from spinestudy.common.errors import ConflictError


class NameTakenError(ConflictError):
    """There is an account of that name."""

    code = "name_taken"


@transaction.atomic
def create_account(*, username: str, password: str) -> User:
    """An account without roles. Name and password were checked by the form that asked for them."""
    try:
        with transaction.atomic():
            user = User.objects.create_user(username, password=password)
    except IntegrityError as error:
        raise NameTakenError("That name is taken. Choose another one.") from error
    record(actor=user, action="account.created", subject=user)
    return user
