"""The estimate itself: what it refuses, and its intervals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.agreement import (
    Estimate,
    RatingsError,
    SignificanceTest,
    brennan_prediger,
    cohen_kappa,
    disagreement_bound,
    from_influence,
    sum_by_cluster,
    wald_interval,
)
from annotations.agreement.intervals import interval

pytestmark = pytest.mark.filterwarnings("error")


def test_an_estimate_refuses_numbers_that_are_none() -> None:
    with pytest.raises(RatingsError, match="not finite"):
        Estimate(float("nan"), None, None, None, "x", 0, 0, undefined="why")
    with pytest.raises(RatingsError, match="say why"):
        Estimate(None, None, None, None, "x", 0, 0)
    with pytest.raises(RatingsError, match="not finite"):
        SignificanceTest(float("inf"), 0.0, "z", "x")
    with pytest.raises(RatingsError, match="say why"):
        SignificanceTest(1.0, None, "z", "x")


def test_sums_keep_the_order_of_the_patients_names() -> None:
    data = sum_by_cluster([[1.0], [2.0], [4.0]], np.array(["b", "a", "b"]))
    assert data.clusters.tolist() == ["a", "b"]
    assert data.sums.ravel().tolist() == [2.0, 5.0]


@given(st.floats(-0.999, 0.999), st.floats(1e-6, 50))
def test_an_interval_on_fishers_scale_is_that_of_atanh(value: float, half: float) -> None:
    low, high = interval(value, half, "bounded") or (0.0, 0.0)
    width = half / (1 - value**2)
    expected = np.tanh(np.arctanh(value) + np.array([-width, width]))
    assert (low, high) == pytest.approx(tuple(expected), abs=1e-9)
    assert -1 <= low <= value + 1e-12
    assert value - 1e-12 <= high <= 1


@given(st.floats(-5, 0.999), st.floats(1e-6, 50))
def test_no_interval_leaves_its_range_from_above(value: float, half: float) -> None:
    found = interval(value, half, "bounded")
    if found is not None:
        assert found[0] <= value + 1e-9
        assert value - 1e-9 <= found[1] <= 1


def test_ratios_stay_above_0_and_an_endless_interval_is_none() -> None:
    low, high = interval(2.0, 3.0, "log") or (0.0, 0.0)
    assert (low, high) == pytest.approx((2 * np.exp(-1.5), 2 * np.exp(1.5)))
    assert interval(1e-3, 10.0, "log") is None
    found = from_influence(
        1e-3, np.array([5.0, -5.0]), method="x", n_items=2, scale="log", clusters=np.arange(2)
    )
    assert (found.value, found.ci) == (1e-3, None)
    assert found.undefined == "the interval is too wide to be written"


def test_weighted_coefficients_below_minus_1_have_an_interval_below_1() -> None:
    """Brennan-Prediger, quadratic, of readers who choose the ends against each other."""
    ratings = np.array([[0, 2], [2, 0], [0, 2], [2, 0], [0, 2], [1, 1]])
    found = brennan_prediger(ratings, n_categories=3, weights="quadratic", cluster=range(6))
    assert found.value is not None
    assert found.value < -1
    assert found.ci is not None
    assert found.ci[0] < found.value < found.ci[1] < 1


def test_complete_agreement_has_an_exact_bound_in_place_of_an_error_of_0() -> None:
    """None of 59 patients with a disagreement: at most 5 % have one."""
    assert disagreement_bound(59) == pytest.approx(1 - 0.05 ** (1 / 59), rel=1e-12)
    assert disagreement_bound(59) < 0.05 < disagreement_bound(58)
    codes = np.tile([0, 1, 2], 59)
    found = cohen_kappa(codes, codes, n_categories=4, cluster=np.repeat(np.arange(59), 3))
    assert (found.value, found.se, found.low) == (1.0, None, None)
    assert found.disagreement_bound == disagreement_bound(59)
    assert found.undefined == "complete agreement: no interval"
    assert wald_interval(found) is None
