"""Designs, ways in, and what the analysis of several readers refuses."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from annotations.agreement import (
    MrmcResult,
    RatingsError,
    auc,
    cohen_kappa,
    delong,
    obuchowski_rockette,
)

pytestmark = pytest.mark.filterwarnings("error")


def reader_study(
    seed: int, *, arms: int = 2, readers: int = 4, patients: int = 40, levels: int = 1
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Continuous ratings (I, J, items), truth and patients; readers and arms differ a little."""
    rng = np.random.default_rng(seed)
    patient = np.repeat(np.arange(patients), levels)
    items = len(patient)
    truth = (rng.random(items) < 0.5).astype(int)
    case = rng.normal(0, 0.7, items) + rng.normal(0, 0.5, patients)[patient]
    skill = 1.2 + rng.normal(0, 0.2, (arms, readers))
    noise = rng.normal(0, 0.8, (arms, readers, items))
    return skill[:, :, None] * truth + case + noise, truth, patient


def same(a: MrmcResult, b: MrmcResult) -> None:
    assert a.test.statistic == pytest.approx(b.test.statistic, rel=1e-9)
    assert a.test.df2 == pytest.approx(b.test.df2, rel=1e-9)
    assert a.difference(0, 1).se == pytest.approx(b.difference(0, 1).se, rel=1e-9)


def plain_auc(ratings: np.ndarray, truth: np.ndarray) -> float:
    x, y = ratings[truth == 1], ratings[truth == 0]
    if not len(x) or not len(y):
        return float("nan")
    return float(np.mean((x[:, None] > y) + 0.5 * (x[:, None] == y)))


def test_all_ways_in_lead_to_the_same_test() -> None:
    ratings, truth, patient = reader_study(1, levels=2, patients=20)
    by_data = obuchowski_rockette(figure="auc", ratings=ratings, truth=truth, cluster=patient)
    theta = np.array([[plain_auc(row, truth) for row in arm] for arm in ratings])
    without = np.array(
        [
            [[plain_auc(row[patient != k], truth[patient != k]) for k in range(20)] for row in arm]
            for arm in ratings
        ]
    )
    same(by_data, obuchowski_rockette(theta=theta, jackknife=without))
    pseudo = 20 * theta[:, :, None] - 19 * without
    same(by_data, obuchowski_rockette(theta=theta, pseudovalues=pseudo))
    centred = (without - without.mean(axis=2, keepdims=True)).reshape(-1, 20)
    cov = 19 / 20 * centred @ centred.T
    same(by_data, obuchowski_rockette(theta=theta, covariance=cov))
    same(by_data, obuchowski_rockette(theta=theta, covariance=cov.reshape(2, 4, 2, 4)))
    own = obuchowski_rockette(figure=plain_auc, ratings=ratings, truth=truth, cluster=patient)
    same(by_data, own)
    assert by_data.n_cases == own.n_cases == 20


def test_influences_of_estimates_are_a_way_in() -> None:
    """Kappas with their influences, patient by patient, as cohen_kappa gives them."""
    rng = np.random.default_rng(2)
    patient = np.repeat(np.arange(60), 2)
    truth = rng.integers(0, 4, 120)
    ratings = np.clip(truth + rng.integers(-1, 2, (2, 3, 120)), 0, 3)
    found = [
        [
            cohen_kappa(row, truth, n_categories=4, weights="quadratic", cluster=patient)
            for row in arm
        ]
        for arm in ratings
    ]
    by_influence = obuchowski_rockette(
        theta=np.array([[one.value for one in row] for row in found], dtype=float),
        influence=np.array([[one.influence for one in row] for row in found]),
    )
    by_data = obuchowski_rockette(
        figure="kappa",
        ratings=ratings,
        truth=truth,
        cluster=patient,
        n_categories=4,
        covariance_method="influence",
    )
    same(by_influence, by_data)


@pytest.mark.parametrize("figure", ["sensitivity", "specificity", "accuracy"])
def test_shares_are_figures_of_merit(figure: str) -> None:
    ratings, truth, _ = reader_study(3)
    calls = (ratings > 0.6).astype(int)
    found = obuchowski_rockette(figure=figure, ratings=calls, truth=truth)  # type: ignore[arg-type]
    counted = {"sensitivity": truth == 1, "specificity": truth == 0}.get(figure, truth >= 0)
    right = (calls == truth)[:, :, counted].mean(axis=2)
    assert found.theta == pytest.approx(right, rel=1e-12)
    assert found.test.p is not None


