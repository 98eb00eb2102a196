"""Influence, jackknife and bootstrap of one statistic of sums."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from annotations.agreement import (
    Estimate,
    PatientSums,
    RatingsError,
    bootstrap_estimate,
    cohen_kappa,
    draw_patients,
    estimate_of_sums,
    fleiss_kappa,
    krippendorff_alpha,
    on_same_patients,
    pair_sums,
    resample,
    sum_by_cluster,
    with_bootstrap_interval,
)
from annotations.agreement.kappa import kappa_influence, kappa_statistic
from annotations.agreement.sums import delta_influence, divide, jackknife_influence
from annotations.agreement.weights import disagreement_weights

pytestmark = pytest.mark.filterwarnings("error")


def readings(seed: int, n_patients: int = 20) -> tuple[Any, Any, Any]:
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(n_patients), 4)
    a = rng.integers(0, 4, len(cluster))
    b = np.where(rng.random(len(a)) < 0.7, a, rng.integers(0, 4, len(a)))
    return a, np.where(rng.random(len(a)) < 0.1, -1, b), cluster


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None, print_blob=True)
def test_the_complex_step_is_the_closed_form_of_kappa(seed: int) -> None:
    a, b, cluster = readings(seed)
    v = disagreement_weights(4, "quadratic")
    data = pair_sums(a, b, cluster, 4)
    value, influence = kappa_influence(data.sums.reshape(-1, 4, 4), v)
    assert kappa_statistic(v)(data.totals) == pytest.approx(value, abs=1e-13)
    assert delta_influence(kappa_statistic(v), data) == pytest.approx(influence, abs=1e-13)


@pytest.mark.parametrize("metric", ["nominal", "ordinal", "interval"])
def test_the_influence_of_alpha_is_its_derivative_by_the_weight_of_a_patient(metric: Any) -> None:
    """Twice a patient's items, scaled down: here by finite differences of repeated units."""
    rng = np.random.default_rng(2)
    ratings = rng.integers(0, 4, (40, 3))
    cluster = np.repeat(np.arange(10), 4)
    found = krippendorff_alpha(ratings, n_categories=4, metric=metric, cluster=cluster)
    copies = 400
    slopes = []
    for patient in range(10):
        more = np.vstack([np.tile(ratings, (copies, 1)), ratings[cluster == patient]])
        less = np.tile(ratings, (copies, 1))
        values = [
            krippendorff_alpha(part, n_categories=4, metric=metric).value for part in (more, less)
        ]
        slopes.append((float(values[0] or 0) - float(values[1] or 0)) * copies)
    expected = np.array(slopes) - np.mean(slopes)
    assert found.influence == pytest.approx(expected, abs=2e-3)


def test_the_jackknife_is_that_of_leaving_each_patient_out_by_hand() -> None:
    a, b, cluster = readings(4, n_patients=12)
    found = cohen_kappa(a, b, n_categories=4, cluster=cluster, uncertainty="jackknife")
    left = np.array(
        [cohen_kappa(a[cluster != p], b[cluster != p], n_categories=4).value for p in range(12)],
        dtype=float,
    )
    assert found.se == pytest.approx(
        np.sqrt(11 / 12 * np.sum((left - left.mean()) ** 2)), rel=1e-10
    )
    assert "jackknife" in found.method


def test_auto_takes_the_jackknife_below_50_patients_only() -> None:
    few, many = readings(5, n_patients=49), readings(5, n_patients=50)
    for (a, b, cluster), kind in ((few, "jackknife"), (many, "delta")):
        auto = cohen_kappa(a, b, n_categories=4, cluster=cluster, uncertainty="auto")
        named = cohen_kappa(a, b, n_categories=4, cluster=cluster, uncertainty=kind)  # type: ignore[arg-type]
        assert auto.se == named.se
        assert auto.value == named.value


def test_a_statistic_that_one_patient_carries_has_no_jackknife_interval() -> None:
    a, b = [0, 0, 0, 0, 1], [0, 0, 0, 0, 0]
    ratings = np.stack([a, b], axis=1)
    cluster = [0, 0, 1, 1, 2]
    found = fleiss_kappa(ratings, n_categories=2, cluster=cluster, uncertainty="jackknife")
    assert found.value is not None
    assert found.ci is None
    assert "without one of the patients" in str(found.undefined)


def test_draws_are_counts_that_the_seed_repeats() -> None:
    draws = draw_patients(30, 1200, seed=7)
    assert draws.shape == (1200, 30)
    assert np.all(draws.sum(axis=1) == 30)
    assert np.array_equal(draws, draw_patients(30, 1200, seed=7))
    assert not np.array_equal(draws, draw_patients(30, 1200, seed=8))
    assert stats.chisquare(draws.sum(axis=0)).pvalue > 1e-4


