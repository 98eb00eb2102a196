"""Give and take roles in a reader study."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction

from annotations.models import Enrolment, Membership, ReaderStudy
from spinestudy.audit.services import record
from spinestudy.common.errors import ConflictError, InvalidInputError


class MembershipError(ConflictError):
    """This person can't have or lose this role; the message says why."""

    code = "membership"


@transaction.atomic
def grant_role(*, reader_study: ReaderStudy, username: str, role: str, actor: User) -> Membership:
    """Give a person a role. A reader can't also see what readers must not see."""
    if role not in Membership.Role.values:
        raise InvalidInputError("Choose one of the listed roles.")
    user = User.objects.filter(username=username.strip(), is_active=True).first()
    if user is None:
        raise InvalidInputError(f"There is no account called {username.strip()!r}.")
    return give_role(reader_study=reader_study, user=user, role=role, actor=actor)


def give_role(*, reader_study: ReaderStudy, user: User, role: str, actor: User) -> Membership:
    """The same for an account at hand; call it in a transaction."""
    # nobody becomes a reader meanwhile
    ReaderStudy.objects.select_for_update().get(pk=reader_study.pk)
    if Enrolment.objects.filter(reader_study=reader_study, reader=user).exists():
        raise MembershipError(
            f"{user.get_username()} reads cases here and would see what readers must not see."
        )
    row, is_new = Membership.objects.get_or_create(reader_study=reader_study, user=user, role=role)
    if not is_new:
        raise MembershipError(f"{user.get_username()} is {row.get_role_display()} already.")
    record(
        actor=actor,
        action="membership.granted",
        subject=reader_study,
        changes={role: [None, user.get_username()]},
    )
    return row


@transaction.atomic
def withdraw_role(*, reader_study: ReaderStudy, membership_id: int, actor: User) -> None:
    """Take a role back; the last coordinator keeps theirs."""
    ReaderStudy.objects.select_for_update().get(pk=reader_study.pk)
    row = reader_study.memberships.filter(pk=membership_id).select_related("user").first()
    if row is None:
        raise InvalidInputError("That role was withdrawn already.")
    coordinators = reader_study.memberships.filter(role=Membership.Role.COORDINATOR)
    if row.role == Membership.Role.COORDINATOR and coordinators.count() == 1:
        raise MembershipError("A reader study needs a coordinator; name another one first.")
    record(
        actor=actor,
        action="membership.withdrawn",
        subject=reader_study,
        changes={row.role: [row.user.get_username(), None]},
    )
    row.delete()
