"""Problem reports: the coordinators' list, and the reader's own threads on the worklist."""

from __future__ import annotations

from abc import ABC, abstractmethod

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from annotations.models import ReaderStudy
from annotations.pages.acts import Act
from annotations.pages.members import MemberRequiredMixin, context_of
from annotations.selectors.memberships import COORDINATORS
from annotations.selectors.problems import reports_in
from annotations.services import problems
from annotations.services.messages import dismiss_message
from spinestudy.common.errors import DomainError, MissingError
from spinestudy.common.pages import ReaderRequiredMixin, tell
from spinestudy.common.roles import signed_in


class ProblemsPage(MemberRequiredMixin, View):
    """Every report with its thread."""

    def get(self, request: HttpRequest, reader_study_id: int) -> HttpResponse:
        """The list, open ones first."""
        reader_study = self.reader_study(reader_study_id, *COORDINATORS)
        context = context_of(reader_study, reports=reports_in(reader_study))
        return render(request, "annotations/problems.html", context)


class AnswerProblem(Act):
    """Answer the reader, settle the report, or both."""

    done = "Done. Only this reader sees the answer."
    back = "problems"

    def _act(self, request: HttpRequest, reader_study: ReaderStudy, **numbers: int) -> None:
        problems.answer_problem(
            reader_study=reader_study,
            report_id=numbers["report_id"],
            text=request.POST.get("text", ""),
            settles=request.POST.get("settles") == "on",
            actor=signed_in(request),
        )


class OwnAct(ReaderRequiredMixin, View, ABC):
    """A reader's small act on the worklist; what belongs to others isn't there."""

    done = ""

    @abstractmethod
    def _act(self, request: HttpRequest, number: int) -> None:
        """Raise a DomainError where it can't be done."""

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        """Do it, and go back to the worklist."""
        try:
            self._act(request, number)
            if self.done:
                messages.success(request, self.done)
        except MissingError as error:
            raise Http404(error.message) from error
        except DomainError as error:
            tell(request, error)
        return redirect("worklist")


class ReplyToAnswer(OwnAct):
    """Say more in one's own thread."""

    done = "Sent to the coordinators."

    def _act(self, request: HttpRequest, number: int) -> None:
        problems.reply_to_answer(
            report_id=number, text=request.POST.get("text", ""), reader=signed_in(request)
        )


class SeenAnswer(OwnAct):
    """The answer is read."""

    def _act(self, request: HttpRequest, number: int) -> None:
        problems.mark_seen(report_id=number, reader=signed_in(request))


class DismissMessage(OwnAct):
    """Take a coordinator's note off the worklist."""

    def _act(self, request: HttpRequest, number: int) -> None:
        dismiss_message(message_id=number, reader=signed_in(request))
