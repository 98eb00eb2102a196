"""The 2x2 table and its measures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.agreement import (
    RatingsError,
    clopper_pearson_interval,
    mean_value,
    multiclass_table,
    share,
    two_by_two,
    wilson_interval,
)

pytestmark = pytest.mark.filterwarnings("error")
ITEMS = st.lists(
    st.tuples(st.integers(-1, 1), st.integers(-1, 1), st.integers(0, 6)), min_size=1, max_size=40
)


@pytest.mark.parametrize(
    ("hits", "n", "wilson", "exact"),
    [
        (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
        (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
        (0, 20, (0.0, 0.1611), (0.0, 0.1684)),
        (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
    ],
)
def test_published_intervals(
    hits: int, n: int, wilson: tuple[float, float], exact: tuple[float, float]
) -> None:
    """Newcombe RG 1998, Stat Med 17:857, table I, methods 3 and 5."""
    assert wilson_interval(hits, n) == pytest.approx(wilson, abs=5e-5)
    assert clopper_pearson_interval(hits, n) == pytest.approx(exact, abs=5e-5)


@given(ITEMS)
@settings(max_examples=80, deadline=None, print_blob=True)
def test_measures_are_those_of_the_counts(items: list[tuple[int, int, int]]) -> None:
    calls, truth, patient = np.array(items).T
    known = (calls >= 0) & (truth >= 0)
    tp, fp, fn, tn = (
        int(np.sum(known & (calls == c) & (truth == t)))
        for c, t in ((1, 1), (1, 0), (0, 1), (0, 0))
    )
    table = two_by_two(calls, truth, cluster=patient)
    counts = (
        table.true_positive,
        table.false_positive,
        table.false_negative,
        table.true_negative,
    )
    assert counts == (tp, fp, fn, tn)

    def over(top: float, bottom: float) -> float | None:
        return top / bottom if bottom else None

    sens, spec = over(tp, tp + fn), over(tn, tn + fp)
    both = sens is not None and spec is not None
    expected = {
        "sensitivity": sens,
        "specificity": spec,
        "ppv": over(tp, tp + fp),
        "npv": over(tn, tn + fn),
        "accuracy": over(tp + tn, tp + fp + fn + tn),
        "balanced_accuracy": (sens + spec) / 2 if both else None,  # type: ignore[operator]
        "youden": sens + spec - 1 if both else None,  # type: ignore[operator]
        "f1": over(2 * tp, 2 * tp + fp + fn),
        "lr_positive": over(sens, 1 - spec) if both else None,  # type: ignore[arg-type,operator]
        "lr_negative": over(1 - sens, spec) if both else None,  # type: ignore[arg-type,operator]
    }
    for name, found in table.measures().items():
        want = expected[name]
        if want is None:
            assert found.value is None
            assert found.undefined
            continue
        assert found.value == pytest.approx(want, abs=1e-12)
        assert (found.ci is None) == (found.undefined is not None)
        if found.ci is not None:
            assert found.ci[0] <= want + 1e-12
            assert found.ci[1] >= want - 1e-12


def test_levels_of_one_patient_widen_the_interval() -> None:
    """Five like levels a patient are worth one; the clustered interval knows."""
    rng = np.random.default_rng(31)
    right = rng.random(40) < 0.8
    calls = np.repeat(right, 5).astype(int)
    truth = np.ones(200, dtype=int)
    patient = np.repeat(np.arange(40), 5)
    clustered = two_by_two(calls, truth, cluster=patient).sensitivity()
    single = two_by_two(right.astype(int), np.ones(40, dtype=int)).sensitivity()
    blind = two_by_two(calls, truth).sensitivity()
    assert clustered.se is not None
    assert single.se is not None
    assert blind.se is not None
    assert clustered.se == pytest.approx(single.se * np.sqrt(40 / 39), rel=1e-12)
    assert clustered.se / blind.se == pytest.approx(np.sqrt(5 * 40 / 39), rel=1e-12)


def test_the_ratio_estimator_is_that_of_rao_and_scott() -> None:
    """Rao, Scott 1992: K / (K - 1) sum (hits - share x size)^2 / n^2."""
    rng = np.random.default_rng(32)
    patient = rng.integers(0, 25, 120)
    calls, truth = rng.integers(0, 2, 120), rng.integers(0, 2, 120)
    found = two_by_two(calls, truth, cluster=patient).sensitivity()
    positive = truth == 1
    n = positive.sum()
    p = calls[positive].mean()
    parts = [
        calls[positive & (patient == k)].sum() - p * (positive & (patient == k)).sum()
        for k in np.unique(patient[positive])
    ]
    k = len(parts)
    assert found.se == pytest.approx(np.sqrt(k / (k - 1) * np.sum(np.square(parts))) / n, rel=1e-12)
    assert found.n_clusters == k


def test_the_interval_for_one_item_a_patient_may_be_chosen() -> None:
    calls, truth = [1, 1, 1, 0], [1, 1, 1, 1]
    table = two_by_two(calls, truth, cluster=[1, 2, 3, 4])
    assert table.sensitivity().ci == wilson_interval(3, 4)
    assert table.sensitivity(interval="clopper").ci == clopper_pearson_interval(3, 4)
    assert "Wilson" in table.sensitivity().method
    everything = two_by_two([1, 1, 1], [1, 1, 1]).sensitivity()
    assert everything.ci == wilson_interval(3, 3)
    assert everything.undefined is None
    several = two_by_two(calls, truth, cluster=[1, 1, 2, 3])
    assert "clustered" in several.sensitivity().method
    with pytest.raises(RatingsError, match="one item a patient"):
        several.sensitivity(interval="wilson")


def test_the_positive_likelihood_ratio_by_hand() -> None:
    """Simel 1991: variance of its logarithm (1 - sens) / TP + spec / FP, one item a patient."""
    calls = np.repeat([1, 0, 1, 0], [80, 20, 10, 90])
    truth = np.repeat([1, 1, 0, 0], [80, 20, 10, 90])
    found = two_by_two(calls, truth).lr_positive()
    se = np.sqrt(0.2 / 80 + 0.9 / 10)
    assert found.value == pytest.approx(8.0)
    assert found.se == pytest.approx(8 * se, rel=1e-9)
    assert found.ci is not None
    assert found.ci[0] > 0
    assert np.sqrt(found.ci[0] * found.ci[1]) == pytest.approx(8.0)


def test_several_classes() -> None:
    calls, truth = [0, 1, 2, 2, 1, 0, -1], [0, 1, 2, 1, 1, 2, 2]
    table = multiclass_table(calls, truth, n_categories=3, cluster=[1, 1, 2, 2, 3, 3, 3])
    assert table.counts.tolist() == [[1, 0, 1], [0, 2, 0], [0, 1, 1]]
    assert table.accuracy().value == pytest.approx(4 / 6)
    assert table.macro("sensitivity").value == pytest.approx((1 + 2 / 3 + 1 / 2) / 3)
    assert table.macro("ppv").value == pytest.approx((1 / 2 + 1 + 1 / 2) / 3)
    assert table.macro("f1").value == pytest.approx((2 / 3 + 4 / 5 + 1 / 2) / 3)
    specs = [table.one_vs_rest[k].specificity().value for k in range(3)]
    assert table.macro("specificity").value == pytest.approx(np.mean([s for s in specs if s]))
    absent = multiclass_table([0, 1], [0, 1], n_categories=3).macro("sensitivity")
    assert absent.value is None
    assert "a class on which" in str(absent.undefined)


@pytest.mark.parametrize(
    ("calls", "truth", "words"),
    [([0, 2], [0, 1], "codes must lie"), ([0.5, 1], [0, 1], "whole"), ([0], [0, 1], "each")],
)
def test_bad_input_is_refused_with_words(calls: Any, truth: Any, words: str) -> None:
    with pytest.raises(RatingsError, match=words):
        two_by_two(calls, truth)


def test_shares_and_means_say_why_they_are_not_there() -> None:
    assert "no item" in str(share([True], [False]).undefined)
    assert "no item" in str(mean_value([np.nan]).undefined)
    assert mean_value([2.0, 2.0]).undefined == "patients do not differ: no interval"
    assert two_by_two([], []).accuracy().value is None
    assert two_by_two([1, 1], [0, 0]).sensitivity().undefined == "no positive item"
    zero = two_by_two([0, 0, 1, 0], [1, 1, 0, 0]).lr_positive()
    assert (zero.value, zero.ci) == (0.0, None)
    with pytest.raises(RatingsError, match="finite"):
        mean_value([np.inf])
