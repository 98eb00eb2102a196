"""Pages of adjudication: the queue, one case, references from outside."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import ensure_csrf_cookie

from annotations.models import Adjudication, Arm, ReaderStudy, ReferenceRecord
from annotations.pages.acts import Act
from annotations.pages.members import MemberRequiredMixin, context_of
from annotations.selectors.adjudication import adjudicated_arms, cells_to_decide, queue_shown_to
from annotations.selectors.adjudication_case import queued_case
from annotations.selectors.live_view import exported_arms
from annotations.selectors.memberships import ADJUDICATORS, ANALYSTS, COORDINATORS, roles_in
from annotations.services.adjudication import Decision, decide_case, queue_disagreements
from annotations.services.reference_records import accept_majority, import_references
from annotations.services.signatures import note_refusal
from spinestudy.common.errors import DomainError, InvalidInputError, MissingError
from spinestudy.common.pages import tell
from spinestudy.common.roles import signed_in

NOT_GRADABLE = "not_gradable"
LARGEST_FILE = 20 * 2**20


class QueuePage(MemberRequiredMixin, View):
    """Cases with cells on which readers differ."""

    def get(self, request: HttpRequest, reader_study_id: int) -> HttpResponse:
        """The queue; how many cells differ tells of agreement, so observers don't see it."""
        reader_study = self.reader_study(reader_study_id, *ANALYSTS, *ADJUDICATORS)
        roles = roles_in(request.user, reader_study)
        shown = set(exported_arms(reader_study, request.user))
        may_decide = bool(roles & set(ADJUDICATORS))
        context = context_of(
            reader_study,
            roles=roles,
            may_decide=may_decide,
            sees_masks=bool(roles & set(ANALYSTS)),
            queue=queue_shown_to(reader_study, request.user),
            arms=[arm for arm in adjudicated_arms(reader_study) if arm.pk in shown],
            n_references=ReferenceRecord.objects.filter(case__reader_study=reader_study).count(),
        )
        return render(request, "annotations/adjudication.html", context)


class CasePage(MemberRequiredMixin, View):
    """Decide one case, blind to who said what."""

    def get(
        self, request: HttpRequest, reader_study_id: int, arm_id: int, case_id: int
    ) -> HttpResponse:
        """The form; votes don't leave the server here."""
        reader_study, arm, case = self._found(reader_study_id, arm_id, case_id)
        context = context_of(reader_study, arm=arm, case=case, cells=cells_to_decide(arm, case))
        return render(request, "annotations/adjudicate_case.html", context)

    def post(
        self, request: HttpRequest, reader_study_id: int, arm_id: int, case_id: int
    ) -> HttpResponse:
        """Decide and sign."""
        _, arm, case = self._found(reader_study_id, arm_id, case_id)
        try:
            decisions = {
                row.pk: _decision(request, row)
                for row in cells_to_decide(arm, case)
                if request.POST.get(f"cell-{row.pk}")
            }
            count = decide_case(
                arm=arm,
                case=case,
                decisions=decisions,
                adjudicator=signed_in(request),
                password=request.POST.get("password", ""),
                is_consensus=request.POST.get("is_consensus") == "on",
            )
            messages.success(request, f"{count} cells of {case.number} are decided and signed.")
        except InvalidInputError as error:
            tell(request, error)
            return redirect(request.path)
        except DomainError as error:
            note_refusal(request.user, error)
            tell(request, error)
        return redirect("adjudication", reader_study_id)

    def _found(self, reader_study_id: int, arm_id: int, case_id: int):  # type: ignore[no-untyped-def]
        reader_study = self.reader_study(reader_study_id, *ADJUDICATORS)
        arm = get_object_or_404(Arm, pk=arm_id, reader_study=reader_study)
        return reader_study, arm, get_object_or_404(reader_study.cases, pk=case_id)


def _decision(request: HttpRequest, row: Adjudication) -> Decision:
    sent = request.POST[f"cell-{row.pk}"]
    comment = request.POST.get(f"comment-{row.pk}", "").strip()
    if sent == NOT_GRADABLE:
        return Decision(None, comment)
    if not sent.lstrip("-").isdigit():
        raise InvalidInputError("Choose one of the grades.")
    return Decision(int(sent), comment)


@method_decorator(ensure_csrf_cookie, name="dispatch")
class RoomPage(MemberRequiredMixin, View):
    """The images of a queued case, with what its readers said under letters."""

    def get(
        self, request: HttpRequest, reader_study_id: int, arm_id: int, case_id: int
    ) -> HttpResponse:
        """The empty room; its script fetches the case."""
        reader_study = self.reader_study(reader_study_id, *ADJUDICATORS)
        try:
            arm, case = queued_case(reader_study, arm_id, case_id)
        except MissingError as error:
            raise Http404(error.message) from error
        except DomainError as error:
            tell(request, error)
            return redirect("adjudication", reader_study_id)
        context = {"reader_study": reader_study, "arm": arm, "case": case}
        return render(request, "annotations/adjudication_room.html", context)


class QueueDisagreements(Act):
    """Put what readers differ on into the queue."""

    roles = COORDINATORS
    back = "adjudication"
    done = "The queue is up to date."

    def _act(self, request: HttpRequest, reader_study: ReaderStudy, **numbers: int) -> None:
        queue_disagreements(arm=arm_sent(request, reader_study), actor=signed_in(request))


class AcceptMajority(Act):
    """Take majorities as the reference where nothing is queued."""

    roles = COORDINATORS
    back = "adjudication"
    done = "Majorities are the reference where there was none."

    def _act(self, request: HttpRequest, reader_study: ReaderStudy, **numbers: int) -> None:
        accept_majority(arm=arm_sent(request, reader_study), actor=signed_in(request))


def arm_sent(request: HttpRequest, reader_study: ReaderStudy) -> Arm:
    """The arm that was sent, if it isn't withheld from this person."""
    sent = request.POST.get("arm", "")
    if not sent.isdigit():
        raise InvalidInputError("Choose an arm.")
    arm = get_object_or_404(Arm, pk=int(sent), reader_study=reader_study)
    if arm.pk not in exported_arms(reader_study, request.user):
        raise PermissionDenied("The protocol withholds this arm until the data are locked.")
    return arm


class ImportReferences(Act):
    """Take a reference from a file."""

    roles = COORDINATORS
    back = "adjudication"
    done = "The reference is stored."

    def _act(self, request: HttpRequest, reader_study: ReaderStudy, **numbers: int) -> None:
        sent = request.FILES.get("file")
        if sent is None or (sent.size or 0) > LARGEST_FILE:
            raise InvalidInputError("Choose a CSV file of at most 20 MB.")
        try:
            text = sent.read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise InvalidInputError("The file isn't UTF-8 text. Save it as CSV UTF-8.") from error
        report = import_references(
            reader_study=reader_study,
            text=text,
            source=request.POST.get("source", ""),
            actor=signed_in(request),
        )
        without = ", ".join(report.cases_without[:10]) or "none"
        messages.info(
            request,
            f"{report.stored} lines matched. Cases that the file doesn't name: {without}.",
        )
