"""Forms for readers and invitations of one reader study."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import User

from annotations.design.protocol import SENIORITIES
from annotations.models import Enrolment, Invitation, ReaderStudy
from annotations.services.invitations import LONGEST_DAYS, USUAL_DAYS, Guest
from spinestudy.common.roles import READERS


class _ReaderForm(forms.Form):
    """What is asked of any new reader. In a draft nobody has cases to pass on."""

    seniority = forms.ChoiceField(choices=list(SENIORITIES.items()), required=False)
    case_limit = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=100_000,
        label="At most so many cases",
        help_text="Empty: all.",
    )
    takes_over = forms.ModelChoiceField(
        queryset=Enrolment.objects.none(),
        required=False,
        empty_label="nobody: cases are drawn",
        help_text="The unread cases of this reader pass on, in the same periods and arms.",
    )
    email = forms.EmailField(required=False, label="E-mail", help_text="May be left empty.")

    def __init__(self, reader_study: ReaderStudy, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if reader_study.status == ReaderStudy.Status.DRAFT:
            del self.fields["takes_over"]
            return
        field: Any = self.fields["takes_over"]
        field.queryset = reader_study.enrolments.select_related("reader")
        field.label_from_instance = reader_label

    def taken_over(self) -> int | None:
        """Key of the enrolment whose cases pass on."""
        giver = self.cleaned_data.get("takes_over")
        return giver.pk if giver else None


class InviteForm(_ReaderForm):
    """Whom to invite, as what, for how long."""

    role = forms.ChoiceField(choices=Invitation.Role.choices)
    days = forms.IntegerField(
        min_value=1, max_value=LONGEST_DAYS, initial=USUAL_DAYS, label="Valid for days"
    )
    field_order = ("role", "seniority", "case_limit", "takes_over", "email", "days")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = "The link is sent there too. You also see it yourself."

    def guest(self) -> Guest:
        """Whom the form describes."""
        data = self.cleaned_data
        return Guest(
            role=data["role"],
            seniority=data["seniority"],
            case_limit=data["case_limit"],
            takes_over=self.taken_over(),
            email=data["email"],
        )


class AddReaderForm(_ReaderForm):
    """An account that is there already."""

    reader = forms.ModelChoiceField(queryset=User.objects.none(), empty_label="choose")
    reason = forms.CharField(max_length=1000)
    field_order = ("reader", "seniority", "case_limit", "takes_over", "email", "reason")

    def __init__(self, reader_study: ReaderStudy, *args: Any, **kwargs: Any) -> None:
        super().__init__(reader_study, *args, **kwargs)
        self.fields["email"].help_text = "Where reminders go, if not to the account's address."
        field: Any = self.fields["reader"]
        field.queryset = (
            User.objects.filter(groups__name=READERS, is_active=True)
            .exclude(enrolments__reader_study=reader_study)
            .order_by("username")
        )


def reader_label(enrolment: Enrolment) -> str:
    """Code and name."""
    return f"{enrolment.code}, {enrolment.reader.get_username()}"
