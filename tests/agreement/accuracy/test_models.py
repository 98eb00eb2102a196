"""Models on their own: calibration, conformal sets, folds, experts, feature tables."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.agreement import (
    RatingsError,
    brier_score,
    calibration,
    multiclass_brier,
    ordinal_conformal,
    recalibration,
    set_quality,
)
from annotations.agreement.conformal import contiguous_growth

pytestmark = pytest.mark.filterwarnings("error")
P = [0.1, 0.3, 0.35, 0.4, 0.55, 0.6, 0.7, 0.8, 0.9, 0.95]
Y = [0, 0, 1, 0, 1, 0, 1, 1, 1, 1]


def test_ten_probabilities() -> None:
    assert brier_score(P, Y).value == pytest.approx(0.13875, rel=1e-12)
    bins = calibration(P, Y, n_bins=5)
    assert bins.ece == pytest.approx(0.115, rel=1e-12)
    assert "left_closed" in bins.binning
    # 0.6 and 0.8 lie on an edge, 0.4 too: the other rule is another number.
    other = calibration(P, Y, n_bins=5, binning="equal_width_right_closed")
    assert other.ece == pytest.approx(0.095, rel=1e-12)
    assert calibration(P, Y, n_bins=5, binning="equal_count").counts.tolist() == [2] * 5
    found = recalibration(P, Y)
    assert found.intercept.value == pytest.approx(0.19174131, abs=5e-9)
    assert found.slope.value == pytest.approx(1.77191546, abs=5e-9)
    assert found.in_the_large.value == pytest.approx(0.19996406, abs=5e-9)


def test_a_model_that_says_what_it_means_recalibrates_to_itself() -> None:
    """20,000 items of 4,000 patients with true probabilities; seed 61."""
    rng = np.random.default_rng(61)
    p = rng.uniform(0.02, 0.98, 20_000)
    y = (rng.random(20_000) < p).astype(int)
    found = recalibration(p, y, cluster=np.repeat(np.arange(4000), 5))
    for one, ideal in ((found.slope, 1), (found.intercept, 0), (found.in_the_large, 0)):
        assert one.se is not None
        assert one.value == pytest.approx(ideal, abs=3.5 * one.se)
        assert one.se < 0.03
    assert (calibration(p, y).ece or 0) < 0.02
    shift = recalibration(1 / (1 + np.exp(-(np.log(p / (1 - p)) * 2 + 1))), y)
    assert shift.slope.value == pytest.approx(0.5, abs=0.03)


def test_recalibration_has_reasons_and_limits() -> None:
    apart = recalibration([0.2, 0.3, 0.7, 0.8], [0, 0, 1, 1])
    assert apart.slope.value is None
    assert "no fit" in str(apart.slope.undefined)
    assert apart.in_the_large.value == pytest.approx(0.0, abs=1e-9)
    assert recalibration([0.2, 0.3], [0, 0]).in_the_large.value is None
    with pytest.raises(RatingsError, match="strictly between"):
        recalibration([0.0, 0.5], [0, 1])
    with pytest.raises(RatingsError, match=r"0\.\.1"):
        brier_score([1.2], [1])
    assert calibration([], []).ece is None
    assert brier_score([np.nan], [1]).value is None


def test_the_two_brier_scores_differ_by_two() -> None:
    both = np.column_stack([1 - np.array(P), P])
    assert multiclass_brier(both, Y).value == pytest.approx(2 * 0.13875)
    with pytest.raises(RatingsError, match="sum to 1"):
        multiclass_brier([[0.5, 0.6]], [0])


CALIBRATION = (
    ".6 .25 .1 .05|.1 .2 .5 .2|.05 .15 .35 .45|.3 .4 .2 .1|.7 .2 .07 .03|"
    ".02 .08 .3 .6|.25 .5 .2 .05|.1 .3 .35 .25|.5 .3 .15 .05"
)


def test_nine_calibration_items() -> None:
    table = [[float(one) for one in row.split()] for row in CALIBRATION.split("|")]
    truth = [0, 2, 2, 0, 0, 3, 1, 3, 1]
    growth = contiguous_growth(table)
    scores = np.sum(growth.after * (growth.order == np.array(truth)[:, None]), axis=1)
    assert scores == pytest.approx([0.6, 0.5, 0.8, 0.7, 0.7, 0.6, 0.5, 0.9, 0.8])
    found = ordinal_conformal(table, truth, alpha=0.2)
    assert found.thresholds == pytest.approx([0.8] * 4)
    sets = found.sets([[0.55, 0.3, 0.1, 0.05], [0.05, 0.45, 0.4, 0.1]])
    assert sets.tolist() == [[True, True, False, False], [False, True, True, False]]
    # A tie goes to the lower grade, at the start and between neighbours.
    assert contiguous_growth([[0.25, 0.25, 0.25, 0.25]]).order.tolist() == [[0, 1, 2, 3]]
    assert contiguous_growth([[0.2, 0.4, 0.2, 0.2]]).order.tolist() == [[1, 0, 2, 3]]


@given(st.integers(0, 10_000), st.integers(2, 5), st.booleans())
@settings(max_examples=80, deadline=None, print_blob=True)
def test_sets_are_contiguous_and_never_empty(seed: int, size: int, conditional: bool) -> None:
    rng = np.random.default_rng(seed)
    table = rng.dirichlet(np.full(size, 0.3), 40)
    truth = rng.integers(-1, size, 40)
    found = ordinal_conformal(table, truth, alpha=0.2, class_conditional=conditional)
    sets = found.sets(rng.dirichlet(np.full(size, 0.3), 30))
    for row in sets:
        held = np.flatnonzero(row)
        assert len(held) == held[-1] - held[0] + 1
    # Every calibration item that the rule counts as covered is covered.
    known = truth >= 0
    own = found.sets(table)[np.flatnonzero(known), truth[known]]
    growth = contiguous_growth(table)
    mass = growth.before if conditional else growth.after
    scores = np.sum(mass * (growth.order == truth[:, None]), axis=1)[known]
    assert np.all(own[scores <= found.thresholds[truth[known]]])


def test_sets_hold_the_truth_as_often_as_promised() -> None:
    """400 calibrations on 60 items, one new item each; seed 62. Within each grade too."""
    rng = np.random.default_rng(62)

    def draw(n: int) -> tuple[np.ndarray, np.ndarray]:
        severity = rng.normal(0, 1.3, n)
        truth = np.searchsorted([-1, 0, 1], severity + rng.normal(0, 0.7, n))
        centres = np.array([-1.5, -0.5, 0.5, 1.5])
        logits = -((severity[:, None] - centres) ** 2)
        table = np.exp(logits)
        return table / table.sum(axis=1, keepdims=True), truth

    covered = {False: [], True: []}  # type: dict[bool, list[bool]]
    rare = []
    for _ in range(400):
        table, truth = draw(60)
        new, grade = draw(1)
        for conditional in (False, True):
            found = ordinal_conformal(table, truth, alpha=0.1, class_conditional=conditional)
            covered[conditional].append(bool(found.sets(new)[0, grade[0]]))
        rare.append(grade[0] == 3)
    for conditional in (False, True):
        assert np.mean(covered[conditional]) >= 0.9 - 2.5 * np.sqrt(0.09 / 400)
    within = np.array(covered[True])[np.array(rare)]
    assert within.mean() >= 0.9 - 2.5 * np.sqrt(0.09 / len(within))


def test_sets_of_a_model_that_is_sure_and_mostly_right_are_small() -> None:
    """500 items, each grade right in 19 of 20, the rest one grade too low; seed 63."""
    rng = np.random.default_rng(63)
    truth = np.tile(np.arange(4), 125)
    named = np.where(rng.random(500) < 0.05, np.maximum(truth - 1, 0), truth)
    table = np.full((500, 4), 1e-5)
    table[np.arange(500), named] = 1 - 3e-5
    found = ordinal_conformal(table, truth, alpha=0.1, class_conditional=True)
    assert found.thresholds == pytest.approx([0, 0, 0, 0], abs=1e-3)
    assert np.all(found.sets(table).sum(axis=1) == 1)


def test_too_few_items_of_a_grade_make_its_sets_whole() -> None:
    found = ordinal_conformal([[0.9, 0.1], [0.2, 0.8]], [0, 1], alpha=0.1, class_conditional=True)
    assert np.isinf(found.thresholds).all()
    assert found.sets([[0.99, 0.01]]).all()
    with pytest.raises(RatingsError, match="alpha"):
        ordinal_conformal([[0.5, 0.5]], [0], alpha=0)
    with pytest.raises(RatingsError, match="another number of grades"):
        found.sets([[0.2, 0.3, 0.5]])


def test_coverage_and_size_belong_to_patients() -> None:
    sets = np.array([[1, 1, 0], [0, 1, 0], [0, 1, 1], [1, 0, 0]], dtype=bool)
    found = set_quality(sets, [0, 1, 0, -1], cluster=[1, 1, 2, 2])
    assert found.coverage.value == pytest.approx(2 / 3)
    assert found.by_grade[0].value == pytest.approx(1 / 2)
    assert found.by_grade[2].value is None
    assert found.size.value == pytest.approx(5 / 3)
    assert found.coverage.n_clusters == 2
