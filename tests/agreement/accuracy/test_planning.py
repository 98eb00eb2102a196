"""How many patients, how many readers, how many looks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from annotations.agreement import (
    PilotComponents,
    RatingsError,
    cohen_kappa,
    design_effect,
    mrmc_power,
    mrmc_sample_size,
    n_for_kappa_interval,
    n_for_kappa_test,
    n_for_two_readers,
    obuchowski_rockette,
    p_value,
    sequential_bounds,
    simulate_power,
    spent_alpha,
)

pytestmark = pytest.mark.filterwarnings("error")
PILOT = PilotComponents(0.0002, 0.0008, 0.00035, 0.00034, 0.00024, 114)


def test_sample_sizes_of_kappa() -> None:
    """Values of the programs kappaSize 1.2 and irr 0.84.1."""
    base: dict[str, Any] = {"kappa_null": 0.4, "kappa": 0.6}
    assert n_for_kappa_test(**base, shares=[0.3, 0.7]) == 191
    assert n_for_kappa_test(**base, shares=[0.3, 0.7], n_readers=5) == 69
    assert n_for_kappa_test(**base, shares=[0.3, 0.4, 0.3]) == 108
    found = n_for_two_readers(share_first=0.2, share_second=0.25, kappa_null=0.7, kappa=0.5)
    assert found == 130


def test_the_interval_size_of_kappasize_is_the_floor_of_its_search() -> None:
    """kappaSize says 11 here because it begins to search at 11; the formula needs 8."""
    base: dict[str, Any] = {"kappa": 0.4, "lowest": 0.1, "shares": [0.3, 0.7], "n_readers": 4}
    assert n_for_kappa_interval(**base) == 11
    assert n_for_kappa_interval(**base, fewest=1) == 8
    assert n_for_kappa_interval(**base, highest=0.99, fewest=1) >= 12


def test_more_readers_and_larger_differences_need_fewer_patients() -> None:
    shares = [0.3, 0.7]
    by_readers = [
        n_for_kappa_test(kappa_null=0.4, kappa=0.6, shares=shares, n_readers=n)
        for n in (2, 3, 4, 8)
    ]
    assert by_readers == sorted(by_readers, reverse=True)
    by_kappa = [n_for_kappa_test(kappa_null=0.4, kappa=k, shares=shares) for k in (0.5, 0.6, 0.8)]
    assert by_kappa == sorted(by_kappa, reverse=True)
    assert n_for_kappa_test(kappa_null=0.4, kappa=0.6, shares=[0.7, 0.3]) == 191
    by_categories = n_for_kappa_test(kappa_null=0.4, kappa=0.6, shares=[0.3, 0.4, 0.3], n_readers=3)
    assert by_categories < 108


def test_the_variance_behind_the_sample_size_is_that_of_kappa() -> None:
    """A table with the planned shares and kappa: Fleiss, Cohen, Everitt's standard error."""
    n = 100_000
    p = np.array([[0.72, 0.03], [0.08, 0.17]])
    a, b = np.repeat(np.indices((2, 2)).reshape(2, -1), (n * p).astype(int).ravel(), axis=1)
    found = cohen_kappa(a, b, n_categories=2)
    assert found.value is not None
    assert found.se is not None
    z = stats.norm.ppf(0.95) + stats.norm.ppf(0.8)
    planned = n_for_two_readers(
        share_first=0.25, share_second=0.2, kappa_null=found.value + 1e-6, kappa=found.value - 0.001
    )
    assert planned == pytest.approx(z**2 * found.se**2 * n / 0.001001**2, rel=0.01)


@pytest.mark.parametrize(
    "bad",
    [
        {"kappa": 0.4},
        {"kappa": 1.0},
        {"shares": [0.5, 0.6]},
        {"shares": [1.0]},
        {"n_readers": 1},
        {"alpha": 0},
        {"power": 0.01},
    ],
)
def test_plans_that_cannot_be_are_refused(bad: dict[str, Any]) -> None:
    good: dict[str, Any] = {"kappa_null": 0.4, "kappa": 0.6, "shares": [0.3, 0.7]}
    with pytest.raises(RatingsError):
        n_for_kappa_test(**{**good, **bad})
    with pytest.raises(RatingsError, match="impossible"):
        n_for_two_readers(share_first=0.1, share_second=0.9, kappa_null=0.5, kappa=0.7)
    with pytest.raises(RatingsError, match="between lowest and highest"):
        n_for_kappa_interval(kappa=0.4, lowest=0.5, shares=[0.3, 0.7])


def test_levels_of_a_patient_inflate_the_sample() -> None:
    assert design_effect([5, 5, 5], 0.3) == pytest.approx(1 + 4 * 0.3)
    assert design_effect([1, 1], 0.9) == 1
    assert design_effect([2, 4], 0.5) == pytest.approx(1 + (20 / 6 - 1) * 0.5)
    with pytest.raises(RatingsError):
        design_effect([0, 1], 0.5)
    with pytest.raises(RatingsError):
        design_effect([2], 1.5)


