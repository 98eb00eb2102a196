"""Coefficients of several raters: what must hold for any ratings."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from annotations.agreement import (
    Estimate,
    brennan_prediger,
    cohen_kappa,
    conger_kappa,
    disagreement_weights,
    fleiss_kappa,
    gwet_ac,
    krippendorff_alpha,
    observed_agreement,
    pabak,
    percent_agreement,
)
from tests.agreement import brute_force

pytestmark = pytest.mark.filterwarnings("error")
Codes = NDArray[np.int64]
RATINGS = st.integers(2, 4).flatmap(
    lambda raters: st.lists(
        st.lists(st.integers(-1, 3), min_size=raters, max_size=raters), min_size=1, max_size=12
    ).map(np.array)
)
COMPLETE = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=30)
COEFFICIENTS = (fleiss_kappa, conger_kappa, gwet_ac, brennan_prediger)
every_coefficient = pytest.mark.parametrize("coefficient", COEFFICIENTS)
QUICK = settings(max_examples=60, deadline=None, print_blob=True)


@pytest.mark.parametrize(
    ("ours", "twin"), [(fleiss_kappa, brute_force.fleiss), (conger_kappa, brute_force.conger)]
)
@pytest.mark.parametrize("weights", ["unweighted", "linear", "quadratic"])
@given(ratings=RATINGS)
@QUICK
def test_chance_is_that_of_the_loop_over_all_pairs(
    ratings: Codes,
    ours: Callable[..., Estimate],
    twin: Callable[[Codes, NDArray[np.float64]], float | None],
    weights: str,
) -> None:
    found = ours(ratings, n_categories=4, weights=weights)
    expected = twin(ratings, disagreement_weights(4, weights))
    assert found.value == pytest.approx(expected, abs=1e-12)


@given(ratings=RATINGS)
@QUICK
def test_alpha_is_that_of_the_loop_over_all_pairs(ratings: Codes) -> None:
    scores = [1.0, 2.0, 4.0, 9.0]
    found = krippendorff_alpha(ratings, n_categories=4, metric="interval", scores=scores)
    expected = brute_force.krippendorff(ratings, scores)
    assert found.value == pytest.approx(expected, abs=1e-12)


@given(ratings=RATINGS)
@QUICK
def test_ordinal_alpha_counts_the_ratings_between_two_grades(ratings: Codes) -> None:
    """The ordinal metric is the interval one on mid-ranks."""
    is_pairable = (ratings >= 0).sum(axis=1) > 1
    codes = ratings[is_pairable]
    used = np.bincount(codes[codes >= 0], minlength=4)
    ranks = list(np.cumsum(used) - used / 2)
    expected = brute_force.krippendorff(ratings, ranks)
    found = krippendorff_alpha(ratings, n_categories=4, metric="ordinal")
    assert found.value == pytest.approx(expected, abs=1e-12)


@every_coefficient
@given(ratings=RATINGS, random=st.randoms(use_true_random=False))
@QUICK
def test_neither_the_order_of_items_nor_of_raters_matters(
    ratings: Codes, random: Random, coefficient: Callable[..., Estimate]
) -> None:
    items = random.sample(range(len(ratings)), len(ratings))
    raters = random.sample(range(ratings.shape[1]), ratings.shape[1])
    one = coefficient(ratings, n_categories=4, weights="linear")
    other = coefficient(ratings[items][:, raters], n_categories=4, weights="linear")
    assert other.value == pytest.approx(one.value, abs=1e-12)
    assert other.se == pytest.approx(one.se, abs=1e-12)


@every_coefficient
@given(ratings=RATINGS, names=st.permutations(range(4)))
@QUICK
def test_unweighted_categories_may_change_their_names(
    ratings: Codes, names: list[int], coefficient: Callable[..., Estimate]
) -> None:
    renamed = np.array([*names, -1])[ratings]
    one = coefficient(ratings, n_categories=4)
    other = coefficient(renamed, n_categories=4)
    assert other.value == pytest.approx(one.value, abs=1e-12)


@every_coefficient
@given(ratings=RATINGS)
@QUICK
def test_twice_the_items_of_each_patient_change_nothing(
    ratings: Codes, coefficient: Callable[..., Estimate]
) -> None:
    patients = np.arange(len(ratings)) // 2
    one = coefficient(ratings, n_categories=4, cluster=patients)
    other = coefficient(np.vstack([ratings, ratings]), n_categories=4, cluster=np.tile(patients, 2))
    assert other.value == pytest.approx(one.value, abs=1e-12)
    assert other.se == pytest.approx(one.se, abs=1e-12)


@every_coefficient
@given(ratings=RATINGS)
@QUICK
def test_nothing_undefined_lacks_a_reason(
    ratings: Codes, coefficient: Callable[..., Estimate]
) -> None:
    found = coefficient(ratings, n_categories=4, weights="quadratic")
    assert (found.ci is None) == (found.undefined is not None)
    if found.ci is not None:
        assert found.value is not None
        assert found.ci[0] < found.value < found.ci[1] <= 1


@given(items=COMPLETE)
@QUICK
def test_two_raters_without_gaps_have_cohens_and_scotts_coefficients(
    items: list[tuple[int, int]],
) -> None:
    ratings = np.array(items)
    a, b = ratings.T
    cohen = cohen_kappa(a, b, n_categories=4, weights="linear")
    conger = conger_kappa(ratings, n_categories=4, weights="linear")
    assert conger.value == pytest.approx(cohen.value, abs=1e-12)
    assert conger.se == pytest.approx(cohen.se, abs=1e-9)
    shared = np.bincount(ratings.ravel(), minlength=4) / ratings.size
    chance = 1 - np.sum(shared**2)
    scott = None if chance == 0 else 1 - np.mean(a != b) / chance
    assert fleiss_kappa(ratings, n_categories=4).value == pytest.approx(scott, abs=1e-12)


@given(items=COMPLETE)
@QUICK
def test_pabak_and_percent_agreement_of_two_raters(items: list[tuple[int, int]]) -> None:
    a, b = np.array(items).T
    same = float(np.mean(a == b))
    assert pabak(a, b, n_categories=4).value == pytest.approx((4 * same - 1) / 3, abs=1e-12)
    one = percent_agreement(a, b, n_categories=4)
    other = observed_agreement(np.array(items), n_categories=4)
    assert one.value == pytest.approx(other.value)
    assert one.se == pytest.approx(other.se)


def test_gwets_coefficient_holds_where_one_category_is_rare_and_kappa_does_not() -> None:
    a, b = np.zeros(100, dtype=int), np.zeros(100, dtype=int)
    a[:3], b[3:6] = 1, 1
    kappa, ac = cohen_kappa(a, b, n_categories=2), gwet_ac(np.stack([a, b], 1), n_categories=2)
    assert kappa.value is not None
    assert ac.value is not None
    assert kappa.value < 0
    assert ac.value > 0.9


def test_one_category_has_no_kappa_but_an_ac1_of_1_with_an_exact_bound() -> None:
    ratings = np.zeros((30, 3), dtype=int)
    for coefficient in (fleiss_kappa, conger_kappa, krippendorff_alpha):
        found = coefficient(ratings, n_categories=4)
        assert found.value is None
        assert "one and the same category" in str(found.undefined)
    found = gwet_ac(ratings, n_categories=4)
    assert (found.value, found.se) == (1.0, None)
    assert "complete agreement" in str(found.undefined)
    assert found.disagreement_bound == pytest.approx(1 - 0.05 ** (1 / 30), rel=1e-12)


def test_gwets_ordinal_weights_are_not_krippendorffs_ordinal_metric() -> None:
    from tests.agreement.published import krippendorff_ratings

    ratings = krippendorff_ratings()
    grid = np.arange(5)
    between = np.abs(grid[:, None] - grid) + 1
    own = between * (between - 1) / 2 / 10
    assert fleiss_kappa(ratings, n_categories=5, weights=own).value is not None
    ordinal = krippendorff_alpha(ratings, n_categories=5, metric="ordinal").value
    assert ordinal == pytest.approx(0.815387503755, rel=1e-11)
    assert abs(float(ordinal or 0) - float(_alpha_of(ratings, own))) > 0.01


def _alpha_of(ratings: Codes, v: NDArray[np.float64]) -> float:
    """Alpha with fixed weights: .833638 with Gwet's ordinal ones on this example."""
    units = [row[row >= 0] for row in ratings if (row >= 0).sum() > 1]
    every = np.concatenate(units)
    within = sum(v[np.ix_(row, row)].sum() / (len(row) - 1) for row in units)
    value = 1 - within * (len(every) - 1) / v[np.ix_(every, every)].sum()
    assert value == pytest.approx(0.833638, abs=5e-7)
    return float(value)
