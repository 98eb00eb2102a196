"""Continuous measurements: intraclass correlation, limits of agreement, measurement error."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from annotations.agreement import bland_altman, difference, icc, measurement_error
from annotations.agreement.icc import FORMS
from tests.agreement import published

pytestmark = pytest.mark.filterwarnings("error")
Floats = NDArray[np.float64]
every_form = pytest.mark.parametrize("form", FORMS)


def measured(seed: int, n: int = 30, raters: int = 3) -> Floats:
    rng = np.random.default_rng(seed)
    truth = rng.normal(50, 8, n)[:, None]
    return np.asarray(truth + rng.normal(0, 2, raters) + rng.normal(0, 3, (n, raters)))


@every_form
@given(seed=st.integers(0, 999), shift=st.floats(-1e4, 1e4), scale=st.floats(0.01, 100))
@settings(max_examples=30, deadline=None, print_blob=True)
def test_the_unit_of_measurement_does_not_matter(
    seed: int, shift: float, scale: float, form: Any
) -> None:
    x = measured(seed)
    one, other = icc(x, form=form), icc(x * scale + shift, form=form)
    for name in ("value", "se", "low", "high"):
        assert getattr(other, name) == pytest.approx(getattr(one, name), rel=1e-6)


@pytest.mark.parametrize("form", ["1", "C,1", "A,1"])
def test_the_mean_of_k_raters_is_spearman_browns_of_one(form: Any) -> None:
    x = measured(1)
    one, mean = icc(x, form=form), icc(x, form=form.replace("1", "k"))
    for name in ("value", "low", "high"):
        single = getattr(one, name)
        assert getattr(mean, name) == pytest.approx(3 * single / (1 + 2 * single), rel=1e-10)


def test_consistency_forgives_a_rater_who_measures_more_and_agreement_does_not() -> None:
    x = measured(2)
    biased = x + np.array([0, 0, 40])
    assert icc(biased, form="C,1").value == pytest.approx(icc(x, form="C,1").value, rel=1e-9)
    one, other = icc(biased, form="A,1").value, icc(x, form="A,1").value
    assert one is not None
    assert other is not None
    assert one < 0.5 * other


def test_two_way_agreement_is_that_of_the_variance_components() -> None:
    """From mean squares by loops over cells."""
    x = measured(3, n=12, raters=4)
    n, k = x.shape
    mean = x.mean()
    rows = k * sum((x[i].mean() - mean) ** 2 for i in range(n)) / (n - 1)
    columns = n * sum((x[:, j].mean() - mean) ** 2 for j in range(k)) / (k - 1)
    rest = sum(
        (x[i, j] - x[i].mean() - x[:, j].mean() + mean) ** 2 for i in range(n) for j in range(k)
    ) / ((n - 1) * (k - 1))
    between, raters = (rows - rest) / k, (columns - rest) / n
    expected = between / (between + raters + rest)
    assert icc(x, form="A,1").value == pytest.approx(expected, rel=1e-9)
    assert icc(x, form="C,1").value == pytest.approx(between / (between + rest), rel=1e-9)


@every_form
def test_the_influence_is_the_derivative_by_the_weight_of_a_patient(form: Any) -> None:
    """Against repeating all items and one patient more often."""
    x, cluster = measured(4, n=20), np.repeat(np.arange(5), 4)
    found = icc(x, form=form, cluster=cluster)
    copies = 1000
    base = icc(np.tile(x, (copies, 1)), form=form).value
    slopes = [
        (icc(np.vstack([np.tile(x, (copies, 1)), x[cluster == p]]), form=form).value - base)  # type: ignore[operator]
        * copies
        for p in range(5)
    ]
    assert found.influence is not None
    # The small-sample factors n - 1 of the mean squares are not those of 1000 copies.
    expected = np.array(slopes) - np.mean(slopes)
    assert found.influence == pytest.approx(expected, rel=0.2, abs=0.02)


def test_items_that_a_rater_left_out_are_left_out() -> None:
    x = measured(5)
    gap = np.vstack([x, [[1.0, np.nan, 2.0]]])
    found = icc(gap, form="A,1")
    assert found.value == pytest.approx(icc(x, form="A,1").value, rel=1e-12)
    assert (found.n_items, found.n_missing) == (30, 1)


def test_complete_agreement_and_equal_measurements_say_so() -> None:
    same = np.tile(np.array([[0.1], [0.7], [0.4]]), (1, 3))
    for form in FORMS:
        found = icc(same, form=form)
        assert found.value == pytest.approx(1.0)
        assert "complete agreement" in str(found.undefined)
        flat = icc(np.full((5, 3), 0.1), form=form)
        assert (flat.value, flat.undefined) == (None, "all measurements are the same")
        assert icc(same[:1], form=form).value is None


def test_raters_who_differ_by_a_constant_are_consistent_but_do_not_agree() -> None:
    x = np.array([1.0, 2.0, 4.0])[:, None] + np.array([0.0, 1.0])
    assert icc(x, form="C,1").value == pytest.approx(1.0)
    found = icc(x, form="A,1")
    assert found.value is not None
    assert found.value < 1
    assert found.ci is not None


def test_two_correlations_of_the_same_patients_can_be_compared() -> None:
    x, cluster = measured(6, n=40), np.repeat(np.arange(10), 4)
    worse = x + np.random.default_rng(1).normal(0, 6, x.shape)
    gap = difference(icc(x, cluster=cluster), icc(worse, cluster=cluster))
    assert gap.value is not None
    assert gap.value > 0
    assert gap.n_clusters == 10


def test_limits_hold_the_bias_between_them_and_change_sign_with_the_order() -> None:
    a, b = measured(7, raters=2).T
    one, other = bland_altman(a, b), bland_altman(b, a)
    assert one.lower.value == pytest.approx(-float(other.upper.value or 0), rel=1e-12)
    assert one.lower.ci is not None
    assert other.upper.ci is not None
    assert one.lower.ci[0] == pytest.approx(-other.upper.ci[1], rel=1e-9)
    gap = a - b
    assert one.bias.value == pytest.approx(gap.mean(), rel=1e-12)
    assert one.sd.value == pytest.approx(gap.std(ddof=1), rel=1e-12)
    half = stats.t.ppf(0.975, 29) * gap.std(ddof=1) / np.sqrt(30)
    assert one.bias.ci == pytest.approx((gap.mean() - half, gap.mean() + half), rel=1e-10)


def test_exact_limits_cover_as_they_claim() -> None:
    """4,000 samples of 15 normal differences; seed 3."""
    rng = np.random.default_rng(3)
    covered = 0
    for _ in range(4000):
        gap = rng.normal(1, 2, 15)
        mean, sd = gap.mean(), gap.std(ddof=1)
        z = stats.norm.ppf(0.975)
        low, high = mean + sd * _QUANTILES
        covered += low <= 1 + z * 2 <= high
    a = rng.normal(1, 2, 15)
    found = bland_altman(a, np.zeros(15)).upper
    assert found.ci == pytest.approx(tuple(a.mean() + a.std(ddof=1) * _QUANTILES), rel=1e-9)
    assert 0.94 <= covered / 4000 <= 0.96


_QUANTILES = stats.nct.ppf([0.025, 0.975], 14, stats.norm.ppf(0.975) * np.sqrt(15)) / np.sqrt(15)


def test_series_that_differ_by_a_constant_have_limits_without_intervals() -> None:
    found = bland_altman([1.1, 2.1, 3.1], [1.0, 2.0, 3.0])
    assert found.lower.value == pytest.approx(0.1)
    assert found.sd.value == 0
    assert "the same" in str(found.lower.undefined)
    empty = bland_altman([np.nan, 1.0], [2.0, np.nan])
    assert empty.bias.value is None
    assert empty.bias.undefined == "fewer than 2 items measured by both"


def test_measurement_error_of_two_raters_is_the_sd_of_differences_over_root_2() -> None:
    x = measured(8, raters=2)
    found = measurement_error(x, kind="C").sem
    gap = x[:, 0] - x[:, 1]
    assert found.value == pytest.approx(gap.std(ddof=1) / np.sqrt(2), rel=1e-12)
    low, high = np.sqrt(29 / stats.chi2.ppf([0.975, 0.025], 29)) * float(found.value or 0)
    assert found.ci == pytest.approx((low, high), rel=1e-10)
    one, two = measurement_error(x, kind="1").sem, measurement_error(x, kind="A").sem
    assert one.value == pytest.approx(two.value, rel=1e-12)
    clustered = measurement_error(x, kind="A", cluster=np.arange(30)).sem
    assert clustered.value == two.value
    assert clustered.ci is not None
    assert clustered.ci[0] > 0


def test_measurements_without_error_say_so() -> None:
    found = measurement_error(np.array([[1.0, 1.0], [2.0, 2.0]])).sem
    assert (found.value, found.undefined) == (0.0, "no differences: no interval")
    assert published.SHROUT_FLEISS[0][0] == 9