def test_times_give_a_ratio() -> None:
    rng = np.random.default_rng(4)
    seconds = np.exp(rng.normal(4, 0.3, (2, 5, 30)))
    seconds[1] *= 0.8
    found = obuchowski_rockette(figure="log_time", ratings=seconds)
    ratio = np.exp(found.difference(1, 0).value or 0)
    assert ratio == pytest.approx(np.exp(np.log(seconds).mean(axis=(1, 2)) @ [-1, 1]), rel=1e-12)
    assert found.difference(1, 0).ci is not None
    with pytest.raises(RatingsError, match="above 0"):
        obuchowski_rockette(figure="log_time", ratings=-seconds)


def test_with_two_arms_f_is_the_square_of_t_and_readers_have_no_order() -> None:
    ratings, truth, _ = reader_study(5)
    found = obuchowski_rockette(figure="auc", ratings=ratings, truth=truth)
    t = found.difference_test(0, 1)
    assert t.statistic is not None
    assert found.test.statistic == pytest.approx(t.statistic**2, rel=1e-9)
    assert t.p == pytest.approx(found.test.p, rel=1e-9)
    order = np.array([2, 0, 3, 1])
    same(found, obuchowski_rockette(figure="auc", ratings=ratings[:, order], truth=truth))
    turned = obuchowski_rockette(figure="auc", ratings=ratings[::-1], truth=truth)
    assert turned.difference(1, 0).value == pytest.approx(found.difference(0, 1).value, abs=1e-12)


def test_three_arms_have_three_differences() -> None:
    ratings, truth, _ = reader_study(6, arms=3)
    found = obuchowski_rockette(figure="auc", ratings=ratings, truth=truth)
    assert found.test.df == 2
    assert len(found.arm_means) == 3
    total = sum(found.difference(*pair).value or 0 for pair in ((0, 1), (1, 2), (2, 0)))
    assert total == pytest.approx(0, abs=1e-12)


def test_the_equivalent_analysis_of_pseudo_values() -> None:
    """Mean squares by the definition of a three-way analysis of variance."""
    ratings, truth, _ = reader_study(7, readers=3, patients=30)
    found = obuchowski_rockette(figure="auc", ratings=ratings, truth=truth)
    without = np.array(
        [
            [[plain_auc(np.delete(row, k), np.delete(truth, k)) for k in range(30)] for row in arm]
            for arm in ratings
        ]
    )
    y = 30 * found.theta[:, :, None] - 29 * without
    # Centred on theta, as the jackknife's own mean differs from it a little.
    y = y - y.mean(axis=2, keepdims=True) + found.theta[:, :, None]

    def effect(*axes: int) -> np.ndarray:
        kept = tuple(axis for axis in range(3) if axis not in axes)
        return np.asarray(y.mean(axis=kept, keepdims=True) if kept else y)

    grand = effect()
    tc = effect(0, 2) - effect(0) - effect(2) + grand
    trc = y - effect(0, 1) - effect(0, 2) - effect(1, 2) + effect(0) + effect(1) + effect(2) - grand
    assert found.components is not None
    squares = found.components.dbm_mean_squares(2, 3, 30)
    assert squares["T"] == pytest.approx(90 * np.sum((effect(0) - grand) ** 2), rel=1e-9)
    assert squares["C"] == pytest.approx(6 * np.sum((effect(2) - grand) ** 2) / 29, rel=1e-9)
    assert squares["TC"] == pytest.approx(3 * np.sum(tc**2) / 29, rel=1e-9)
    assert squares["TRC"] == pytest.approx(np.sum(trc**2) / (2 * 29), rel=1e-9)


def test_readers_that_read_one_arm_each() -> None:
    """Hillis 2014: MS(R(T)) and its degrees of freedom in the place of MS(TR)."""
    ratings, truth, _ = reader_study(8, readers=6)
    whole = obuchowski_rockette(
        figure="auc", ratings=ratings, truth=truth, covariance_method="delong"
    )
    split = ratings.astype(float).copy()
    split[0, 3:] = np.nan
    split[1, :3] = np.nan
    found = obuchowski_rockette(
        figure="auc",
        ratings=split,
        truth=truth,
        covariance_method="delong",
        design="readers_in_arms",
    )
    theta = np.stack([whole.theta[0, :3], whole.theta[1, 3:]])
    within = theta.var(axis=1, ddof=1).mean()
    assert whole.covariance is not None
    chosen = [0, 1, 2, 9, 10, 11]
    cov = whole.covariance.reshape(12, 12)[np.ix_(chosen, chosen)]
    own, other = cov[:3, :3], cov[3:, 3:]
    off = ~np.eye(3, dtype=bool)
    cov2 = (own[off].mean() + other[off].mean()) / 2
    shared = max(cov2 - cov[:3, 3:].mean(), 0)
    variance = 2 / 3 * (within + 3 * shared)
    gap = theta[0].mean() - theta[1].mean()
    df = (within + 3 * shared) ** 2 / (within**2 / 4)
    assert found.difference(0, 1).value == pytest.approx(gap, rel=1e-12)
    assert found.difference(0, 1).se == pytest.approx(np.sqrt(variance), rel=1e-9)
    assert found.test.statistic == pytest.approx(gap**2 / variance, rel=1e-9)
    assert found.test.df2 == pytest.approx(df, rel=1e-9)
    assert found.test.p == pytest.approx(stats.f.sf(gap**2 / variance, 1, df), rel=1e-9)


