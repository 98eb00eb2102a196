"""How many patients and readers a reader study needs, as sentences, curves and tables. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from annotations.agreement import (
    PilotComponents,
    design_effect,
    mrmc_power,
    mrmc_sample_size,
    n_for_kappa_interval,
    n_for_kappa_test,
)

POWERS: Final = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.975)
WIDTHS: Final = (0.05, 0.075, 0.1, 0.125, 0.15, 0.175, 0.2, 0.25, 0.3)
CURVE_POINTS: Final = 24


@dataclass(frozen=True)
class Curve:
    """x: patients; y: from 0 to 1."""

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]


@dataclass(frozen=True)
class SizePlan:
    """answer: for the values that were given; rows: one a line, as columns says."""

    answer: str
    method: str
    y_label: str
    curves: tuple[Curve, ...]
    y_max: float
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Levels:
    """Levels graded in each patient and the correlation of their answers within a patient."""

    count: int = 1
    correlation: float = 0.0

    @property
    def effect(self) -> float:
        """The design effect, never below that of independent levels."""
        return max(design_effect([self.count], self.correlation), 1.0)

    def patients(self, items: int) -> int:
        """Patients whose levels tell as much as so many independent items."""
        return math.ceil(items * self.effect / self.count - 1e-9)

    @property
    def words(self) -> str:
        """For the sentence of the method."""
        if self.count == 1:
            return "One level a patient."
        return (
            f"{self.count} levels a patient, correlated by {self.correlation:g} within a patient: "
            f"design effect {self.effect:.2f}."
        )


def kappa_test_plan(
    *,
    kappa_null: float,
    kappa: float,
    shares: Sequence[float],
    n_readers: int,
    alpha: float,
    power: float,
    levels: Levels,
) -> SizePlan:
    """Patients by which kappa is told apart from kappa_null. RatingsError for what can't be."""

    def patients(wanted: float, readers: int) -> int:
        return levels.patients(
            n_for_kappa_test(
                kappa_null=kappa_null,
                kappa=kappa,
                shares=shares,
                n_readers=readers,
                alpha=alpha,
                power=wanted,
            )
        )

    readers = _around(n_readers)
    powers = sorted({*(one for one in POWERS if one > alpha), power})
    return SizePlan(
        answer=(
            f"{patients(power, n_readers)} patients, read by {n_readers} readers, give a power of "
            f"{power:g} to tell a kappa of {kappa:g} from {kappa_null:g} at a two-sided level of "
            f"{alpha:g}."
        ),
        method=(
            "Goodness-of-fit test of nominal kappa (Donner and Eliasziw 1992; Altaye 2001; Donner "
            f"and Rotondi 2010). {levels.words}"
        ),
        y_label="power",
        curves=_curves(powers, patients, readers, "readers"),
        y_max=1.0,
        columns=("Power", *(f"{one} readers" for one in readers)),
        rows=_rows(powers, patients, readers),
    )


def kappa_interval_plan(
    *,
    kappa: float,
    half_width: float,
    shares: Sequence[float],
    n_readers: int,
    alpha: float,
    levels: Levels,
) -> SizePlan:
    """Patients by which the interval of kappa reaches no further than half_width to either side."""

    def patients(width: float, readers: int) -> int:
        return levels.patients(
            n_for_kappa_interval(
                kappa=kappa,
                lowest=kappa - width,
                highest=kappa + width if kappa + width < 1 else None,
                shares=shares,
                n_readers=readers,
                alpha=alpha if kappa + width < 1 else alpha / 2,
            )
        )

    readers = _around(n_readers)
    widths = sorted({*(one for one in WIDTHS if one < kappa), half_width}, reverse=True)
    return SizePlan(
        answer=(
            f"{patients(half_width, n_readers)} patients, read by {n_readers} readers, give a "
            f"{100 * (1 - alpha):g} % interval of kappa {kappa:g} that reaches at most "
            f"{half_width:g} to either side."
        ),
        method=(
            "Expected limits of the goodness-of-fit interval of nominal kappa (Donner and Rotondi "
            f"2010), at least 11 items. {levels.words}"
        ),
        y_label="half width of the interval",
        curves=_curves(widths, patients, readers, "readers"),
        y_max=widths[0],
        columns=("Half width", *(f"{one} readers" for one in readers)),
        rows=_rows(widths, patients, readers),
    )


def mrmc_plan(
    pilot: PilotComponents, *, effect: float, n_readers: int, alpha: float, power: float
) -> SizePlan:
    """Patients by which two arms are told apart, readers and cases random."""
    found = mrmc_sample_size(pilot, effect=effect, n_readers=n_readers, power=power, alpha=alpha)
    readers = _around(n_readers)
    most = max(2 * (found.n_cases if found else pilot.n_cases), 40)
    cases = sorted({max(2, round(most * i / CURVE_POINTS)) for i in range(1, CURVE_POINTS + 1)})

    def at(n_cases: int, count: int) -> float:
        return mrmc_power(pilot, effect=effect, n_readers=count, n_cases=n_cases, alpha=alpha).power

    what = f"to tell a difference of {effect:g} between the arms at a two-sided level of {alpha:g}"
    return SizePlan(
        answer=(
            f"{found.n_cases} patients, read in both arms by {n_readers} readers, give a power of "
            f"{found.power:.3f} {what}."
            if found
            else f"{n_readers} readers are too few {what} with a power of {power:g}, however many "
            "patients they read. Take more readers."
        ),
        method=(
            "Obuchowski and Rockette's analysis, readers and cases random, every reader reads "
            "every patient in both arms (Hillis, Obuchowski and Berbaum 2011). The pilot's "
            "components are those of its figure of merit with patients as cases, so levels within "
            "a patient are in them."
        ),
        y_label="power",
        curves=tuple(
            Curve(f"{count} readers", tuple(cases), tuple(at(n, count) for n in cases))
            for count in readers
        ),
        y_max=1.0,
        columns=("Patients", *(f"{count} readers" for count in readers)),
        rows=tuple((str(n), *(f"{at(n, count):.3f}" for count in readers)) for n in cases[1::2]),
    )


def _around(n_readers: int) -> tuple[int, ...]:
    """Numbers of readers to compare with the one that was given."""
    return tuple(sorted({max(2, n_readers - 2), n_readers, n_readers + 2, n_readers + 5}))


def _curves(
    values: Sequence[float],
    patients: Callable[[float, int], int],
    readers: Sequence[int],
    noun: str,
) -> tuple[Curve, ...]:
    return tuple(
        Curve(
            f"{count} {noun}",
            tuple(float(patients(value, count)) for value in values),
            tuple(values),
        )
        for count in readers
    )


def _rows(
    values: Sequence[float], patients: Callable[[float, int], int], readers: Sequence[int]
) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (f"{value:g}", *(str(patients(value, count)) for count in readers)) for value in values
    )