def test_a_resample_is_the_statistic_of_the_patients_drawn() -> None:
    a, b, cluster = readings(6, n_patients=9)
    v = disagreement_weights(4, "linear")
    draws = draw_patients(9, 25, seed=3)
    found = resample(kappa_statistic(v), pair_sums(a, b, cluster, 4), draws)
    for value, counts in zip(found, draws.astype(int), strict=True):
        rows = np.concatenate(
            [np.tile(np.flatnonzero(cluster == p), n) for p, n in enumerate(counts)]
        )
        twin = cohen_kappa(a[rows], b[rows], n_categories=4, weights="linear")
        assert value == pytest.approx(twin.value, abs=1e-12)


@pytest.mark.parametrize("kind", ["percentile", "bca"])
def test_bootstrap_and_delta_method_agree_on_many_patients(kind: Any) -> None:
    a, b, cluster = readings(8, n_patients=300)
    v = disagreement_weights(4, "unweighted")
    data = pair_sums(a, b, cluster, 4)
    delta = cohen_kappa(a, b, n_categories=4, cluster=cluster)
    found = bootstrap_estimate(
        delta, kappa_statistic(v), data, draw_patients(300, 2000, seed=1), kind=kind
    )
    assert found.value == delta.value
    assert found.se == pytest.approx(delta.se, rel=0.06)
    assert delta.ci is not None
    assert found.ci == pytest.approx(delta.ci, abs=0.012)
    assert kind in found.method


def test_bca_moves_with_the_skew_and_is_the_percentile_interval_without_it() -> None:
    """Against an own computation from Efron 1987, with the exact mean of skewed values."""
    rng = np.random.default_rng(9)
    values = rng.exponential(size=(40, 1))
    data = sum_by_cluster(np.hstack([values, np.ones((40, 1))]), np.arange(40))

    def mean(totals: NDArray[Any]) -> NDArray[Any]:
        return divide(totals[..., 0], totals[..., 1])

    plain = estimate_of_sums(mean, data, method="mean", undefined="", scale="plain")
    draws = draw_patients(40, 4000, seed=2)
    bca = bootstrap_estimate(plain, mean, data, draws, kind="bca")
    percentile = bootstrap_estimate(plain, mean, data, draws)
    resampled = resample(mean, data, draws)
    z0 = stats.norm.ppf(np.mean(resampled < np.mean(values)))
    left = np.array([np.delete(values, p).mean() for p in range(40)])
    gap = left.mean() - left
    a = np.sum(gap**3) / (6 * np.sum(gap**2) ** 1.5)
    z = z0 + stats.norm.ppf([0.025, 0.975])
    expected = np.quantile(resampled, stats.norm.cdf(z0 + z / (1 - a * z)))
    assert bca.ci == pytest.approx(tuple(expected), rel=1e-6)
    assert a > 0
    assert bca.low is not None
    assert percentile.low is not None
    assert bca.low > percentile.low


def test_resamples_that_are_undefined_too_often_give_a_reason() -> None:
    a, b = np.array([0, 0, 0, 1]), np.array([0, 0, 0, 1])
    b[0] = 1
    data = pair_sums(a, b, np.arange(4), 2)
    statistic = kappa_statistic(disagreement_weights(2, "unweighted"))
    plain = cohen_kappa(a, b, n_categories=2, cluster=np.arange(4))
    found = bootstrap_estimate(plain, statistic, data, draw_patients(4, 500, seed=4))
    assert found.value == plain.value
    assert found.ci is None
    assert "of the resamples" in str(found.undefined)


def test_draws_of_other_patients_are_refused_and_sums_can_be_put_on_the_same() -> None:
    one = sum_by_cluster([[1.0], [2.0]], np.array([1, 2]))
    two = sum_by_cluster([[4.0], [5.0]], np.array([2, 7]))
    first, second = on_same_patients([one, two])
    assert first.clusters.tolist() == second.clusters.tolist() == [1, 2, 7]
    assert first.sums.ravel().tolist() == [1, 2, 0]
    assert second.sums.ravel().tolist() == [0, 4, 5]
    with pytest.raises(RatingsError, match="another number of patients"):
        resample(lambda totals: totals[..., 0], one, draw_patients(3, 5, seed=1))
    with pytest.raises(RatingsError, match="percentile or bca"):
        with_bootstrap_interval(_mean_of(one), [1.0, 2.0], kind="t")  # type: ignore[arg-type]


def _mean_of(data: PatientSums) -> Estimate:
    return estimate_of_sums(
        lambda totals: totals[..., 0], data, method="sum", undefined="", scale="plain"
    )


def test_jackknife_influences_add_up_to_nothing() -> None:
    a, b, cluster = readings(12)
    statistic = kappa_statistic(disagreement_weights(4, "linear"))
    influence = jackknife_influence(statistic, pair_sums(a, b, cluster, 4))
    assert influence.sum() == pytest.approx(0, abs=1e-12)
