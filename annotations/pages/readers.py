"""Readers of a reader study: who they are, how far, who is invited, what was amended."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views import View

from annotations.models import ReaderStudy, Signature
from annotations.pages.members import MemberRequiredMixin, context_of
from annotations.pages.people_forms import AddReaderForm, InviteForm
from annotations.selectors.memberships import COORDINATORS
from annotations.selectors.overdue import overdue
from annotations.selectors.progress import session_board
from annotations.selectors.readers import amendment_views, invitation_views
from annotations.services.invitations import invite
from annotations.services.joining import add_reader
from annotations.services.mail import send_invitation
from annotations.services.passing import unread_cases
from annotations.services.signatures import note_refusal, signed
from spinestudy.common.errors import DomainError
from spinestudy.common.roles import signed_in


class _ReadersMixin(MemberRequiredMixin):
    def show(
        self,
        request: HttpRequest,
        reader_study: ReaderStudy,
        status: int = 200,
        **forms: Any,
    ) -> HttpResponse:
        context = context_of(
            reader_study,
            board=session_board(reader_study),
            invitations=invitation_views(reader_study),
            amendments=amendment_views(reader_study),
            **{
                "invite_form": InviteForm(reader_study),
                "add_form": AddReaderForm(reader_study),
                **forms,
            },
        )
        return render(request, "annotations/readers.html", context, status=status)


class ReadersPage(_ReadersMixin, View):
    """All readers, invitations and amendments."""

    def get(self, request: HttpRequest, reader_study_id: int) -> HttpResponse:
        """The page."""
        return self.show(request, self.reader_study(reader_study_id, *COORDINATORS))


class AddReader(_ReadersMixin, View):
    """Enrol an account in an open reader study."""

    def post(self, request: HttpRequest, reader_study_id: int) -> HttpResponse:
        """Add; on an error everything typed is still there."""
        reader_study = self.reader_study(reader_study_id, *COORDINATORS)
        form = AddReaderForm(reader_study, request.POST)
        if not form.is_valid():
            return self.show(request, reader_study, 400, add_form=form)
        data = form.cleaned_data
        try:
            amendment = signed(
                lambda: add_reader(
                    reader_study_id=reader_study.pk,
                    reader=data["reader"],
                    reason=data["reason"],
                    actor=signed_in(request),
                    seniority=data["seniority"],
                    case_limit=data["case_limit"],
                    takes_over=form.taken_over(),
                    email=data["email"],
                ),
                signer=signed_in(request),
                password=request.POST.get("password", ""),
                meaning=Signature.Meaning.PLAN_AMENDED,
                reason=data["reason"],
            )
        except DomainError as error:
            note_refusal(request.user, error)
            form.add_error(None, error.message)
            return self.show(request, reader_study, 400, add_form=form)
        messages.success(
            request,
            f"{amendment.enrolment} is added with {len(amendment.added)} readings. The amendment "
            "is in the history.",
        )
        return redirect("readers", reader_study_id)


class Invite(_ReadersMixin, View):
    """Make an invitation and show its link, once."""

    def post(self, request: HttpRequest, reader_study_id: int) -> HttpResponse:
        """The link stands in the answer itself, so that it is kept nowhere."""
        reader_study = self.reader_study(reader_study_id, *COORDINATORS)
        form = InviteForm(reader_study, request.POST)
        if not form.is_valid():
            return self.show(request, reader_study, 400, invite_form=form)
        try:
            invitation, secret = invite(
                reader_study_id=reader_study.pk,
                guest=form.guest(),
                actor=signed_in(request),
                days=form.cleaned_data["days"],
            )
        except DomainError as error:
            form.add_error(None, error.message)
            return self.show(request, reader_study, 400, invite_form=form)
        link = request.build_absolute_uri(f"/join/{secret}/")
        is_sent = bool(invitation.email) and send_invitation(invitation, link)
        context = context_of(reader_study, invitation=invitation, link=link, is_sent=is_sent)
        return render(request, "annotations/invitation_made.html", context)


class ReaderPage(MemberRequiredMixin, View):
    """One reader: progress, and what a coordinator can do."""

    def get(self, request: HttpRequest, reader_study_id: int, enrolment_id: int) -> HttpResponse:
        """The page."""
        reader_study = self.reader_study(reader_study_id, *COORDINATORS)
        enrolment = get_object_or_404(
            reader_study.enrolments.select_related("reader"), pk=enrolment_id
        )
        board = session_board(reader_study)
        row = next(one for one in board.rows if one.enrolment.pk == enrolment.pk)
        context = context_of(
            reader_study,
            enrolment=enrolment,
            sessions=list(zip(board.sessions, row.sessions, strict=True)),
            periods=sorted({one.period for one in board.sessions}),
            late=overdue(enrolment),
            unread=sorted(unread_cases(enrolment)),
            others=reader_study.enrolments.exclude(pk=enrolment.pk)
            .exclude(status="withdrawn")
            .select_related("reader"),
            sent_messages=enrolment.messages.select_related("sent_by"),
            reminders=enrolment.reminders.select_related("sent_by")[:5],
            amendments=amendment_views(reader_study, enrolment),
        )
        return render(request, "annotations/reader.html", context)
