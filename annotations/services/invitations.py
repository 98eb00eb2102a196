"""Invite people into a reader study by a link that is shown once, and let them in."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.contrib.auth.models import Group, User
from django.db import transaction
from django.utils import timezone

from annotations.design.protocol import SENIORITIES
from annotations.models import Enrolment, Invitation, Membership, ReaderStudy
from annotations.services.drafts import add_to_draft
from annotations.services.joining import add_reader
from annotations.services.memberships import give_role
from spinestudy.accounts.services.accounts import create_account
from spinestudy.audit.services import record
from spinestudy.common.errors import ConflictError, InvalidInputError, MissingError
from spinestudy.common.roles import READERS, forget_groups, is_coordinator, is_reader

LONGEST_DAYS: Final = 90
USUAL_DAYS: Final = 14
_HINT_LENGTH: Final = 6


class InvitationError(ConflictError):
    """The invitation can't be used or made now; the message says why."""

    code = "invitation"


@dataclass(frozen=True)
class Guest:
    """Who is invited, and as what. What follows the role is for readers only.

    takes_over: enrolment of the reader whose unread cases the new one gets.
    """

    role: str
    seniority: str = ""
    case_limit: int | None = None
    takes_over: int | None = None
    email: str = ""


def _digest(secret: str) -> str:
    # 256 random bits need no slow hash: there is nothing to guess
    return hashlib.sha256(secret.encode()).hexdigest()


def _open_row(reader_study_id: int) -> ReaderStudy:
    reader_study = ReaderStudy.objects.select_for_update().get(pk=reader_study_id)
    if reader_study.status not in (ReaderStudy.Status.DRAFT, ReaderStudy.Status.OPEN):
        raise InvitationError(
            f"This reader study is {reader_study.get_status_display()}; nobody can join it now."
        )
    return reader_study