def test_power_grows_with_readers_cases_and_effect() -> None:
    power = mrmc_power(PILOT, effect=0.04, n_readers=5, n_cases=150).power
    assert mrmc_power(PILOT, effect=0.04, n_readers=6, n_cases=150).power > power
    assert mrmc_power(PILOT, effect=0.04, n_readers=5, n_cases=200).power > power
    assert mrmc_power(PILOT, effect=-0.05, n_readers=5, n_cases=150).power > power
    assert mrmc_power(PILOT, effect=0.0, n_readers=5, n_cases=150).power == pytest.approx(0.05)
    enough = mrmc_sample_size(PILOT, effect=0.05, n_readers=5)
    assert enough is not None
    fewer = mrmc_power(PILOT, effect=0.05, n_readers=5, n_cases=enough.n_cases - 1)
    assert fewer.power < 0.8 <= enough.power
    assert mrmc_sample_size(PILOT, effect=0.001, n_readers=3) is None
    no_readers = PilotComponents(-0.001, 0.0008, 0.0008, 0.00034, 0.00024, 114)
    assert 0 < mrmc_power(no_readers, effect=0.04, n_readers=5, n_cases=150).power < 1
    with pytest.raises(RatingsError, match="two readers"):
        mrmc_power(PILOT, effect=0.05, n_readers=1, n_cases=100)
    with pytest.raises(RatingsError, match="nothing varies"):
        mrmc_power(PilotComponents(0, 0, 0, 0, 0, 10), effect=0.1, n_readers=3, n_cases=10)
    with pytest.raises(RatingsError, match="no components"):
        PilotComponents.of(obuchowski_rockette(theta=[[0.7], [0.8]], covariance=np.eye(2)))


def test_simulated_power_is_that_of_the_formula() -> None:
    """A z-test of a mean of 25 with effect 0.5: power 0.705; 600 simulations, seed 71."""

    def p_of(data: np.ndarray) -> float | None:
        return float(2 * stats.norm.sf(abs(data.mean()) * 5))

    found = simulate_power(lambda rng: rng.normal(0.5, 1, 25), p_of, n_simulations=600, seed=71)
    expected = stats.norm.sf(1.959964 - 2.5) + stats.norm.cdf(-1.959964 - 2.5)
    assert found.power.ci is not None
    assert found.power.ci[0] < expected < found.power.ci[1]
    again = simulate_power(lambda rng: rng.normal(0.5, 1, 25), p_of, n_simulations=600, seed=71)
    assert again == found
    never = simulate_power(lambda rng: rng.normal(size=2), lambda _: None, n_simulations=5, seed=1)
    assert (never.power.value, never.n_undefined) == (0.0, 5)
    assert never.power.se is None
    assert p_value(never.power) is None


def test_obrien_fleming_bounds() -> None:
    """Lan, DeMets 1983: two and five equal looks, alpha 0.05 two-sided."""
    two, five = (sequential_bounds(np.arange(1, k + 1) / k) for k in (2, 5))
    assert two.z == pytest.approx([2.962588, 1.968596], abs=5e-7)
    assert five.z == pytest.approx([4.876885, 3.357012, 2.680280, 2.289817, 2.031032], abs=5e-7)
    assert five.spent == pytest.approx(
        [1.0777e-06, 0.00078830, 0.00761613, 0.02442358, 0.05], rel=1e-4
    )
    low, high = two.repeated_interval(0, 1.0, 0.5)
    assert (low, high) == pytest.approx((1 - 2.962588 * 0.5, 1 + 2.962588 * 0.5), abs=1e-6)


def test_pocock_bounds_are_nearly_flat_and_one_look_spends_all() -> None:
    """Values as tabulated for the Pocock-type function, five looks."""
    found = sequential_bounds(np.arange(1, 6) / 5, spending="pocock")
    assert found.z == pytest.approx([2.438, 2.427, 2.410, 2.397, 2.386], abs=6e-4)
    for spending in ("obrien_fleming", "pocock"):
        once = sequential_bounds([1.0], spending=spending)
        assert once.z == pytest.approx([1.959964], abs=1e-6)


@pytest.mark.parametrize("spending", ["obrien_fleming", "pocock"])
def test_all_looks_together_err_in_one_of_twenty(spending: Any) -> None:
    """200,000 paths of four uneven looks without an effect; seed 72."""
    rng = np.random.default_rng(72)
    t = np.array([0.3, 0.45, 0.8, 1.0])
    bounds = sequential_bounds(t, spending=spending)
    steps = rng.normal(0, np.sqrt(np.diff(t, prepend=0)), (200_000, 4))
    z = np.cumsum(steps, axis=1) / np.sqrt(t)
    crossed = np.logical_or.accumulate(np.abs(z) > bounds.z, axis=1).mean(axis=0)
    assert crossed == pytest.approx(spent_alpha(t, spending=spending), abs=0.0018)


@pytest.mark.parametrize("bad", [[0.5, 0.5], [0.0, 1.0], [0.5, 1.2], [], [[1.0]]])
def test_looks_that_cannot_be_are_refused(bad: Any) -> None:
    with pytest.raises(RatingsError):
        sequential_bounds(bad)
    with pytest.raises(RatingsError, match="unknown spending"):
        spent_alpha([1.0], spending="haybittle")  # type: ignore[arg-type]
