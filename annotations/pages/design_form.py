"""The part of the form by which a coordinator decides design, blinding and drawing of cases."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from annotations.design.adjudication_rule import KINDS, AdjudicationRule
from annotations.design.plan import DESIGNS
from annotations.design.protocol import (
    COORDINATORS_SEE,
    FREEZABLE,
    READER_PAIRS,
    Endpoint,
    LiveView,
    ReaderStudyDesign,
)
from annotations.design.stratified_draw import stratified_draw
from annotations.vocabulary import FINDINGS
from spinestudy.imaging.models import ImagingStudy

STRATA = {"": "no strata", "year": "year of the exam", "description": "description of the exam"}
NOTHING_FOUND = 8
"""So many unknown lines of a list are named in an error."""


def _number(label: str, most: int, default: int, help_text: str = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=most,
        required=False,
        initial=default,
        help_text=help_text,
    )


class DesignForm(forms.Form):
    """Every field may be missing; it then has the value that it starts with."""

    exam_list = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        label="And exams from a list",
        help_text="One patient ID or Study Instance UID a line.",
    )
    draw_count = _number("Draw at random only", 100_000, 0, "0 takes all chosen exams.")
    draw_strata = forms.ChoiceField(
        choices=list(STRATA.items()), required=False, label="Draw in proportion by"
    )
    design = forms.ChoiceField(
        choices=list(DESIGNS.items()), required=False, initial="fully_crossed"
    )
    washout_days = _number(
        "Washout, days", 730, 0, "Between two readings of a case by the same reader."
    )
    due_days = _number("Days for each period", 3650, 0, "0: no due date.")
    groups = _number("Groups of a split plot", 100, 2)
    case_limits = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="One a line, as `name 60`: this reader reads at most 60 cases, drawn so that "
        "cases and pairs of readers come out evenly. Others read all.",
    )
    common = _number("Cases that every reader reads", 100_000, 0, "Also those with a limit.")
    repeat_percent = _number(
        "Hidden repeats, percent", 50, 0, "Read a second time under another number."
    )
    repeat_lag = _number("Cases between a case and its repeat", 10_000, 10)
    seniors = forms.ModelMultipleChoiceField(
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="The other readers count as juniors if anybody is ticked.",
    )
    endpoint_item = forms.ChoiceField(
        choices=[("", "none"), *((f.code, f.name) for f in FINDINGS.values())],
        required=False,
        label="Primary endpoint: kappa of",
    )
    endpoint_weights = forms.ChoiceField(
        choices=[(one, one) for one in ("quadratic", "linear", "nominal")],
        required=False,
        label="Weights",
    )
    endpoint_pairs = forms.ChoiceField(
        choices=list(READER_PAIRS.items()), required=False, label="Pairs of readers"
    )
    coordinators_see = forms.ChoiceField(
        choices=list(COORDINATORS_SEE.items()),
        required=False,
        initial="unaided",
        label="Coordinators see while cases are read",
    )
    min_patients = _number("Nothing from fewer patients than", 10_000, 20)
    planned_looks = forms.CharField(
        required=False,
        help_text="Percent of readings at which two people may see the arms apart, as `50 75`.",
    )
    frozen = forms.MultipleChoiceField(
        choices=list(FREEZABLE.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="Readers can't change",
        help_text="Frozen for every reader, from the first case on.",
    )
    adjudicate = forms.ChoiceField(
        choices=list(KINDS.items()),
        required=False,
        label="Adjudicate",
    )
    adjudicate_steps = _number("Steps apart", 10, 1)
    adjudicate_pairs = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        label="Pairs whose disagreement counts",
        help_text="For the rule on named pairs: one pair a line, as `name name`.",
    )
    adjudicate_items = forms.MultipleChoiceField(
        choices=[(f.code, f.name) for f in FINDINGS.values()],
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        label="Only disagreements on",
        help_text="Of the items chosen above; nothing marked means all of them.",
    )

    def clean(self) -> dict[str, Any]:
        """Missing fields get what they start with."""
        data = super().clean() or {}
        for name, field in self.fields.items():
            if data.get(name) in (None, "") and field.initial not in (None, ""):
                data[name] = field.initial() if callable(field.initial) else field.initial
        self.cleaned_data = data
        self._check_pairs()
        return data

    def _pairs(self) -> list[list[str]]:
        """Names, two and two; none where the rule is another."""
        if self.cleaned_data.get("adjudicate") != "reader_pair":
            return []
        lines = self.cleaned_data.get("adjudicate_pairs", "").splitlines()
        return [line.split() for line in lines if line.strip()]

    def _check_pairs(self) -> None:
        """Each line names two of the chosen readers."""
        if self.cleaned_data.get("adjudicate") != "reader_pair":
            return
        chosen = {user.get_username() for user in self.cleaned_data.get("readers") or ()}
        pairs = self._pairs()
        wrong = [" ".join(pair) for pair in pairs if len(set(pair)) != 2 or not set(pair) <= chosen]
        if wrong:
            self.add_error(
                "adjudicate_pairs",
                f"{wrong[0]!r} isn't two different readers of those chosen above.",
            )
        elif not pairs:
            self.add_error("adjudicate_pairs", "Name at least one pair of readers.")

    def clean_planned_looks(self) -> list[float]:
        """Percents as shares."""
        try:
            return [
                float(one.rstrip("%")) / 100 for one in self.cleaned_data["planned_looks"].split()
            ]
        except ValueError as error:
            raise forms.ValidationError("Give whole percents, parted by spaces.") from error

    def clean_case_limits(self) -> dict[str, int]:
        """Name and number of each line."""
        limits = {}
        for line in self.cleaned_data["case_limits"].splitlines():
            name, _, number = line.strip().rpartition(" ")
            if not line.strip():
                continue
            if not name or not number.isdigit():
                raise forms.ValidationError(f"{line!r} isn't a name and a number.")
            limits[name.strip()] = int(number)
        return limits

    def clean_exam_list(self) -> list[int]:
        """Keys of the listed exams; every unknown line is named."""
        lines = {line.strip() for line in self.cleaned_data["exam_list"].splitlines()} - {""}
        found = ImagingStudy.objects.filter(
            Q(study_instance_uid__in=lines) | Q(patient__patient_id__in=lines)
        ).values_list("pk", "study_instance_uid", "patient__patient_id")
        unknown = sorted(lines - {name for _, *names in found for name in names})
        if unknown:
            more = (
                f" and {len(unknown) - NOTHING_FOUND} more" if len(unknown) > NOTHING_FOUND else ""
            )
            raise forms.ValidationError(
                f"There are no exams for: {', '.join(unknown[:NOTHING_FOUND])}{more}."
            )
        return [pk for pk, *_ in found]

    def drawn(self, exams: QuerySet[ImagingStudy], seed: int) -> QuerySet[ImagingStudy]:
        """The chosen exams, or as many of them as are to be drawn."""
        count = self.cleaned_data["draw_count"]
        uids = dict(exams.values_list("study_instance_uid", "pk"))
        if not count or count >= len(uids):
            return exams
        by = self.cleaned_data["draw_strata"]
        strata = {
            exam.study_instance_uid: str(exam.performed_on.year if exam.performed_on else "")
            if by == "year"
            else exam.description
            if by == "description"
            else ""
            for exam in exams
        }
        return exams.filter(study_instance_uid__in=stratified_draw(strata, count, seed))

    def reader_study_design(self) -> ReaderStudyDesign:
        """What was decided."""
        data = self.cleaned_data
        seniors = {user.get_username() for user in data["seniors"]}
        names = [user.get_username() for user in data["readers"]]
        return ReaderStudyDesign(
            design=data["design"],
            washout_days=data["washout_days"],
            due_days=data["due_days"],
            caps=data["case_limits"],
            common=data["common"],
            groups=data["groups"],
            repeat_fraction=data["repeat_percent"] / 100,
            repeat_lag=data["repeat_lag"],
            seniority={n: "senior" if n in seniors else "junior" for n in names} if seniors else {},
            endpoint=Endpoint(
                data["endpoint_item"],
                weights=data["endpoint_weights"] or "quadratic",
                reader_pairs=data["endpoint_pairs"] or "all",
            )
            if data["endpoint_item"]
            else None,
            live_view=LiveView(data["coordinators_see"], data["min_patients"]),
            adjudication=AdjudicationRule(
                data["adjudicate"] or "any_difference",
                max(1, data["adjudicate_steps"]),
                tuple(f"R{1 + names.index(one)}" for pair in self._pairs() for one in pair),
                tuple(data["adjudicate_items"]),
            ),
            planned_looks=data["planned_looks"],
            frozen=data["frozen"],
        )
