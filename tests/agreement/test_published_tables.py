"""Tables printed in papers, with the digits that independent programs agree on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from annotations.agreement import (
    bland_altman,
    brennan_prediger,
    cohen_kappa,
    conger_kappa,
    fleiss_category_kappas,
    fleiss_kappa,
    fleiss_null_test,
    gwet_ac,
    icc,
    kappa_null_test,
    krippendorff_alpha,
    measurement_error,
    observed_agreement,
    wald_interval,
)
from tests.agreement import published

pytestmark = pytest.mark.filterwarnings("error")


@pytest.mark.parametrize(
    ("table", "weights", "value", "se"),
    [
        (published.COHEN, "unweighted", 0.491525423729, 0.0510018156),
        (published.COHEN, published.COHEN_WEIGHTS, 0.347826086957, 0.0755040153),
        (published.FLEISS_COHEN, "unweighted", 0.428571428571, 0.0537110049),
        (published.FLEISS_COHEN, published.FLEISS_COHEN_WEIGHTS, 0.507069964867, 0.0569938847),
        (published.LANDIS_KOCH, "unweighted", 0.207942464042, 0.0504553652409),
        (published.LANDIS_KOCH, "linear", 0.379730547987, 0.0516668262183),
        (published.LANDIS_KOCH, "quadratic", 0.524576464332, 0.0600550988318),
    ],
)
def test_kappa_of_two_readers_with_its_large_sample_error(
    table: list[list[int]], weights: Any, value: float, se: float
) -> None:
    a, b = published.two_readers(table)
    found = cohen_kappa(a, b, n_categories=len(table), weights=weights)
    assert found.value == pytest.approx(value, rel=1e-11)
    assert found.se == pytest.approx(se, rel=1e-9)


def test_weights_of_agreement_say_the_same_as_weights_of_disagreement() -> None:
    """Cohen 1968: w = 1 - v / 6."""
    a, b = published.two_readers(published.COHEN)
    agreement = 1 - np.array(published.COHEN_WEIGHTS) / 6
    found = cohen_kappa(a, b, n_categories=3, weights=agreement)
    other = cohen_kappa(a, b, n_categories=3, weights=published.COHEN_WEIGHTS)
    assert (found.value, found.se) == pytest.approx((other.value, other.se), rel=1e-12)


@pytest.mark.parametrize(
    ("table", "weights", "variance"),
    [
        (published.FLEISS_COHEN, "unweighted", 0.00308163265),
        (published.FLEISS_COHEN, published.FLEISS_COHEN_WEIGHTS, 0.00426877781),
        (published.LANDIS_KOCH, "unweighted", 0.0456075837495**2),
        (published.LANDIS_KOCH, "linear", 0.0530204607136**2),
        (published.LANDIS_KOCH, "quadratic", 0.0729061155852**2),
    ],
)
def test_kappa_against_chance(table: list[list[int]], weights: Any, variance: float) -> None:
    a, b = published.two_readers(table)
    test = kappa_null_test(a, b, n_categories=len(table), weights=weights)
    value = cohen_kappa(a, b, n_categories=len(table), weights=weights).value
    assert value is not None
    assert test.statistic == pytest.approx(value / np.sqrt(variance), rel=1e-9)


@pytest.mark.parametrize(
    ("weights", "low", "high"),
    [
        ("unweighted", 0.109051765341, 0.306833162739),
        ("linear", 0.278465429403, 0.480995666570),
        ("quadratic", 0.406870633534, 0.642282295130),
    ],
)
def test_plain_intervals_of_landis_and_koch(weights: str, low: float, high: float) -> None:
    a, b = published.two_readers(published.LANDIS_KOCH)
    found = cohen_kappa(a, b, n_categories=4, weights=weights)
    assert wald_interval(found) == pytest.approx((low, high), rel=1e-11)


def test_fleiss_kappa_of_six_raters() -> None:
    ratings = published.fleiss_ratings()
    found = fleiss_kappa(ratings, n_categories=5)
    assert found.value == pytest.approx(0.43024452006, rel=1e-10)
    assert found.se == pytest.approx(0.0532879641567, rel=1e-11)
    assert wald_interval(found) == pytest.approx((0.325802029504, 0.534687010617), rel=1e-10)
    named = fleiss_kappa(ratings, n_categories=5, cluster=np.arange(30))
    assert named.se == pytest.approx(0.0541989355153, rel=1e-11)
    assert wald_interval(named) == pytest.approx((0.32401655845, 0.536472481671), rel=1e-10)
    assert observed_agreement(ratings, n_categories=5).value == pytest.approx(5 / 9, rel=1e-12)
    assert fleiss_null_test(ratings, n_categories=5).statistic == pytest.approx(
        17.651830583, rel=1e-10
    )


def test_fleiss_kappa_of_each_category() -> None:
    found = fleiss_category_kappas(published.fleiss_ratings(), n_categories=5)
    values = [one.value for one in found]
    assert values == pytest.approx([0.245, 0.245, 0.520, 0.471, 0.566], abs=5e-4)


@pytest.mark.parametrize(
    ("weights", "gwet", "fleiss", "conger", "brennan"),
    [
        (
            "unweighted",
            (0.775444068127, 0.142949950641),
            (0.761169275422, 0.153019203469),
            (0.762817441303, 0.14916815248),
            (0.772727272727, 0.144716619899),
        ),
        (
            "linear",
            (0.858739136433, 0.117329021881),
            (0.817944767097, 0.148504355499),
            (0.813776319966, 0.145085402493),
            (0.848484848485, 0.123356124494),
        ),
        (
            "quadratic",
            (0.914000723552, 0.103962244645),
            (0.864935064935, 0.146033610757),
            (0.857710656223, 0.143670663829),
            (0.901515151515, 0.110894374974),
        ),
    ],
)
def test_four_raters_with_missing_ratings(
    weights: str,
    gwet: tuple[float, float],
    fleiss: tuple[float, float],
    conger: tuple[float, float],
    brennan: tuple[float, float],
) -> None:
    """Krippendorff's example C: the error is over all 12 units, singly rated ones too."""
    ratings, patients = published.krippendorff_ratings(), np.arange(12)
    for estimator, expected in (
        (gwet_ac, gwet),
        (fleiss_kappa, fleiss),
        (conger_kappa, conger),
        (brennan_prediger, brennan),
    ):
        found = estimator(ratings, n_categories=5, weights=weights, cluster=patients)
        assert (found.value, found.se) == pytest.approx(expected, rel=2e-11)
        plain = estimator(ratings, n_categories=5, weights=weights)
        assert plain.se == pytest.approx(expected[1] * np.sqrt(11 / 12), rel=2e-11)


