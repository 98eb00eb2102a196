"""What a coordinator does with one reader: each act is one small form on the reader's page."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from annotations.models import ReaderStudy, ScheduleAmendment, Signature
from annotations.pages.acts import Act
from annotations.services import passing, readers
from annotations.services.contacts import set_address
from annotations.services.invitations import revoke_invitation
from annotations.services.messages import send_message
from annotations.services.reminders import remind
from annotations.services.signatures import signed
from spinestudy.common.errors import InvalidInputError, MissingError
from spinestudy.common.roles import signed_in


class ReaderAct(Act):
    """Go back to the page of the reader."""

    def post(self, request: HttpRequest, reader_study_id: int, **numbers: int) -> HttpResponse:
        """Do it."""
        super().post(request, reader_study_id, **numbers)
        return redirect("reader", reader_study_id, numbers["enrolment_id"])


class ReaderAmendment(ReaderAct, ABC):
    """An act that amends the schedule: it is signed, or undone."""

    @abstractmethod
    def _amend(
        self, request: HttpRequest, reader_study: ReaderStudy, *, reason: str, **numbers: int
    ) -> ScheduleAmendment:
        """Raise a DomainError where it can't be done."""

    def _act(self, request: HttpRequest, reader_study: ReaderStudy, **numbers: int) -> None:
        reason = request.POST.get("reason", "")
        signed(
            lambda: self._amend(request, reader_study, reason=reason, **numbers),
            signer=signed_in(request),
            password=request.POST.get("password", ""),
            meaning=Signature.Meaning.PLAN_AMENDED,
            reason=reason,
        )


class WithdrawReader(ReaderAmendment):
    """End a reader's part."""

    done = "The reader is withdrawn. What was stored is kept; open cases are closed as withdrawn."

    def _amend(
        self, request: HttpRequest, reader_study: ReaderStudy, *, reason: str, **numbers: int
    ) -> ScheduleAmendment:
        return readers.withdraw_reader(
            reader_study_id=reader_study.pk,
            enrolment_id=numbers["enrolment_id"],
            reason=reason,
            actor=signed_in(request),
        )


class PauseReader(ReaderAmendment):
    """Let the reader open no further case."""

    done = "The reader is paused. A case that is begun can be finished."

    def _amend(
        self, request: HttpRequest, reader_study: ReaderStudy, *, reason: str, **numbers: int
    ) -> ScheduleAmendment:
        return readers.pause_reader(
            reader_study_id=reader_study.pk,
            enrolment_id=numbers["enrolment_id"],
            reason=reason,
            actor=signed_in(request),
        )


class ResumeReader(ReaderAmendment):
    """Let the reader go on."""

    done = "The reader can go on."

    def _amend(
        self, request: HttpRequest, reader_study: ReaderStudy, *, reason: str, **numbers: int
    ) -> ScheduleAmendment:
        return readers.resume_reader(
            reader_study_id=reader_study.pk,
            enrolment_id=numbers["enrolment_id"],
            reason=reason,
            actor=signed_in(request),
        )


class ReassignCases(ReaderAmendment):
    """Pass unread cases on."""

    done = "The cases are passed on."

    def _amend(
        self, request: HttpRequest, reader_study: ReaderStudy, *, reason: str, **numbers: int
    ) -> ScheduleAmendment:
        return passing.reassign_cases(
            reader_study_id=reader_study.pk,
            giver_id=numbers["enrolment_id"],
            taker_id=_number(request, "taker", "Choose who gets the cases."),
            cases=request.POST.get("cases", "").replace(",", " ").split(),
            reason=reason,
            actor=signed_in(request),
        )


class ExtendDueDate(ReaderAmendment):
    """Give the reader, or all readers, until a later day."""

    done = "The due date is extended."

    def _amend(
        self, request: HttpRequest, reader_study: ReaderStudy, *, reason: str, **numbers: int
    ) -> ScheduleAmendment:
        try:
            due_on = date.fromisoformat(request.POST.get("due_on", ""))
        except ValueError as error:
            raise InvalidInputError("Give the day as year-month-day.") from error
        is_for_all = request.POST.get("for_all") == "on"
        return readers.extend_due_date(
            reader_study_id=reader_study.pk,
            period=_number(request, "period", "Choose a period."),
            due_on=due_on,
            enrolment_id=None if is_for_all else numbers["enrolment_id"],
            reason=reason,
            actor=signed_in(request),
        )


class Remind(ReaderAct):
    """Send an e-mail about what is overdue."""

    done = "The reminder is sent."

    def _act(self, request: HttpRequest, reader_study: ReaderStudy, **numbers: int) -> None:
        if not reader_study.enrolments.filter(pk=numbers["enrolment_id"]).exists():
            raise MissingError("There is no such reader in this reader study.")
        remind(
            enrolment_id=numbers["enrolment_id"],
            sender=signed_in(request),
            address=request.build_absolute_uri("/worklist/"),
        )


class SendMessage(ReaderAct):
    """Put a note on the reader's worklist."""

    done = "The message stands on the reader's worklist."

    def _act(self, request: HttpRequest, reader_study: ReaderStudy, **numbers: int) -> None:
        send_message(
            reader_study=reader_study,
            enrolment_id=numbers["enrolment_id"],
            text=request.POST.get("text", ""),
            sender=signed_in(request),
        )


class SetAddress(ReaderAct):
    """Say where reminders go."""

    done = "Reminders go there."

    def _act(self, request: HttpRequest, reader_study: ReaderStudy, **numbers: int) -> None:
        email = request.POST.get("email", "").strip()
        try:
            if email:
                validate_email(email)
        except ValidationError as error:
            raise InvalidInputError("That isn't an e-mail address.") from error
        set_address(
            reader_study=reader_study,
            enrolment_id=numbers["enrolment_id"],
            email=email,
            actor=signed_in(request),
        )


class RevokeInvitation(Act):
    """End an invitation that nobody has used."""

    done = "The invitation is withdrawn; its link works no more."
    back = "readers"

    def _act(self, request: HttpRequest, reader_study: ReaderStudy, **numbers: int) -> None:
        revoke_invitation(
            reader_study=reader_study,
            invitation_id=numbers["invitation_id"],
            actor=signed_in(request),
        )


def _number(request: HttpRequest, name: str, words: str) -> int:
    sent = request.POST.get(name, "")
    if not (sent.isascii() and sent.isdigit() and len(sent) < 12):
        raise InvalidInputError(words)
    return int(sent)
