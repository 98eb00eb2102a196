"""Several readers and cases: published outputs and independent programs."""

from __future__ import annotations

import numpy as np
import pytest

from annotations.agreement import PilotComponents, mrmc_power, mrmc_sample_size, obuchowski_rockette
from tests.agreement.accuracy.conftest import Crossed

pytestmark = pytest.mark.filterwarnings("error")


def test_van_dyke_random_readers_and_cases(van_dyke: Crossed) -> None:
    """Published output of the Iowa programs, 2.51, and two further programs."""
    found = obuchowski_rockette(figure="auc", ratings=van_dyke.ratings, truth=van_dyke.truth)
    expected = [
        [0.9196457327, 0.8587761675, 0.9038647343, 0.9731078905, 0.8297906602],
        [0.9478260870, 0.9053140097, 0.9217391304, 0.9993558776, 0.9299516908],
    ]
    assert found.theta == pytest.approx(np.array(expected), abs=1e-10)
    parts = found.components
    assert parts is not None
    assert parts.var_error == pytest.approx(0.0008022882656, rel=1e-9)
    assert parts.cov1 == pytest.approx(0.0003466137094, rel=1e-9)
    assert parts.cov2 == pytest.approx(0.0003440748289, rel=1e-9)
    assert parts.cov3 == pytest.approx(0.0002390283709, rel=1e-9)
    assert parts.var_reader == pytest.approx(0.0015349993451, rel=1e-9)
    assert parts.var_arm_reader == pytest.approx(0.0002004025236, rel=1e-9)
    assert parts.ms_arm == pytest.approx(0.004796170532, rel=1e-9)
    assert parts.ms_arm_reader == pytest.approx(0.0005510306217, rel=1e-9)
    test = found.test
    assert (test.df, test.statistic) == pytest.approx((1, 4.456318693), rel=1e-9)
    assert (test.df2, test.p) == pytest.approx((15.25967459, 0.05166568582), rel=1e-9)
    gap = found.difference(0, 1)
    assert gap.value == pytest.approx(-0.04380032206, rel=1e-9)
    assert gap.se == pytest.approx(0.02074861838, rel=1e-9)
    assert gap.ci == pytest.approx((-0.0879594985666, 0.0003588544442), rel=1e-8)
    assert found.difference_test(0, 1).p == pytest.approx(test.p, rel=1e-9)
    for arm, value, se, df, ci in (
        (0, 0.8970370370, 0.03317359696, 12.7446476, (0.8252235975, 0.9688504765)),
        (1, 0.9408373591, 0.02156636837, 12.71019, (0.8941378312, 0.9875368870)),
    ):
        mean = found.arm_means[arm]
        assert (mean.value, mean.se) == pytest.approx((value, se), rel=1e-9)
        assert mean.df == pytest.approx(df, rel=1e-7)
        assert mean.ci == pytest.approx(ci, rel=1e-9)


def test_van_dyke_with_delong_covariances(van_dyke: Crossed) -> None:
    found = obuchowski_rockette(
        figure="auc", ratings=van_dyke.ratings, truth=van_dyke.truth, covariance_method="delong"
    )
    parts, test = found.components, found.test
    assert parts is not None
    assert [parts.var_error, parts.cov1, parts.cov2, parts.cov3] == pytest.approx(
        [0.0007921324531, 0.0003420089577, 0.000339526531, 0.0002358496532], rel=1e-9
    )
    assert (test.statistic, test.df2) == pytest.approx((4.484854322, 15.06610794), rel=1e-9)
    assert test.p == pytest.approx(0.05123303082, rel=1e-9)


def test_van_dyke_fixed_readers_and_fixed_cases(van_dyke: Crossed) -> None:
    """Iowa's truncated chi-square for fixed readers (published 5.47595)."""
    readers = obuchowski_rockette(
        figure="auc", ratings=van_dyke.ratings, truth=van_dyke.truth, readers="fixed"
    )
    assert readers.test.distribution == "chi2"
    assert readers.test.statistic == pytest.approx(5.475953242, rel=1e-9)
    assert readers.test.p == pytest.approx(0.01927984307, rel=1e-9)
    assert "these readers only" in readers.generalises_to
    cases = obuchowski_rockette(
        figure="auc", ratings=van_dyke.ratings, truth=van_dyke.truth, cases="fixed"
    )
    assert (cases.test.statistic, cases.test.df, cases.test.df2) == pytest.approx((8.704, 1, 4))
    assert cases.test.p == pytest.approx(0.04195875249, rel=1e-9)


@pytest.mark.parametrize("method", ["influence", "jackknife"])
def test_kappa_against_the_reference(mini: Crossed, method: str) -> None:
    """37 levels that all have; the F is the same as Cov2 - Cov3 is below 0 either way."""
    found = obuchowski_rockette(
        figure="kappa",
        ratings=mini.ratings,
        truth=mini.truth,
        cluster=mini.patient,
        n_categories=4,
        covariance_method=method,  # type: ignore[arg-type]
    )
    assert (found.n_items, found.n_missing, found.n_cases) == (37, 4, 14)
    expected = [
        [0.82982917, 0.87971391, 0.6560425, 0.86471664, 0.7668325],
        [0.86159601, 0.87895311, 0.84442887, 0.78348505, 0.84752747],
    ]
    assert found.theta == pytest.approx(np.array(expected), abs=5e-9)
    parts, test = found.components, found.test
    assert parts is not None
    assert parts.ms_arm == pytest.approx(0.004789785436, rel=1e-9)
    assert parts.ms_arm_reader == pytest.approx(0.005003726938, rel=1e-9)
    if method == "influence":
        assert parts.cov2 == pytest.approx(5.756583e-05, rel=1e-6)
        assert parts.cov3 == pytest.approx(1.757584719e-04, rel=1e-9)
    else:
        assert parts.var_error == pytest.approx(0.002827715600, rel=1e-9)
        assert parts.cov1 == pytest.approx(0.001261809515, rel=1e-9)
    assert test.statistic == pytest.approx(0.95724357, rel=1e-8)
    assert (test.df2, test.p) == pytest.approx((4, 0.3832799757), rel=1e-9)
    gap = found.difference(1, 0)
    assert (gap.value, gap.se) == pytest.approx((0.04377115688, 0.04473802382), rel=1e-9)


def test_power_from_van_dyke() -> None:
    """Hillis, Obuchowski, Berbaum 2011 from the components above, against RJafroc's numbers."""
    pilot = PilotComponents(
        0.0002004025236, 0.0008022882656, 0.0003466137094, 0.0003440748289, 0.0002390283709, 114
    )
    found = mrmc_power(pilot, effect=0.05, n_readers=6, n_cases=251)
    assert found.power == pytest.approx(0.8922819894, rel=1e-8)
    assert found.ncp == pytest.approx(11.61145293, rel=1e-8)
    assert found.df2 == pytest.approx(16.12703721, rel=1e-8)
    enough = mrmc_sample_size(pilot, effect=0.043, n_readers=6)
    assert enough is not None
    assert enough.n_cases == 266
    assert enough.power == pytest.approx(0.8001229321, rel=1e-8)


def test_components_of_a_pilot_feed_the_planning(van_dyke: Crossed) -> None:
    pilot = obuchowski_rockette(figure="auc", ratings=van_dyke.ratings, truth=van_dyke.truth)
    found = mrmc_power(PilotComponents.of(pilot), effect=0.05, n_readers=6, n_cases=251)
    assert found.power == pytest.approx(0.8922819894, rel=1e-8)