def test_the_plain_interval_of_ac1_by_t() -> None:
    ratings = published.krippendorff_ratings()
    found = gwet_ac(ratings, n_categories=5, cluster=np.arange(12))
    plain = wald_interval(found, df=11)
    assert plain is not None
    assert plain[0] == pytest.approx(0.460813348132, rel=1e-10)
    assert plain[1] > 1  # so that this interval is not the one that is shown
    assert found.high is not None
    assert found.high < 1


@pytest.mark.parametrize(
    ("metric", "value"),
    [
        ("nominal", 0.743421052632),
        ("ordinal", 0.815387503755),
        ("interval", 0.849107142857),
        ("ratio", 0.797402774712),
    ],
)
def test_krippendorffs_alpha(metric: Any, value: float) -> None:
    found = krippendorff_alpha(
        published.krippendorff_ratings(), n_categories=5, metric=metric, scores=[1, 2, 3, 4, 5]
    )
    assert found.value == pytest.approx(value, rel=1e-11)
    assert found.n_items == 11


def test_percent_agreement_of_four_raters() -> None:
    found = observed_agreement(published.krippendorff_ratings(), n_categories=5)
    assert found.value == pytest.approx(0.818181818182, rel=1e-11)


@pytest.mark.parametrize(
    ("form", "value", "low", "high"),
    [
        ("1", 0.165741768405, -0.1329323248748, 0.722560062328),
        ("A,1", 0.289763779528, 0.0187865133747, 0.761084369649),
        ("C,1", 0.714840714841, 0.3424647650339, 0.945858259955),
        ("k", 0.442797133679, None, None),
        ("A,k", 0.620050547599, None, None),
        ("C,k", 0.909315542377, None, None),
    ],
)
def test_intraclass_correlations_of_shrout_and_fleiss(
    form: Any, value: float, low: float | None, high: float | None
) -> None:
    found = icc(published.SHROUT_FLEISS, form=form)
    assert found.value == pytest.approx(value, rel=1e-11)
    if low is not None:
        assert (found.low, found.high) == pytest.approx((low, high), rel=1e-10)


def test_limits_of_agreement_of_two_peak_flow_meters() -> None:
    """The paper prints bias -2.1, sd 38.8, and -22.0 to 17.8 for the bias."""
    found = bland_altman(published.LARGE_METER, published.MINI_METER)
    assert found.bias.value == pytest.approx(-2.1, abs=0.05)
    assert found.sd.value == pytest.approx(38.8, abs=0.05)
    assert found.bias.ci == pytest.approx((-22.0, 17.8), abs=0.05)
    assert found.lower.value == pytest.approx(-2.1176470588 - 1.959963985 * 38.76512987, abs=1e-6)


def test_measurement_error_from_the_mean_squares_of_shrout_and_fleiss() -> None:
    """They print mean squares within targets 6.26 and residual 1.02."""
    one_way = measurement_error(published.SHROUT_FLEISS, kind="1")
    consistent = measurement_error(published.SHROUT_FLEISS, kind="C")
    assert one_way.sem.value == pytest.approx(np.sqrt(6.26), abs=2e-3)
    assert consistent.sem.value == pytest.approx(np.sqrt(1.02), abs=2e-3)
    assert consistent.sem.value is not None
    assert consistent.smallest_detectable_change.value == pytest.approx(
        1.959963985 * np.sqrt(2) * consistent.sem.value, rel=1e-9
    )
