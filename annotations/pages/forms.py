"""The form by which a coordinator designs a reader study."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import QueryDict

from annotations.pages.design_form import DesignForm
from annotations.pages.own_items_form import MOST_OWN_ITEMS, own_item_set
from annotations.services.designs import Parts, ReadingProtocol
from annotations.services.plans import TRAINING, UNAIDED, ArmDesign
from annotations.vocabulary import HANGING_PROTOCOLS, SEGMENTS, TOOLS, OwnItem, grouped_findings
from inference.selectors.pipelines import choosable_pipelines
from spinestudy.common.roles import READERS
from spinestudy.imaging.models import Cohort, ImagingStudy


def suggested_seed() -> int:
    """A seed that nobody chose."""
    return secrets.randbelow(900_000) + 100_000


def _pipelines() -> list[tuple[str, str]]:
    return [(name, name) for name in choosable_pipelines()]


def _items(*, with_site: bool) -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (group, [(f.code, f"{f.name}, per {f.site}" if with_site else f.name) for f in findings])
        for group, findings in grouped_findings().items()
    ]


class ReaderStudyForm(DesignForm):
    """Cases, readers, items, arms, order."""

    title = forms.CharField(max_length=200, help_text="Readers see it on their worklist.")
    description = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 2}))
    cohorts = forms.ModelMultipleChoiceField(
        queryset=Cohort.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="All exams of these cohorts",
    )
    exams = forms.ModelMultipleChoiceField(
        queryset=ImagingStudy.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="And these exams",
    )
    readers = forms.ModelMultipleChoiceField(
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="More can be invited by a link once the draft is there.",
    )
    items = forms.MultipleChoiceField(
        choices=_items(with_site=True),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Items of discs are graded from L1/L2 to L5/S1, those of vertebrae from T11 to "
        "S1. Choose one scale a finding.",
    )
    optional_items = forms.MultipleChoiceField(
        choices=_items(with_site=False),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="Of these, may be left empty",
        help_text="A case can be submitted without an answer to these.",
    )
    asks_confidence = forms.BooleanField(
        required=False, label="Ask for confidence", help_text="From 1, guessing, to 5, certain."
    )
    hanging = forms.ChoiceField(
        choices=[(one.name, one.title) for one in HANGING_PROTOCOLS.values()],
        initial="lumbar",
        label="Hanging protocol",
        help_text="Which series hang where when a case opens.",
    )
    tools = forms.MultipleChoiceField(
        choices=list(TOOLS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="Measurements",
        help_text="What readers may measure or mark on the images.",
    )
    segments = forms.MultipleChoiceField(
        choices=[(one.code, one.name) for one in SEGMENTS.values()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="Masks",
        help_text="What readers may paint, voxel by voxel.",
    )
    idle_cutoff_s = forms.IntegerField(
        min_value=10,
        max_value=3600,
        initial=60,
        label="Idle after, seconds",
        help_text="Without input for this long, reading time stops until the next input.",
    )
    has_training = forms.BooleanField(
        required=False,
        label="Training session first",
        help_text="Shows the reference after each answer where a case has one; counts nowhere.",
    )
    has_unaided_arm = forms.BooleanField(required=False, initial=True, label="Unaided arm")
    has_aided_arm = forms.BooleanField(required=False, initial=True, label="AI-aided arm")
    pipeline = forms.ChoiceField(
        choices=_pipelines,
        initial=lambda: settings.DEFAULT_PIPELINE,
        label="AI model",
        help_text="Shown in the aided arm only.",
    )
    has_ordered_sessions = forms.BooleanField(
        required=False,
        initial=True,
        label="Finish one session before the next",
        help_text="A reader must submit every unaided case before the aided ones open.",
    )
    seed = forms.IntegerField(
        min_value=0,
        max_value=2**31 - 1,
        initial=suggested_seed,
        help_text="Decides the case order of every reader; kept, so that it can be repeated.",
    )

    def __init__(self, *args: Any, own_items: Sequence[OwnItem] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own = own_item_set(self.data if self.is_bound else None, own_items)
        fields: dict[str, Any] = self.fields
        kept = self.initial.get("pipeline")
        if kept and kept not in dict(fields["pipeline"].choices):
            fields["pipeline"].choices = [*fields["pipeline"].choices, (kept, f"{kept} (retired)")]
        for name in ("endpoint_item", "adjudicate_items"):
            fields[name].choices = [*fields[name].choices, *self.own.choices()]
        fields["cohorts"].queryset = Cohort.objects.all()
        fields["exams"].queryset = ImagingStudy.objects.select_related("patient")
        fields["exams"].label_from_instance = exam_label
        people = User.objects.filter(groups__name=READERS, is_active=True).order_by("username")
        fields["readers"].queryset = fields["seniors"].queryset = people
        fields["seniors"].label_from_instance = senior_label

    def clean(self) -> dict[str, Any]:
        """Own items are checked with the rest; every error names its item."""
        data = super().clean()
        if self.own.is_bound and not self.own.is_valid():
            for words in self.own.messages():
                self.add_error(None, words)
        elif not data.get("items") and not self.own_items():
            self.add_error("items", "Choose at least one item, or define one of your own.")
        else:
            self._check_adjudicated(data)
        return data

    def _check_adjudicated(self, data: dict[str, Any]) -> None:
        """Only items that are asked can be disagreed on."""
        asked = {*data.get("items", ()), *(one.code for one in self.own_items())}
        unasked = [one for one in data.get("adjudicate_items", ()) if one not in asked]
        if unasked:
            fields: dict[str, Any] = self.fields
            names = dict(fields["adjudicate_items"].choices)
            self.add_error(
                "adjudicate_items",
                f"{names[unasked[0]]} isn't asked: choose it above, or unmark it here.",
            )

    def own_items(self) -> list[OwnItem]:
        """Those defined on the page; of a valid form."""
        return self.own.own_items() if self.own.is_bound else []

    def chosen_exams(self) -> QuerySet[ImagingStudy]:
        """The union of the cohorts' exams, the single and the listed ones, or a draw of them."""
        by_cohort = ImagingStudy.objects.filter(cohorts__in=self.cleaned_data["cohorts"])
        ids = set(by_cohort.values_list("pk", flat=True))
        ids |= {exam.pk for exam in self.cleaned_data["exams"]}
        ids |= set(self.cleaned_data["exam_list"])
        return self.drawn(ImagingStudy.objects.filter(pk__in=ids), self.cleaned_data["seed"])

    def arms(self) -> list[ArmDesign]:
        """Training, then unaided, then aided."""
        arms = [TRAINING] if self.cleaned_data["has_training"] else []
        if self.cleaned_data["has_unaided_arm"]:
            arms.append(UNAIDED)
        if self.cleaned_data["has_aided_arm"]:
            arms.append(ArmDesign("AI-aided", self.cleaned_data["pipeline"]))
        return arms

    def parts(self) -> Parts:
        """Everything that was chosen."""
        data = self.cleaned_data
        return Parts(
            title=data["title"],
            description=data["description"],
            seed=data["seed"],
            imaging_studies=list(self.chosen_exams()),
            readers=list(data["readers"]),
            finding_codes=data["items"],
            arms=self.arms(),
            has_ordered_sessions=data["has_ordered_sessions"],
            protocol=self.protocol(),
            design=self.reader_study_design(),
        )

    def protocol(self) -> ReadingProtocol:
        """How a case is read."""
        data = self.cleaned_data
        return ReadingProtocol(
            idle_cutoff_s=data["idle_cutoff_s"],
            asks_confidence=data["asks_confidence"],
            tools=data["tools"],
            segments=data["segments"],
            hanging=data["hanging"],
            optional_items=data["optional_items"],
            own_items=self.own_items(),
        )


def with_another_item(posted: QueryDict) -> ReaderStudyForm:
    """What was typed, not checked yet, with room for one more own item."""
    typed = posted.copy()
    count = typed.get("own-TOTAL_FORMS", "0")
    typed["own-TOTAL_FORMS"] = str(min(int(count) if count.isdecimal() else 0, MOST_OWN_ITEMS) + 1)
    return ReaderStudyForm(typed)


def senior_label(user: User) -> str:
    """A name that can't be taken for that in the list of readers."""
    return f"{user.get_username()} is a senior"


def exam_label(exam: ImagingStudy) -> str:
    """How a coordinator tells exams apart."""
    parts = [exam.patient.patient_id, exam.description or "no description"]
    if exam.performed_on:
        parts.append(f"{exam.performed_on:%Y-%m-%d}")
    return " · ".join(parts)
