"""Pages of a reader: the worklist and the reading room."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import ensure_csrf_cookie

from annotations.selectors.memberships import is_member
from annotations.selectors.my_reading import my_reading
from annotations.selectors.problems import has_news, reports_of
from annotations.selectors.standing import open_messages, standing_of
from annotations.selectors.worklist import worklist
from annotations.services.readings import require_own_reading
from annotations.services.sign_off import sign_session
from annotations.services.signatures import note_refusal
from spinestudy.common.errors import DomainError, MissingError
from spinestudy.common.pages import ReaderRequiredMixin, tell
from spinestudy.common.roles import is_coordinator, is_reader, signed_in


class HomePage(LoginRequiredMixin, View):
    """Everybody's first page after signing in."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Coordinators to their reader studies, readers to their worklist."""
        if is_coordinator(request.user):
            return redirect("reader-studies")
        if is_reader(request.user):
            return redirect("worklist")
        if is_member(request.user):
            return redirect("reader-studies")
        return render(request, "annotations/no_role.html")


class WorklistPage(ReaderRequiredMixin, View):
    """What is to be read."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Sessions with the next case of each."""
        reader = signed_in(request)
        context = {
            "nav": "worklist",
            "sessions": worklist(reader),
            "notes": open_messages(reader),
            "standing": standing_of(reader),
            "reports": [(one, has_news(one)) for one in reports_of(reader)],
        }
        return render(request, "annotations/worklist.html", context)


class SignSession(ReaderRequiredMixin, View):
    """Sign a finished session."""

    def post(self, request: HttpRequest, reading_session_id: int) -> HttpResponse:
        """Sign with the password."""
        try:
            sign_session(
                reading_session_id=reading_session_id,
                reader=signed_in(request),
                password=request.POST.get("password", ""),
            )
            messages.success(request, "Signed.")
        except MissingError as error:
            raise Http404(error.message) from error
        except DomainError as error:
            note_refusal(request.user, error)
            tell(request, error)
        return redirect("worklist")


class MyReadingPage(ReaderRequiredMixin, View):
    """A reader's own progress and times."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Sessions with times; nothing about agreement."""
        context = {"nav": "my-reading", "sessions": my_reading(signed_in(request))}
        return render(request, "annotations/my_reading.html", context)


@method_decorator(ensure_csrf_cookie, name="dispatch")
class ReadingRoomPage(ReaderRequiredMixin, View):
    """The viewer with the grid."""

    def get(self, request: HttpRequest, reading_id: int) -> HttpResponse:
        """The empty room; its script fetches the reading."""
        try:
            require_own_reading(reading_id, signed_in(request).pk)
        except MissingError as error:
            raise Http404(error.message) from error
        return render(request, "annotations/reading_room.html", {"reading_id": reading_id})
