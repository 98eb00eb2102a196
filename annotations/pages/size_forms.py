"""What a coordinator says of the reader study whose size is to be planned."""

from __future__ import annotations

from typing import Any

from django import forms

from annotations.agreement import PilotComponents
from annotations.reporting.size_plan import (
    Levels,
    SizePlan,
    kappa_interval_plan,
    kappa_test_plan,
    mrmc_plan,
)

MOST_READERS = 200


def _share(label: str, initial: float, help_text: str = "") -> forms.FloatField:
    return forms.FloatField(
        label=label, min_value=0.0001, max_value=0.9999, initial=initial, help_text=help_text
    )


def _component(label: str, initial: float) -> forms.FloatField:
    return forms.FloatField(label=label, min_value=-10, max_value=10, initial=initial)


class _ReadersForm(forms.Form):
    n_readers = forms.IntegerField(label="Readers", min_value=2, max_value=MOST_READERS, initial=4)
    alpha = _share("Two-sided level", 0.05)


class _KappaForm(_ReadersForm):
    """Fields that both plans of kappa ask for."""

    shares = forms.CharField(
        label="Expected shares of the grades",
        initial="0.6 0.2 0.15 0.05",
        max_length=200,
        help_text="One number a grade, parted by spaces, 1 in all.",
    )
    n_levels = forms.IntegerField(label="Levels a patient", min_value=1, max_value=30, initial=5)
    correlation = forms.FloatField(
        label="Correlation of levels within a patient",
        min_value=0,
        max_value=1,
        initial=0.3,
        help_text="0: they tell as much as levels of different patients. 1: as one level.",
    )

    def clean_shares(self) -> list[float]:
        """Numbers above 0, scaled from what rounding has left over."""
        try:
            shares = [float(one.replace(",", ".")) for one in self.cleaned_data["shares"].split()]
        except ValueError as error:
            raise forms.ValidationError("Give numbers parted by spaces, as 0.7 0.3.") from error
        if len(shares) < 2 or not all(0 < one < 1 for one in shares):
            raise forms.ValidationError("Give two grades or more, each share above 0.")
        if abs(sum(shares) - 1) > 0.01:
            raise forms.ValidationError(f"The shares sum to {sum(shares):g}; they should sum to 1.")
        return [one / sum(shares) for one in shares]

    def levels(self) -> Levels:
        """Levels within patients."""
        return Levels(self.cleaned_data["n_levels"], self.cleaned_data["correlation"])


class KappaTestForm(_KappaForm):
    """Kappa against a value that it should exceed."""

    kappa = _share("Kappa that is expected", 0.7)
    kappa_null = _share("Kappa to tell it from", 0.5)
    power = _share("Power", 0.8)
    field_order = ("kappa", "kappa_null", "shares", "n_readers", "n_levels", "correlation")

    def plan(self) -> SizePlan:
        """The answer."""
        data = self.cleaned_data
        names = ("kappa_null", "kappa", "shares", "n_readers", "alpha", "power")
        return kappa_test_plan(**{name: data[name] for name in names}, levels=self.levels())


class KappaIntervalForm(_KappaForm):
    """Kappa within an interval."""

    kappa = _share("Kappa that is expected", 0.7)
    half_width = _share("The interval reaches at most so far to either side", 0.1)
    field_order = ("kappa", "half_width", "shares", "n_readers", "n_levels", "correlation")

    def clean(self) -> dict[str, Any]:
        """Kappa keeps above 0."""
        data = super().clean() or {}
        if data.get("half_width", 0) >= data.get("kappa", 1):
            raise forms.ValidationError("The interval would reach below 0; give a narrower one.")
        return data

    def plan(self) -> SizePlan:
        """The answer."""
        data = self.cleaned_data
        names = ("kappa", "half_width", "shares", "n_readers", "alpha")
        return kappa_interval_plan(**{name: data[name] for name in names}, levels=self.levels())


class MrmcForm(_ReadersForm):
    """Two arms, from a pilot's components of variance."""

    effect = forms.FloatField(label="Difference between the arms", min_value=-1, initial=0.05)
    power = _share("Power", 0.8)
    var_arm_reader = _component("Variance of readers' response to the arm", 0.0005)
    var_error = _component("Variance of error", 0.0015)
    cov1 = _component("Cov1 (same reader, other arm)", 0.0008)
    cov2 = _component("Cov2 (other reader, same arm)", 0.0007)
    cov3 = _component("Cov3 (other reader, other arm)", 0.0006)
    n_cases = forms.IntegerField(
        label="Patients of the pilot", min_value=2, max_value=100_000, initial=60
    )
    field_order = ("effect", "n_readers", "power", "alpha")

    def clean_effect(self) -> float:
        """A difference."""
        effect: float = self.cleaned_data["effect"]
        if not 0 < abs(effect) <= 1:
            raise forms.ValidationError("Give a difference that isn't 0, at most 1.")
        return effect

    def plan(self) -> SizePlan:
        """The answer."""
        data = self.cleaned_data
        names = ("var_arm_reader", "var_error", "cov1", "cov2", "cov3", "n_cases")
        return mrmc_plan(
            PilotComponents(**{name: data[name] for name in names}),
            effect=data["effect"],
            n_readers=data["n_readers"],
            alpha=data["alpha"],
            power=data["power"],
        )


PLANS: dict[str, tuple[str, type[KappaIntervalForm | KappaTestForm | MrmcForm]]] = {
    "kappa-interval": ("Kappa with a narrow interval", KappaIntervalForm),
    "kappa-test": ("Kappa above a value", KappaTestForm),
    "arms": ("Aided against unaided", MrmcForm),
}
"""What is to be shown -> its words and its form."""
