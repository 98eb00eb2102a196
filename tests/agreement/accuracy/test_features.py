"""Folds, experts and their models, several tests at once, feature tables."""

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
    cohen_kappa,
    expert_model_agreement,
    feature_table,
    summarise_folds,
    table_test,
)
from annotations.agreement.features import exact_p

pytestmark = pytest.mark.filterwarnings("error")


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
