"""Models on their own: calibration, conformal sets, folds, experts, feature tables."""

from __future__ import annotations

from itertools import product
from math import comb
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from annotations.agreement import (
    Estimate,
    RatingsError,
    adjust_p,
    auc,
    brier_score,
    calibration,
    cohen_kappa,
    expert_model_agreement,
    feature_table,
    multiclass_brier,
    ordinal_conformal,
    recalibration,
    set_quality,
    summarise_folds,
    table_test,
)
from annotations.agreement.conformal import contiguous_growth
from annotations.agreement.features import exact_p

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
    scores = np.sum(growth.after * (growth.order == truth[:, None]), axis=1)[known]
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


def test_folds_are_of_whole_patients() -> None:
    rng = np.random.default_rng(63)
    patient = np.repeat(np.arange(30), 2)
    fold, truth, scores = patient % 3, rng.integers(0, 2, 60), rng.normal(0, 1, 60)

    def measure(keep: Any) -> Estimate:
        return auc(scores[keep], truth[keep], cluster=patient[keep])

    found = summarise_folds(measure, fold, patient)
    each = [measure(fold == k).value for k in range(3)]
    assert found.by_fold == tuple(each)
    values = [one for one in each if one is not None]
    assert (found.mean, found.sd) == pytest.approx((np.mean(values), np.std(values, ddof=1)))
    assert found.pooled == auc(scores, truth, cluster=patient)
    with pytest.raises(RatingsError, match="two folds"):
        summarise_folds(measure, np.arange(60) % 3, patient)


def test_a_model_agrees_most_with_the_expert_who_taught_it() -> None:
    """Models that copy their expert's drift: own minus cross is above 0; seed 64."""
    rng = np.random.default_rng(64)
    patient = np.repeat(np.arange(80), 4)
    severity = rng.normal(0, 1, 320)
    drift = rng.normal(0, 0.5, (2, 80))[:, patient]
    experts = np.array([np.searchsorted([-1, 0, 1], severity + one) for one in drift])
    models = np.array(
        [np.searchsorted([-1, 0, 1], severity + one + rng.normal(0, 0.2, 320)) for one in drift]
    )
    models[0, :4] = -1
    found = expert_model_agreement(experts, models, n_categories=4, cluster=patient)
    keep = models[0] >= 0
    for e, m in product(range(2), range(2)):
        one = cohen_kappa(
            experts[e][keep],
            models[m][keep],
            n_categories=4,
            weights="quadratic",
            cluster=patient[keep],
        )
        assert found.kappas[e][m].value == one.value
        assert found.kappas[e][m].n_items == 316
    values = [one.value or 0 for row in found.kappas for one in row]
    gap = found.own_minus_cross
    assert gap.value == pytest.approx((values[0] + values[3]) / 2 - (values[1] + values[2]) / 2)
    assert gap.low is not None
    assert gap.low > 0
    assert found.covariance is not None
    assert gap.se is not None
    sign = np.array([0.5, -0.5, -0.5, 0.5])
    assert gap.se**2 == pytest.approx(sign @ found.covariance @ sign)
    assert found.equality.p is not None
    with pytest.raises(RatingsError, match="alike"):
        expert_model_agreement(experts, models[:, :5], n_categories=4, cluster=patient)


def test_adjusted_p_of_eight_tests() -> None:
    p = [0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205]
    assert adjust_p(p, method="holm") == pytest.approx([0.008, 0.056] + [0.234] * 6)
    assert adjust_p(p, method="bh") == pytest.approx(
        [0.008, 0.032, 0.0672, 0.0672, 0.0672, 0.08, 0.592 / 7, 0.205], abs=1e-9
    )
    hommel = [0.008, 0.056, 0.111, 0.111, 0.111, 0.12, 0.148, 0.205]
    assert adjust_p(p, method="hommel") == pytest.approx(hommel)
    assert adjust_p([]).tolist() == []
    for bad in ([np.nan], [1.2], [[0.1]]):
        with pytest.raises(RatingsError):
            adjust_p(bad)


