"""The part of the form by which a coordinator defines items of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from django import forms

from annotations.vocabulary import OwnCategory, OwnItem
from annotations.vocabulary.own import (
    LONGEST_DEFINITION,
    LONGEST_NAME,
    LONGEST_SHORT_NAME,
    MOST_CATEGORIES,
    PREFIX,
)

MOST_OWN_ITEMS = 20
WHERE = {"disc": "every disc, L1/L2 to L5/S1", "vertebra": "every vertebra, T11 to S1"}
SCALE_TYPES = {
    "ordinal": "in order, least to most",
    "nominal": "without an order",
}


TYPED = ("name", "key", "short_name", "definition", "categories", "normal", "asked_where")


class OwnItemForm(forms.Form):
    """One own item. An empty one is none."""

    name = forms.CharField(max_length=LONGEST_NAME, help_text="As readers see it.")
    key = forms.CharField(
        max_length=10,
        help_text="2 to 10 small letters, digits or underscores. In exports it stands as "
        f"`{PREFIX}` and the key.",
    )
    short_name = forms.CharField(
        max_length=LONGEST_SHORT_NAME,
        required=False,
        label="Heading in the grid",
        help_text="Short; empty takes the name.",
    )
    definition = forms.CharField(
        max_length=LONGEST_DEFINITION,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Readers see it beside the grades.",
    )
    site_kind = forms.ChoiceField(choices=list(WHERE.items()), label="Graded at")
    has_sides = forms.BooleanField(required=False, label="Right and left apart")
    scale_type = forms.ChoiceField(choices=list(SCALE_TYPES.items()), label="Grades are")
    categories = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 4}),
        label="Grades",
        help_text=f"2 to {MOST_CATEGORIES}, one a line, as `mild` or `mild: under a third`. "
        "The first is 0.",
    )
    normal = forms.CharField(
        required=False,
        label="Normal grade",
        help_text="The name of one grade; Rest normal fills it in. Empty: none.",
    )
    is_optional = forms.BooleanField(required=False, label="May be left empty")
    asked_where = forms.CharField(
        required=False,
        label="Only where",
        help_text="Key of another item and its least grade, as `vertebral_fracture 1`. Empty: "
        "asked everywhere.",
    )

    def has_changed(self) -> bool:
        """Whether anything is typed; browsers send what stands in a choice untouched."""
        return any(str(self[name].value() or "").strip() for name in TYPED)

    def clean_key(self) -> str:
        """Without the prefix, where somebody has typed it."""
        return str(self.cleaned_data["key"]).strip().removeprefix(PREFIX)

    def clean_categories(self) -> tuple[OwnCategory, ...]:
        """Name and definition of each line."""
        lines = [line for line in self.cleaned_data["categories"].splitlines() if line.strip()]
        parts = [line.partition(":") for line in lines]
        return tuple(OwnCategory(name.strip(), words.strip()) for name, _, words in parts)

    def clean_asked_where(self) -> tuple[str, int] | None:
        """Code and least score."""
        text = self.cleaned_data["asked_where"].strip()
        if not text:
            return None
        code, _, score = text.rpartition(" ")
        if not code or not score.isdecimal():
            raise forms.ValidationError("Give a key and a grade, as `vertebral_fracture 1`.")
        return code.strip(), int(score)

    def clean(self) -> dict[str, Any]:
        """What only the whole item tells: which grade is normal, and what is wrong with it."""
        data = super().clean() or {}
        labels = [one.label.casefold() for one in data.get("categories", ())]
        normal = data.get("normal", "").strip().casefold()
        if normal and labels and normal not in labels:
            self.add_error("normal", "This isn't the name of one of the grades.")
        if not self.errors:
            data["normal_score"] = labels.index(normal) if normal else None
            for words in self.own_item(data).problems():
                self.add_error(None, words)
        return data

    def own_item(self, data: dict[str, Any] | None = None) -> OwnItem:
        """The item; of a valid form."""
        data = data or self.cleaned_data
        return OwnItem(
            key=data["key"],
            name=data["name"],
            categories=data["categories"],
            short_name=data["short_name"],
            site_kind=data["site_kind"],
            has_sides=data["has_sides"],
            scale_type=data["scale_type"],
            normal_score=data["normal_score"],
            definition=data["definition"],
            is_required=not data["is_optional"],
            depends_on=data["asked_where"],
        )


if TYPE_CHECKING:
    _FormSet = forms.BaseFormSet[OwnItemForm]
else:  # Django's own class takes no parameter
    _FormSet = forms.BaseFormSet


class BaseOwnItems(_FormSet):
    """All own items of a reader study."""

    def own_items(self) -> list[OwnItem]:
        """Those that are filled and not taken out; of a valid set."""
        return [
            form.own_item()
            for form in self.forms
            if form.has_changed() and not form.cleaned_data.get("DELETE")
        ]

    def add_fields(self, form: OwnItemForm, index: int | None) -> None:
        """The box that takes an item out says so."""
        super().add_fields(form, index)
        form.fields["DELETE"].label = "Take this item out"

    def choices(self) -> list[tuple[str, str]]:
        """Code and name of each, also while something is wrong with it."""
        values = [(form["key"].value() or "", form["name"].value() or "") for form in self.forms]
        return [(PREFIX + key.strip().removeprefix(PREFIX), name) for key, name in values if key]

    def messages(self) -> list[str]:
        """Each error, with the item it is of."""
        found = []
        for place, form in enumerate(self.forms, start=1):
            name = form.data.get(form.add_prefix("name")) or f"Own item {place}"
            for field, errors in form.errors.items():
                label = "" if field == "__all__" else f"{form[field].label}: "
                words = [str(one) for one in errors]
                found += [f"{name}: {label}{one}" if label else one for one in words]
        return found + [str(one) for one in self.non_form_errors()]


_OwnItems = forms.formset_factory(
    OwnItemForm,
    formset=BaseOwnItems,
    extra=1,
    max_num=MOST_OWN_ITEMS,
    validate_max=True,
    can_delete=True,
)
SET_PREFIX = "own"


def own_item_set(data: Any, initial: Sequence[OwnItem] = ()) -> BaseOwnItems:
    """Bound where the page has sent some; else filled with what is stored."""
    if data is not None and f"{SET_PREFIX}-TOTAL_FORMS" in data:
        return cast(BaseOwnItems, _OwnItems(data, prefix=SET_PREFIX))
    filled = [_initial_of(one) for one in initial]
    return cast(BaseOwnItems, _OwnItems(prefix=SET_PREFIX, initial=filled))


def _initial_of(one: OwnItem) -> dict[str, Any]:
    lines = [
        f"{category.label}: {category.definition}" if category.definition else category.label
        for category in one.categories
    ]
    return {
        "name": one.name,
        "key": one.key,
        "short_name": one.short_name,
        "definition": one.definition,
        "site_kind": one.site_kind,
        "has_sides": one.has_sides,
        "scale_type": one.scale_type,
        "categories": "\n".join(lines),
        "normal": "" if one.normal_score is None else one.categories[one.normal_score].label,
        "is_optional": not one.is_required,
        "asked_where": "" if one.depends_on is None else f"{one.depends_on[0]} {one.depends_on[1]}",
    }
