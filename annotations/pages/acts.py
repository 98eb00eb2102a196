"""What people with a role do with a reader study: each act is one small form on a page."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views import View

from annotations.models import ReaderStudy, Signature
from annotations.pages.members import MemberRequiredMixin
from annotations.selectors.memberships import ANALYSTS, COORDINATORS
from annotations.services import locking, looks, memberships, washouts
from annotations.services.protocols import AmendmentError, amend_protocol
from annotations.services.signatures import note_refusal, signed
from annotations.tasks import request_opening
from spinestudy.common.errors import DomainError, MissingError
from spinestudy.common.pages import tell
from spinestudy.common.roles import signed_in


class Act(MemberRequiredMixin, View, ABC):
    """Do something, say so or why not, and go back to the page with the form."""

    roles: ClassVar[tuple[str, ...]] = COORDINATORS
    done = ""
    back = "reader-study"

    @abstractmethod
    def _act(self, request: HttpRequest, reader_study: ReaderStudy, **numbers: int) -> None:
        """Raise a DomainError where it can't be done."""

    def post(self, request: HttpRequest, reader_study_id: int, **numbers: int) -> HttpResponse:
        """Do it."""
        reader_study = self.reader_study(reader_study_id, *self.roles)
        try:
            self._act(request, reader_study, **numbers)
            messages.success(request, self.done)
        except DomainError as error:
            note_refusal(request.user, error)
            tell(request, error)
        return redirect(self.back, reader_study_id)


class OpenReaderStudy(Act):
    """Open a draft, and run the AI of the aided arm on every case."""

    done = "Open. The readers see it on their worklists now."

    def _act(self, request: HttpRequest, reader_study: ReaderStudy, **numbers: int) -> None:
        request_opening(reader_study_id=reader_study.pk, actor=request.user)


class ProposeLock(Act):
    """The first of two signatures."""

    done = "The lock is proposed. Another coordinator or the statistician can confirm it."

    def _act(self, request: HttpRequest, reader_study: ReaderStudy, **numbers: int) -> None:
        locking.propose_lock(
            reader_study_id=reader_study.pk,
            actor=signed_in(request),
            password=request.POST.get("password", ""),
            reason=request.POST.get("reason", ""),
        )


class ConfirmLock(Act):
    """The second signature."""

    roles = ANALYSTS
    done = "The data are locked."

    def _act(self, request: HttpRequest, reader_study: ReaderStudy, **numbers: int) -> None:
        locking.confirm_lock(
            reader_study_id=reader_study.pk,
            actor=signed_in(request),
            password=request.POST.get("password", ""),
        )


class WithdrawLock(Act):
    """Take a proposal back."""

    done = "The proposal is withdrawn. Readers go on as before."

    def _act(self, request: HttpRequest, reader_study: ReaderStudy, **numbers: int) -> None:
        locking.withdraw_lock(
            reader_study_id=reader_study.pk,
            actor=signed_in(request),
            reason=request.POST.get("reason", ""),
        )


class Unlock(Act):
    """Unlock, as an amendment."""

    done = "The data are unlocked. The protocol shows this as an amendment."

    def _act(self, request: HttpRequest, reader_study: ReaderStudy, **numbers: int) -> None:
        locking.unlock(
            reader_study_id=reader_study.pk,
            actor=signed_in(request),
            password=request.POST.get("password", ""),
            reason=request.POST.get("reason", ""),
        )


class Amend(Act):
    """Amend the protocol, signed."""

    done = "The protocol is amended. Earlier versions are kept."

    def _act(self, request: HttpRequest, reader_study: ReaderStudy, **numbers: int) -> None:
        sent = request.POST
        changes: dict[str, Any] = {
            name: sent[name] for name in ("washout_days", "due_days") if sent.get(name, "")
        }
        if sent.get("coordinators"):
            least = sent.get("min_patients") or "0"
            if not least.isdigit():
                raise AmendmentError("Give the least number of patients as a whole number.")
            changes["live_view"] = {
                "coordinators": sent["coordinators"],
                "min_patients": int(least),
            }
        if sent.get("frozen_shown"):
            changes["frozen"] = sent.getlist("frozen")
        reason = sent.get("reason", "")
        signed(
            lambda: amend_protocol(
                reader_study_id=reader_study.pk,
                actor=signed_in(request),
                changes=changes,
                reason=reason,
            ),
            signer=signed_in(request),
            password=sent.get("password", ""),
            meaning=Signature.Meaning.AMENDED,
            reason=reason,
        )


class GrantRole(Act):
    """Give a person a role."""

    done = "The role is given."

    def _act(self, request: HttpRequest, reader_study: ReaderStudy, **numbers: int) -> None:
        memberships.grant_role(
            reader_study=reader_study,
            username=request.POST.get("username", ""),
            role=request.POST.get("role", ""),
            actor=signed_in(request),
        )


class WithdrawRole(Act):
    """Take a role back."""

    done = "The role is withdrawn."

    def _act(self, request: HttpRequest, reader_study: ReaderStudy, **numbers: int) -> None:
        memberships.withdraw_role(
            reader_study=reader_study,
            membership_id=numbers["membership_id"],
            actor=signed_in(request),
        )


class OverrideWashout(Act):
    """Cut a washout short."""

    done = "The case can be read now. The reason is kept."
    back = "progress"

    def _act(self, request: HttpRequest, reader_study: ReaderStudy, **numbers: int) -> None:
        number = request.POST.get("case", "").strip()
        reader = request.POST.get("reader", "").strip()
        reading = (
            washouts.washing_out(reader_study)
            .filter(case__number=number, enrolment__code=reader)
            .order_by("not_before")
            .first()
        )
        if reading is None:
            raise MissingError(f"No washout is running for case {number} and reader {reader}.")
        washouts.override_washout(
            reading_id=reading.pk,
            actor=signed_in(request),
            reason=request.POST.get("reason", ""),
        )


class ProposeLook(Act):
    """Ask for a planned look."""

    roles = ANALYSTS
    done = "The look is proposed. A second person has to open it."

    def _act(self, request: HttpRequest, reader_study: ReaderStudy, **numbers: int) -> None:
        looks.propose_look(
            reader_study_id=reader_study.pk,
            actor=signed_in(request),
            reason=request.POST.get("reason", ""),
        )


class OpenLook(Act):
    """Open it as the second person."""

    roles = ANALYSTS
    done = "The look is open: live agreement shows you and the proposer every arm."

    def _act(self, request: HttpRequest, reader_study: ReaderStudy, **numbers: int) -> None:
        look = looks.look_of(reader_study, numbers["look_id"])
        looks.open_look(look_id=look.pk, actor=signed_in(request))


class CloseLook(Act):
    """End it with a decision."""

    roles = ANALYSTS
    done = "The look is closed. The decision is kept."

    def _act(self, request: HttpRequest, reader_study: ReaderStudy, **numbers: int) -> None:
        look = looks.look_of(reader_study, numbers["look_id"])
        looks.close_look(
            look_id=look.pk,
            actor=signed_in(request),
            decision=request.POST.get("decision", ""),
        )