@given(st.lists(st.integers(0, 20), min_size=1, max_size=6))
@settings(max_examples=100, deadline=None, print_blob=True)
def test_hommel_is_the_closed_test_of_simes(numbers: list[int]) -> None:
    p = np.array(numbers) / 20
    m = len(p)
    expected = np.zeros(m)
    for bits in range(1, 2**m):
        subset = [k for k in range(m) if bits >> k & 1]
        ordered = np.sort(p[subset])
        simes = float(np.min(len(subset) * ordered / np.arange(1, len(subset) + 1)))
        for k in subset:
            expected[k] = max(expected[k], simes)
    assert adjust_p(p, method="hommel") == pytest.approx(np.minimum(expected, 1), abs=1e-12)
    holm, bh = adjust_p(p, method="holm"), adjust_p(p, method="bh")
    assert np.all(expected <= holm + 1e-12)
    assert np.all(bh <= expected + 1e-12)


@given(st.lists(st.integers(0, 3), min_size=6, max_size=6))
@settings(max_examples=80, deadline=None, print_blob=True)
def test_exact_p_is_that_of_all_tables(numbers: list[int]) -> None:
    table = np.array(numbers).reshape(2, 3)
    kept = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    if min(kept.shape) < 2 or kept.shape[1] < 3:
        assert table_test(table).undefined is not None or kept.shape == (2, 2)
        return
    columns, top = kept.sum(axis=0), int(kept[0].sum())

    def chance(row: tuple[int, ...]) -> float:
        ways = np.prod([comb(int(c), x) for c, x in zip(columns, row, strict=True)])
        return float(ways) / comb(int(columns.sum()), top)

    rows = [r for r in product(*(range(int(c) + 1) for c in columns)) if sum(r) == top]
    observed = chance(tuple(int(x) for x in kept[0]))
    expected = sum(one for one in map(chance, rows) if one <= observed * (1 + 1e-7))
    assert exact_p(kept) == pytest.approx(min(expected, 1), rel=1e-9)


def test_a_feature_table_names_its_tests_and_adjusts_over_them() -> None:
    rng = np.random.default_rng(65)
    group = np.repeat([0, 1], [60, 40])
    features = {
        "common": rng.integers(0, 2, 100),
        "rare": (rng.random(100) < 0.03).astype(int),
        "absent": np.zeros(100, dtype=int),
        "graded": np.where(group == 1, rng.integers(1, 3, 100), rng.integers(0, 2, 100)),
    }
    sizes = dict.fromkeys(features, 3)
    rows = {row.name: row for row in feature_table(features, group, n_groups=2, n_categories=sizes)}
    common = rows["common"]
    chi2 = stats.chi2_contingency(common.counts[:, :2], correction=False)
    assert (common.test.statistic, common.test.p) == pytest.approx((chi2.statistic, chi2.pvalue))
    assert rows["rare"].test.method == "Fisher's exact test"
    assert rows["rare"].test.p == pytest.approx(stats.fisher_exact(rows["rare"].counts[:, :2])[1])
    assert rows["absent"].test.p is None
    assert rows["absent"].adjusted_p is None
    tested = [name for name in features if name != "absent"]
    p = [rows[name].test.p or 0 for name in tested]
    adjusted = [rows[name].adjusted_p or 0 for name in tested]
    assert adjusted == pytest.approx(adjust_p(p))
    with pytest.raises(RatingsError, match="feature common"):
        feature_table({"common": [0, 1]}, group, n_groups=2, n_categories={"common": 2})
    with pytest.raises(RatingsError, match="unknown method"):
        table_test([[1, 2], [3, 4]], method="g")  # type: ignore[arg-type]
    large = np.full((5, 5), 4) + np.eye(5, dtype=int)
    assert "too large" in str(table_test(large, method="fisher").undefined)
    assert "chi-square" in table_test(large).method
