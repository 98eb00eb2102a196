"""What the analysis of several readers can't say, and what it refuses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from annotations.agreement import (
    RatingsError,
    delong,
    obuchowski_rockette,
)
from tests.agreement.accuracy.test_mrmc_designs import reader_study

pytestmark = pytest.mark.filterwarnings("error")


def test_fixed_readers_are_labelled_and_one_reader_can_only_be_fixed() -> None:
    ratings, truth, _ = reader_study(14, readers=1)
    fixed = obuchowski_rockette(figure="auc", ratings=ratings, truth=truth, readers="fixed")
    assert "readers fixed" in fixed.generalises_to
    assert "fixed readers" in fixed.method
    both = delong(ratings[:, 0], truth)
    assert fixed.difference(0, 1).value == pytest.approx(both.difference(0, 1).value)
    random = obuchowski_rockette(figure="auc", ratings=ratings, truth=truth)
    assert random.test.p is None
    assert "readers can't be random" in str(random.undefined)
    assert random.arm_means[0].value is not None


def test_fixed_readers_of_one_reader_are_delongs_test() -> None:
    ratings, truth, _ = reader_study(15, readers=1)
    fixed = obuchowski_rockette(
        figure="auc", ratings=ratings, truth=truth, readers="fixed", covariance_method="delong"
    )
    both = delong(ratings[:, 0], truth)
    assert fixed.difference(0, 1).se == pytest.approx(both.difference(0, 1).se, rel=1e-9)
    assert fixed.test.p == pytest.approx(both.test(0, 1).p, rel=1e-9)
    mine = fixed.reader_differences(0, 1)
    assert mine[0].se == pytest.approx(both.difference(0, 1).se, rel=1e-9)


def test_components_below_zero_are_reported_and_do_not_enter_the_error() -> None:
    """Cov2 < Cov3: F = MS(T) / MS(TR); for fixed readers Var - Cov1 alone."""
    theta = np.array([[0.7, 0.8, 0.75], [0.8, 0.83, 0.9]])
    cov = np.full((2, 3, 2, 3), 0.0006)
    for i, j in np.ndindex(2, 3):
        cov[i, :, i, :] = 0.0004
        cov[i, j, :, j] = 0.0007
    for i, j in np.ndindex(2, 3):
        cov[i, j, i, j] = 0.002
    found = obuchowski_rockette(theta=theta, covariance=cov)
    parts = found.components
    assert parts is not None
    assert parts.cov2 - parts.cov3 == pytest.approx(-0.0002)
    assert found.test.statistic == pytest.approx(parts.ms_arm / parts.ms_arm_reader)
    assert found.test.df2 == pytest.approx(2)
    fixed = obuchowski_rockette(theta=theta, covariance=cov, readers="fixed")
    assert fixed.test.statistic == pytest.approx(parts.ms_arm / (0.002 - 0.0007))


def test_error_variance_that_is_not_above_zero_is_not_estimable() -> None:
    theta = np.array([[0.7, 0.8], [0.8, 0.9]])
    nothing = obuchowski_rockette(theta=theta, covariance=np.zeros((4, 4)))
    assert nothing.test.p is None
    assert "not above 0" in str(nothing.undefined)
    assert nothing.difference(0, 1).value == pytest.approx(-0.1)
    assert nothing.difference(0, 1).se is None
    negative = np.full((4, 4), 0.002)
    np.fill_diagonal(negative, 0.001)
    fixed = obuchowski_rockette(theta=theta, covariance=negative, readers="fixed")
    assert fixed.test.p is None


def test_the_same_ratings_in_both_arms_do_not_differ() -> None:
    ratings, truth, _ = reader_study(16)
    twice = np.stack([ratings[0], ratings[0]])
    found = obuchowski_rockette(figure="auc", ratings=twice, truth=truth)
    assert found.difference(0, 1).value == 0
    assert found.test.p is None or found.test.p > 0.99


def test_one_arm_has_a_mean_and_no_test() -> None:
    ratings, truth, _ = reader_study(17, arms=1)
    found = obuchowski_rockette(figure="auc", ratings=ratings, truth=truth)
    assert found.arm_means[0].ci is not None
    assert found.test.p is None
    assert "one arm" in str(found.undefined)


def test_non_inferiority_agrees_with_the_interval() -> None:
    ratings, truth, _ = reader_study(18)
    found = obuchowski_rockette(figure="auc", ratings=ratings, truth=truth)
    low = found.difference(1, 0).low
    assert low is not None
    assert low < 0
    for margin, rejects in ((-low * 1.01, True), (-low * 0.99, False)):
        p = found.not_inferior(1, 0, margin=margin).p
        assert p is not None
        assert (p < 0.025) == rejects


def test_a_figure_that_is_not_defined_gives_a_reason() -> None:
    ratings, truth, _ = reader_study(19)
    same_truth = obuchowski_rockette(figure="auc", ratings=ratings, truth=np.ones_like(truth))
    assert same_truth.test.p is None
    assert "not defined for arm 0, reader 0" in str(same_truth.undefined)
    assert same_truth.arm_means[0].value is None
    one_positive = np.zeros_like(truth)
    one_positive[3] = 1
    lonely = obuchowski_rockette(figure="auc", ratings=ratings, truth=one_positive)
    assert "no jackknife" in str(lonely.undefined)
    assert lonely.arm_means[0].value is not None
    nobody = obuchowski_rockette(
        figure="auc", ratings=np.full((2, 2, 4), np.nan), truth=[0, 1, 0, 1]
    )
    assert nobody.test.p is None
    assert "no item" in str(nobody.undefined)
    assert nobody.difference(0, 1).value is None


GOOD: dict[str, Any] = {"theta": [[0.7, 0.8], [0.8, 0.9]], "influence": np.ones((2, 2, 5))}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"theta": None}, "either theta, or a figure"),
        ({"covariance": np.eye(4)}, "exactly one of"),
        ({"influence": None}, "exactly one of"),
        ({"influence": np.ones((2, 3, 5))}, "arms, readers, patients"),
        ({"influence": np.full((2, 2, 5), np.inf)}, "isn't finite"),
        ({"readers": "fixed", "cases": "fixed"}, "not both fixed"),
        ({"design": "latin_square"}, "unknown design"),
        ({"design": "cases_in_readers"}, "not laid out as"),
        ({"design": "readers_in_arms"}, "exactly one arm"),
        ({"theta": [[0.7, np.nan], [0.8, 0.9]]}, "lacks an arm"),
        ({"theta": [0.7, 0.8]}, "shape"),
    ],
)
def test_what_does_not_fit_is_refused(change: dict[str, Any], words: str) -> None:
    with pytest.raises(RatingsError, match=words):
        obuchowski_rockette(**{**GOOD, **change})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"figure": "accuracy"}, "codes"),
        ({"figure": "beauty"}, "unknown figure"),
        ({"figure": "kappa"}, "n_categories"),
        ({"truth": None}, "needs the truth"),
        ({"truth": [0, 1]}, "one entry for each"),
        ({"figure": "mean", "covariance_method": "delong"}, "is for figure='auc'"),
        ({"covariance_method": "bootstrap"}, "unknown covariance"),
        ({"ratings": np.ones((2, 8))}, "arms, readers, items"),
        ({"theta": [[1.0]]}, "either theta"),
        ({"cluster": [1, 2]}, "cluster"),
    ],
)
def test_data_that_do_not_fit_are_refused(change: dict[str, Any], words: str) -> None:
    ratings, truth, _ = reader_study(20, patients=8)
    with pytest.raises(RatingsError, match=words):
        obuchowski_rockette(**{"figure": "auc", "ratings": ratings, "truth": truth, **change})
