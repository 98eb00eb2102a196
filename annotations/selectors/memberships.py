"""Who may do what in which reader study. Every page and address of a reader study asks here."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import QuerySet

from annotations.models import Membership, ReaderStudy
from spinestudy.common.errors import MissingError, NotPermittedError
from spinestudy.common.roles import is_coordinator

ROLE: Final = Membership.Role
EVERY_ROLE: Final = tuple(ROLE.values)
COORDINATORS: Final = (ROLE.COORDINATOR.value,)
ANALYSTS: Final = (ROLE.COORDINATOR.value, ROLE.STATISTICIAN.value)
ADJUDICATORS: Final = (ROLE.ADJUDICATOR.value,)


def reader_studies_of(user: Any, *roles: str) -> QuerySet[ReaderStudy]:
    """Reader studies in which this person has one of these roles, newest first."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return ReaderStudy.objects.none()
    own = Membership.objects.filter(user=user, role__in=roles or EVERY_ROLE)
    return ReaderStudy.objects.filter(pk__in=own.values("reader_study")).exclude(
        status=ReaderStudy.Status.DISCARDED
    )


def is_member(user: Any) -> bool:
    """Whether this person has a role in any reader study, or may create one."""
    return is_coordinator(user) or reader_studies_of(user).exists()


def roles_in(user: Any, reader_study: ReaderStudy) -> frozenset[str]:
    """The roles of this person in this reader study."""
    return frozenset(
        Membership.objects.filter(user=user, reader_study=reader_study).values_list(
            "role", flat=True
        )
    )


def require_reader_study(reader_study_id: int, user: Any, *roles: str) -> ReaderStudy:
    """The reader study if this person has one of these roles in it (any, where none is named).

    MissingError where the person has no role in it, also where it doesn't exist;
    NotPermittedError where the role isn't enough.
    """
    reader_study = reader_studies_of(user).filter(pk=reader_study_id).first()
    if reader_study is None:
        if not is_member(user):
            raise NotPermittedError("You have no role in any reader study.")
        raise MissingError("There is no such reader study.")
    if roles and not roles_in(user, reader_study) & set(roles):
        needed = " or ".join(ROLE(role).label for role in roles)
        raise NotPermittedError(f"Only a {needed} of this reader study may do this.")
    return reader_study