def test_unequal_numbers_of_readers_in_the_arms() -> None:
    ratings, truth, _ = reader_study(9, readers=5)
    split = ratings.astype(float).copy()
    split[0, 3:] = np.nan
    split[1, :3] = np.nan
    found = obuchowski_rockette(figure="auc", ratings=split, truth=truth, design="readers_in_arms")
    t = found.difference_test(0, 1)
    assert t.statistic is not None
    assert found.test.statistic == pytest.approx(t.statistic**2, rel=1e-9)
    assert t.p == pytest.approx(found.test.p, rel=1e-9)


def test_cases_of_each_reader_share_nothing() -> None:
    """Cov2 = Cov3 = 0: F = MS(T) / MS(TR) with the plain degrees of freedom."""
    ratings, truth, _ = reader_study(10, patients=80)
    owner = np.arange(80) % 4
    split = np.where(owner[None, None, :] == np.arange(4)[None, :, None], ratings, np.nan)
    found = obuchowski_rockette(figure="auc", ratings=split, truth=truth, design="cases_in_readers")
    parts = found.components
    assert parts is not None
    assert (parts.cov2, parts.cov3) == (0, 0)
    assert found.test.statistic == pytest.approx(parts.ms_arm / parts.ms_arm_reader)
    assert found.test.df2 == pytest.approx(3)
    for i, j in np.ndindex(2, 4):
        mine = owner == j
        assert found.theta[i, j] == auc(ratings[i, j, mine], truth[mine]).value


def test_cases_of_each_arm_share_nothing() -> None:
    ratings, truth, _ = reader_study(11, patients=80)
    owner = np.arange(80) % 2
    split = np.where(owner[None, None, :] == np.arange(2)[:, None, None], ratings, np.nan)
    found = obuchowski_rockette(
        figure="auc", ratings=split, truth=truth, design="cases_in_arms", covariance_method="delong"
    )
    parts = found.components
    assert parts is not None
    assert (parts.cov1, parts.cov3) == (0, 0)
    own = [delong(ratings[i][:, owner == i], truth[owner == i]).covariance for i in range(2)]
    off = ~np.eye(4, dtype=bool)
    assert parts.cov2 == pytest.approx(np.mean([one[off].mean() for one in own if one is not None]))
    denominator = parts.ms_arm_reader + 4 * max(parts.cov2, 0)
    assert found.test.statistic == pytest.approx(parts.ms_arm / denominator)


def test_groups_of_readers_with_cases_of_their_own() -> None:
    """Split plot: between the groups the covariances are 0, and count in the means."""
    ratings, truth, _ = reader_study(12, patients=80)
    group = np.arange(80) % 2
    mine = np.arange(4) % 2
    split = np.where(group[None, None, :] == mine[None, :, None], ratings, np.nan)
    found = obuchowski_rockette(figure="auc", ratings=split, truth=truth, design="split_plot")
    assert found.covariance is not None
    assert np.all(found.covariance[:, 0, :, 1] == 0)
    assert np.all(found.covariance[:, 0, :, 2] != 0)
    parts = found.components
    assert parts is not None
    cov = found.covariance
    pairs = [cov[i, j, i, k] for i in range(2) for j in range(4) for k in range(4) if j != k]
    assert parts.cov2 == pytest.approx(np.mean(pairs))


def test_partly_read_cases_use_what_each_cell_has() -> None:
    ratings, truth, _ = reader_study(13)
    holed = ratings.astype(float).copy()
    holed[0, 0, :5] = np.nan
    complete = obuchowski_rockette(figure="auc", ratings=holed, truth=truth)
    partial = obuchowski_rockette(figure="auc", ratings=holed, truth=truth, design="partial")
    assert (complete.n_items, complete.n_missing) == (35, 5)
    assert (partial.n_items, partial.n_missing) == (40, 0)
    assert partial.theta[0, 0] == complete.theta[0, 0]
    assert partial.theta[1, 3] == auc(ratings[1, 3], truth).value
    assert partial.test.p is not None
