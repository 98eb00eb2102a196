"""Sizes that the page tells are those of the engine."""

from __future__ import annotations

import re

import pytest

from annotations.agreement import (
    PilotComponents,
    RatingsError,
    mrmc_power,
    n_for_kappa_interval,
    n_for_kappa_test,
)
from annotations.reporting.size_plan import Levels, kappa_interval_plan, kappa_test_plan, mrmc_plan

SHARES = (0.6, 0.3, 0.1)
PILOT = PilotComponents(0.0005, 0.0015, 0.0008, 0.0007, 0.0006, 60)


def first_number(text: str) -> int:
    found = re.match(r"\d+", text)
    assert found
    return int(found[0])


@pytest.mark.parametrize("levels", [Levels(), Levels(5, 0.3), Levels(5, 1.0)])
def test_patients_for_a_test_of_kappa(levels: Levels) -> None:
    items = n_for_kappa_test(kappa_null=0.5, kappa=0.7, shares=SHARES, n_readers=3, power=0.8)
    plan = kappa_test_plan(
        kappa_null=0.5, kappa=0.7, shares=SHARES, n_readers=3, alpha=0.05, power=0.8, levels=levels
    )
    patients = first_number(plan.answer)
    assert patients == levels.patients(items)
    row = next(row for row in plan.rows if row[0] == "0.8")
    assert row[plan.columns.index("3 readers")] == str(patients)
    for curve in plan.curves:  # more power asks for more patients
        assert list(curve.x) == sorted(curve.x)
        assert list(curve.y) == sorted(curve.y)


def test_levels_that_tell_the_same_count_as_one() -> None:
    assert Levels(5, 1.0).patients(100) == 100
    assert Levels(5, 0.0).patients(100) == 20
    assert Levels(5, 0.3).patients(100) == 44  # 100 x (1 + 4 x 0.3) / 5


def test_patients_for_a_narrow_interval() -> None:
    plan = kappa_interval_plan(
        kappa=0.7, half_width=0.1, shares=SHARES, n_readers=2, alpha=0.05, levels=Levels()
    )
    items = n_for_kappa_interval(kappa=0.7, lowest=0.6, highest=0.8, shares=SHARES, n_readers=2)
    assert first_number(plan.answer) == items
    assert "95 % interval" in plan.answer


def test_patients_for_two_arms() -> None:
    plan = mrmc_plan(PILOT, effect=0.05, n_readers=6, alpha=0.05, power=0.8)
    patients = first_number(plan.answer)
    assert mrmc_power(PILOT, effect=0.05, n_readers=6, n_cases=patients).power >= 0.8
    assert mrmc_power(PILOT, effect=0.05, n_readers=6, n_cases=patients - 1).power < 0.8


def test_too_few_readers_are_said_to_be_too_few() -> None:
    plan = mrmc_plan(PILOT, effect=0.005, n_readers=2, alpha=0.05, power=0.8)
    assert plan.answer.startswith("2 readers are too few")
    assert plan.curves[0].y[-1] < 0.8


def test_what_cant_be_planned_is_an_error() -> None:
    with pytest.raises(RatingsError, match="differ"):
        kappa_test_plan(
            kappa_null=0.5,
            kappa=0.5,
            shares=SHARES,
            n_readers=2,
            alpha=0.05,
            power=0.8,
            levels=Levels(),
        )