@transaction.atomic
def invite(
    *, reader_study_id: int, guest: Guest, actor: User, days: int = USUAL_DAYS
) -> tuple[Invitation, str]:
    """Make an invitation; the secret of its link is returned once and can't be had again."""
    reader_study = _open_row(reader_study_id)
    if not 1 <= days <= LONGEST_DAYS:
        raise InvalidInputError(f"An invitation can be valid for 1 to {LONGEST_DAYS} days.")
    if guest.role not in Invitation.Role.values or guest.seniority not in SENIORITIES:
        raise InvalidInputError("Choose one of the listed roles.")
    is_for_reader = guest.role == Invitation.Role.READER
    giver = _giver(reader_study, guest.takes_over) if is_for_reader else None
    secret = secrets.token_urlsafe(32)
    now = timezone.now()
    invitation = Invitation(
        reader_study=reader_study,
        role=guest.role,
        seniority=guest.seniority if is_for_reader else "",
        case_limit=guest.case_limit if is_for_reader else None,
        takes_over=giver,
        email=guest.email.strip(),
        digest=_digest(secret),
        hint=secret[:_HINT_LENGTH],
        created_by=actor,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    invitation.full_clean()
    invitation.save()
    record(
        actor=actor,
        action="invitation.created",
        subject=invitation,
        reader_study=reader_study.pk,
        role=invitation.role,
        expires_at=invitation.expires_at.isoformat(),
    )
    return invitation, secret


def _giver(reader_study: ReaderStudy, enrolment_id: int | None) -> Enrolment | None:
    if enrolment_id is None:
        return None
    if reader_study.status == ReaderStudy.Status.DRAFT:
        raise InvitationError("In a draft nobody has cases to pass on yet; edit the draft instead.")
    giver = reader_study.enrolments.filter(pk=enrolment_id).first()
    if giver is None:
        raise MissingError("There is no such reader in this reader study.")
    return giver


@transaction.atomic
def revoke_invitation(*, reader_study: ReaderStudy, invitation_id: int, actor: User) -> Invitation:
    """End an invitation that nobody has used; again is no error."""
    row = reader_study.invitations.select_for_update().filter(pk=invitation_id).first()
    if row is None:
        raise MissingError("There is no such invitation.")
    if row.accepted_at is not None:
        raise InvitationError("This invitation has been used already.")
    if row.revoked_at is None:
        row.revoked_at = timezone.now()
        row.save(update_fields=["revoked_at"])
        record(actor=actor, action="invitation.revoked", subject=row)
    return row


def require_usable(invitation: Invitation) -> None:
    """Raise InvitationError where it was used, revoked, is too old, or its maker has no say now."""
    if invitation.accepted_at is not None:
        raise InvitationError("This invitation has been used already. Ask for another one.")
    if invitation.revoked_at is not None:
        raise InvitationError("This invitation was withdrawn. Ask whoever sent it.")
    if invitation.expires_at <= timezone.now():
        raise InvitationError("This invitation is too old. Ask for another one.")
    if invitation.reader_study.status not in (ReaderStudy.Status.DRAFT, ReaderStudy.Status.OPEN):
        raise InvitationError("This reader study takes nobody in any more.")
    coordinators = invitation.reader_study.memberships.filter(role=Membership.Role.COORDINATOR)
    if not coordinators.filter(user=invitation.created_by).exists():
        raise InvitationError(
            "Whoever sent this invitation doesn't coordinate the reader study any more. Ask for "
            "another one."
        )


def invitation_of(secret: str) -> Invitation:
    """The invitation with this secret, usable or not; MissingError where there is none."""
    row = (
        Invitation.objects.select_related("reader_study", "created_by")
        .filter(digest=_digest(secret))
        .first()
    )
    if row is None:
        raise MissingError("There is no such invitation. Check that the link is whole.")
    return row


@transaction.atomic
def accept_invitation(*, secret: str, user: User) -> Invitation:
    """Join the reader study with the role; of two people at once, one gets in."""
    found = invitation_of(secret)
    reader_study = ReaderStudy.objects.select_for_update().get(pk=found.reader_study_id)
    list(reader_study.enrolments.select_for_update())  # row locks come before records
    invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=found.pk)
    invitation.reader_study = reader_study
    require_usable(invitation)
    if invitation.role == Invitation.Role.READER:
        _enrol(reader_study, invitation, user)
    else:
        give_role(
            reader_study=reader_study,
            user=user,
            role=invitation.role,
            actor=invitation.created_by,
        )
    invitation.accepted_by, invitation.accepted_at = user, timezone.now()
    invitation.full_clean()
    invitation.save()
    record(
        actor=user,
        action="invitation.accepted",
        subject=invitation,
        reader_study=reader_study.pk,
        role=invitation.role,
    )
    return invitation


@transaction.atomic
def join_with_new_account(*, secret: str, username: str, password: str) -> Invitation:
    """Make an account for whoever holds the link, and join; without an invitation, neither."""
    require_usable(invitation_of(secret))
    user = create_account(username=username, password=password)
    return accept_invitation(secret=secret, user=user)


def _enrol(reader_study: ReaderStudy, invitation: Invitation, user: User) -> None:
    name = user.get_username()
    if is_coordinator(user):
        raise InvitationError(
            f"The account {name} coordinates on this site and would see what readers must not see. "
            "Sign out, then join with an account of your own for reading."
        )
    if reader_study.memberships.filter(user=user).exists():
        raise InvitationError(
            f"The account {name} has another role in this reader study; it can't read in it."
        )
    if reader_study.enrolments.filter(reader=user).exists():
        raise InvitationError("You are a reader of this reader study already.")
    _make_reader(user)
    if reader_study.status == ReaderStudy.Status.DRAFT:
        add_to_draft(
            reader_study,
            user,
            seniority=invitation.seniority,
            limit=invitation.case_limit,
            actor=invitation.created_by,
        )
    else:
        add_reader(
            reader_study_id=reader_study.pk,
            reader=user,
            reason="joined by an invitation",
            actor=invitation.created_by,
            seniority=invitation.seniority,
            case_limit=invitation.case_limit,
            takes_over=invitation.takes_over_id,
        )
    reader_study.enrolments.filter(reader=user).update(email=invitation.email)


def _make_reader(user: User) -> None:
    """Put an account into the site's group of readers; a change ends its sessions."""
    if not is_reader(user):
        user.groups.add(Group.objects.get_or_create(name=READERS)[0])
        forget_groups(user)
