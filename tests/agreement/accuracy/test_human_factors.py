"""Time, switches, reliance, order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.agreement import (
    RatingsError,
    mean_change,
    order_effect,
    reliance,
    switches,
    time_ratio,
)

pytestmark = pytest.mark.filterwarnings("error")


def test_a_time_ratio_is_a_geometric_mean_and_idle_pairs_are_counted() -> None:
    found = time_ratio(
        [100, 100, 50, 4000, np.nan], [50, 200, 25, 100, 60], cluster=[1, 2, 3, 4, 5], idle_s=900
    )
    ratio = found.ratio
    assert ratio.value == pytest.approx((0.5 * 2 * 0.5) ** (1 / 3))
    assert (found.n_idle, ratio.n_items, ratio.n_missing) == (1, 3, 2)
    logs = np.log([0.5, 2, 0.5])
    assert ratio.se == pytest.approx(ratio.value * logs.std(ddof=1) / np.sqrt(3), rel=1e-9)
    assert ratio.ci is not None
    assert np.sqrt(ratio.ci[0] * ratio.ci[1]) == pytest.approx(ratio.value)
    back = time_ratio([50, 200, 25], [100, 100, 50], cluster=[1, 2, 3]).ratio
    assert back.value == pytest.approx(1 / (0.5 * 2 * 0.5) ** (1 / 3))
    assert time_ratio([np.nan], [3.0], cluster=[1]).ratio.undefined == "no reading with both times"
    with pytest.raises(RatingsError, match="above 0 s"):
        time_ratio([0.0], [1.0], cluster=[1])
    with pytest.raises(RatingsError, match="cut-off"):
        time_ratio([1.0], [1.0], cluster=[1], idle_s=0)


def test_confidence_may_be_compared_among_the_right_answers() -> None:
    before, after = [3.0, 4.0, 2.0, 5.0], [4.0, 4.0, 5.0, np.nan]
    right = [True, True, False, True]
    found = mean_change(before, after, cluster=[1, 2, 3, 4], where=right)
    assert (found.value, found.n_items, found.n_missing) == (0.5, 2, 2)
    with pytest.raises(RatingsError, match="each of the same"):
        mean_change([1.0], [1.0, 2.0], cluster=[1])


def test_switches_and_reliance_by_hand() -> None:
    reference = np.array([1, 1, 1, 1, 0, 0, 0, 0])
    ai = np.array([1, 1, 0, 0, 0, 0, 1, 1])
    before = np.array([0, 1, 1, 1, 0, 1, 0, 0])
    after = np.array([1, 1, 0, 1, 0, 1, 1, 0])
    patient = np.array([1, 1, 2, 2, 3, 3, 4, 4])
    changed = switches(before, after, reference, cluster=patient, n_categories=2)
    assert changed.table.tolist() == [[1, 1], [2, 4]]
    assert changed.right_to_wrong.value == pytest.approx(2 / 6)
    assert changed.wrong_to_right.value == pytest.approx(1 / 2)
    assert changed.net.value == pytest.approx(-1 / 8)
    trust = reliance(before, after, ai, reference, cluster=patient, n_categories=2)
    assert trust.over_reliance.value == pytest.approx(2 / 4)
    assert trust.misled.value == pytest.approx(2 / 4)
    assert trust.under_reliance.value == pytest.approx(1 / 4)
    assert trust.unheeded.value == pytest.approx(1 / 2)
    assert "clustered" in trust.over_reliance.method
    assert "Wilson" in trust.unheeded.method


ANSWER = st.integers(-1, 2)


@given(
    st.lists(st.tuples(ANSWER, ANSWER, ANSWER, ANSWER, st.integers(0, 4)), min_size=1, max_size=30)
)
@settings(max_examples=80, deadline=None, print_blob=True)
def test_any_answers_give_shares_or_reasons(items: list[tuple[int, ...]]) -> None:
    before, after, ai, reference, patient = np.array(items).T
    changed = switches(before, after, reference, cluster=patient, n_categories=3)
    trust = reliance(before, after, ai, reference, cluster=patient, n_categories=3)
    known = (before >= 0) & (after >= 0) & (reference >= 0)
    assert changed.table.sum() == known.sum()
    everything = [
        changed.right_to_wrong,
        changed.wrong_to_right,
        trust.over_reliance,
        trust.misled,
        trust.under_reliance,
        trust.unheeded,
    ]
    for found in everything:
        assert (found.value is None) <= (found.undefined is not None)
        if found.value is not None:
            assert 0 <= found.value <= 1
    hits = [
        (one.value or 0) * one.n_items for one in (changed.wrong_to_right, changed.right_to_wrong)
    ]
    if changed.net.value is not None:
        assert changed.net.value * known.sum() == pytest.approx(hits[0] - hits[1])


def test_readings_that_grow_faster_show_it_within_readers() -> None:
    """Slope -0.01 in log seconds an exam; readers differ in level, and in which exams they had."""
    rng = np.random.default_rng(51)
    reader = np.repeat(np.arange(6), 40)
    position = np.tile(np.arange(40.0), 6)
    patient = np.concatenate([rng.permutation(40) for _ in range(6)])
    outcome = reader * 0.5 - 0.01 * position + rng.normal(0, 0.1, 240)
    found = order_effect(outcome, position, reader=reader, cluster=patient)
    assert found.ci is not None
    assert found.ci[0] < -0.01 < found.ci[1] < 0
    design = np.column_stack([position, reader[:, None] == np.arange(6)])
    assert found.value == pytest.approx(np.linalg.lstsq(design, outcome, rcond=None)[0][0])
    flat = order_effect([1.0, 2.0], [3, 3], reader=[1, 1], cluster=[1, 2])
    assert flat.undefined == "no reader has two places in the order"
    none = order_effect([np.nan], [1], reader=[1], cluster=[1])
    assert none.value is None
