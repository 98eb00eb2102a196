"""What must hold for areas of any scores."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from annotations.agreement import (
    RatingsError,
    auc,
    clustered_auc,
    delong,
    one_vs_rest_auc,
    roc_curve,
)
from annotations.agreement.placements import placements, scores_of

pytestmark = pytest.mark.filterwarnings("error")
ITEMS = st.lists(
    st.tuples(st.integers(-1, 4), st.integers(-1, 1), st.integers(0, 6)), min_size=1, max_size=30
)


def brute(scores: Any, truth: Any) -> float | None:
    positive = [s for s, t in zip(scores, truth, strict=True) if t == 1]
    negative = [s for s, t in zip(scores, truth, strict=True) if t == 0]
    if not positive or not negative:
        return None
    pairs = [1.0 if x > y else 0.5 if x == y else 0.0 for x in positive for y in negative]
    return sum(pairs) / len(pairs)


@given(ITEMS)
@settings(max_examples=80, deadline=None, print_blob=True)
def test_the_area_is_that_of_the_double_loop(items: list[tuple[int, int, int]]) -> None:
    scores, truth, patient = np.array(items).T
    known = [(s, t) for s, t, _ in items if s >= 0 and t >= 0]
    expected = brute(*zip(*known, strict=True)) if known else None
    for cluster in (None, patient):
        found = auc(scores, truth, cluster=cluster)
        if expected is None:
            assert found.value is None
            assert found.undefined
            continue
        assert found.value == pytest.approx(expected, abs=1e-12)
        assert (found.ci is None) == (found.undefined is not None)
        assert found.n_items + found.n_missing == len(items)
        assert found.influence is not None
        assert found.influence.sum() == pytest.approx(0, abs=1e-12)
        if found.ci is not None:
            assert 0 <= found.ci[0] <= expected + 1e-12
            assert expected - 1e-12 <= found.ci[1] <= 1


@given(ITEMS)
@settings(max_examples=100, deadline=None, print_blob=True)
def test_values_without_a_patient_are_those_of_the_rest(items: list[tuple[int, int, int]]) -> None:
    scores, truth, patient = np.array([one for one in items if one[1] >= 0] or [(0, 0, 0)]).T
    names, place = np.unique(patient, return_inverse=True)
    found = placements(scores.astype(float), truth, place, len(names))
    if found is None:
        return
    for number, left in enumerate(found.leave_one_out()):
        expected = brute(scores[place != number], truth[place != number])
        assert np.isnan(left) if expected is None else left == pytest.approx(expected, abs=1e-12)


@given(ITEMS)
@settings(max_examples=60, deadline=None, print_blob=True)
def test_reversed_scores_give_the_other_side(items: list[tuple[int, int, int]]) -> None:
    scores, truth, patient = np.array(items).T
    found = auc(scores, truth, cluster=patient)
    turned = auc(np.where(scores < 0, scores, 4 - scores), truth, cluster=patient)
    if found.value is None or turned.value is None:
        assert found.value == turned.value
        return
    assert turned.value == pytest.approx(1 - found.value, abs=1e-12)
    assert (turned.se is None) == (found.se is None)
    if found.se is not None:
        assert turned.se == pytest.approx(found.se, rel=1e-6, abs=1e-9)


def test_one_item_a_patient_is_delong_by_his_own_formula() -> None:
    rng = np.random.default_rng(20)
    scores = rng.integers(0, 6, (2, 50)).astype(float)
    truth = np.repeat([1, 0], [20, 30])
    v10, v01 = [], []
    for row in scores:
        kernel = (row[:20, None] > row[None, 20:]) + 0.5 * (row[:20, None] == row[None, 20:])
        v10.append(kernel.mean(axis=1))
        v01.append(kernel.mean(axis=0))
    expected = np.cov(v10) / 20 + np.cov(v01) / 30
    assert delong(scores, truth).covariance == pytest.approx(expected, rel=1e-12)
    clustered = delong(scores, truth, cluster=rng.permutation(50)).covariance
    assert clustered == pytest.approx(expected, rel=1e-12)


def test_influence_is_the_derivative_by_the_weight_of_a_patient() -> None:
    rng = np.random.default_rng(5)
    scores, truth = rng.integers(0, 5, 40), rng.integers(0, 2, 40)
    patient = np.repeat(np.arange(10), 4)

    def area(weight: np.ndarray) -> float:
        w = weight[patient]
        x, y = truth == 1, truth == 0
        kernel = (scores[x][:, None] > scores[y]) + 0.5 * (scores[x][:, None] == scores[y])
        return float(w[x] @ kernel @ w[y] / (w[x].sum() * w[y].sum()))

    step = 1e-6 * np.eye(10)
    slopes = [(area(1 + step[k]) - area(1 - step[k])) / 2e-6 for k in range(10)]
    assert auc(scores, truth, cluster=patient).influence == pytest.approx(slopes, abs=1e-9)


def test_area_is_mann_whitney() -> None:
    rng = np.random.default_rng(21)
    x, y = rng.normal(1, 1, 25), rng.normal(0, 1, 35)
    u = stats.mannwhitneyu(x, y).statistic
    found = auc(np.concatenate([x, y]), np.repeat([1, 0], [25, 35]))
    assert found.value == pytest.approx(u / (25 * 35), rel=1e-12)


def test_missing_grades_are_minus_one_and_missing_scores_nan() -> None:
    truth = [1, 1, 0, 0, 1]
    as_grades = auc([3, 2, 1, 2, -1], truth)
    as_scores = auc([3.0, 2.0, 1.0, 2.0, np.nan], truth)
    assert as_grades == as_scores
    assert (as_grades.n_items, as_grades.n_missing) == (4, 1)
    # A score of -1.0, or whole numbers that go below -1, are scores.
    assert auc([3.0, 2.0, 1.0, 2.0, -1.0], truth).n_missing == 0
    assert auc([3, 2, 1, 2, -4], truth).n_missing == 0
    assert scores_of([-1, 0])[1].tolist() == [True, False]


def test_paired_areas_rest_on_the_items_that_both_scored() -> None:
    found = delong([[1.0, 2.0, np.nan, 4.0], [4.0, 1.0, 2.0, 2.0]], [0, 1, 1, 1])
    assert [one.n_items for one in found.aucs] == [3, 3]
    assert found.aucs[0].n_missing == 1


def test_no_area_without_both_kinds_and_no_interval_without_two_patients() -> None:
    assert "no positive" in str(auc([1, 2], [0, 0]).undefined)
    assert "no negative" in str(auc([1, 2], [1, 1]).undefined)
    assert "no positive" in str(auc([1, 2], [-1, -1]).undefined)
    few = auc([1, 2, 3], [0, 1, 0])
    assert (few.value, few.se) == (0.5, None)
    assert "fewer than 2 patients" in str(few.undefined)
    perfect = auc([1, 2, 3, 4], [0, 0, 1, 1])
    assert (perfect.value, perfect.ci) == (1.0, None)
    assert "without fault" in str(perfect.undefined)


def test_equal_scores_have_no_test_but_a_reason() -> None:
    scores = [1, 3, 2, 4, 2, 5]
    same = delong([scores, scores], [0, 0, 0, 1, 1, 1])
    assert same.difference().value == 0
    assert "never differ" in str(same.test().undefined)
    assert same.joint_test().p is None


@pytest.mark.parametrize(
    ("scores", "truth", "words"),
    [
        ([1, 2], [0, 2], "1 positive, 0 negative"),
        ([1, 2, 3], [0, 1], "one entry for each"),
        ([1.0, np.inf], [0, 1], "finite"),
        (["a", "b"], [0, 1], "numbers"),
        ([[1, 2]], [0, 1], "one row"),
        ([1, 2], ["no", "yes"], "1 positive, 0 negative"),
    ],
)
def test_bad_input_is_refused_with_words(scores: Any, truth: Any, words: str) -> None:
    with pytest.raises(RatingsError, match=words):
        auc(scores, truth)


def test_clustered_area_wants_patients() -> None:
    with pytest.raises(RatingsError, match="patient of each item"):
        clustered_auc([1, 2], [0, 1], cluster=None)  # type: ignore[arg-type]
    with pytest.raises(RatingsError, match="cluster"):
        clustered_auc([1, 2], [0, 1], cluster=[1, 2, 3])


def test_points_of_the_curve() -> None:
    curve = roc_curve([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])
    assert curve.thresholds == (None, 0.8, 0.4, 0.35, 0.1)
    assert curve.true_positive_rate.tolist() == [0, 0.5, 0.5, 1, 1]
    assert curve.false_positive_rate.tolist() == [0, 0, 0.5, 0.5, 1]
    assert curve.area() == 0.75
    assert curve.best() == (0.8, 0.5)
    with pytest.raises(RatingsError, match="a positive and a negative"):
        roc_curve([1, 2], [1, 1])


def test_each_class_against_the_rest_and_their_mean() -> None:
    rng = np.random.default_rng(6)
    truth = rng.integers(0, 3, 60)
    scores = rng.dirichlet([1, 1, 1], 60)
    patient = np.repeat(np.arange(20), 3)
    each, mean = one_vs_rest_auc(scores, truth, cluster=patient)
    values = [brute(scores[:, k], (truth == k).astype(int)) for k in range(3)]
    assert [one.value for one in each] == pytest.approx(values)
    assert mean.value == pytest.approx(np.mean([v for v in values if v is not None]))
    assert mean.se is not None
    _, none = one_vs_rest_auc(scores, np.minimum(truth, 1), cluster=patient)
    assert none.value is None
    assert "a class" in str(none.undefined)
