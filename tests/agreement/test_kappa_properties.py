"""What must hold for any data."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from annotations.agreement import cohen_kappa, confusion, kappa_matrix, percent_agreement

ITEMS = st.lists(
    st.tuples(st.integers(-1, 3), st.integers(-1, 3), st.integers(0, 5)), min_size=2, max_size=40
)


def columns(items: list[tuple[int, int, int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    a, b, cluster = np.array(items).T
    return a, b, cluster


def brute_force(a: np.ndarray, b: np.ndarray) -> float | None:
    """Kappa by the double loop over all items and all pairs of items."""
    both = [(x, y) for x, y in zip(a, b, strict=True) if x >= 0 and y >= 0]
    if not both:
        return None
    observed = sum((x - y) ** 2 for x, y in both) / len(both)
    expected = sum((x - y) ** 2 for x, _ in both for _, y in both) / len(both) ** 2
    return None if expected == 0 else float(1 - observed / expected)


@given(ITEMS)
@settings(max_examples=200, deadline=None, print_blob=True)
def test_kappa_is_that_of_the_double_loop(items: list[tuple[int, int, int]]) -> None:
    a, b, cluster = columns(items)
    found = cohen_kappa(a, b, cluster=cluster, n_categories=4).value
    assert found == pytest.approx(brute_force(a, b), abs=1e-12)


@given(ITEMS)
@settings(max_examples=100, deadline=None, print_blob=True)
def test_readers_may_change_places_and_scales_be_reversed(
    items: list[tuple[int, int, int]],
) -> None:
    a, b, cluster = columns(items)
    found = cohen_kappa(a, b, cluster=cluster, n_categories=4)
    swapped = cohen_kappa(b, a, cluster=cluster, n_categories=4)
    flipped = cohen_kappa(
        np.where(a < 0, a, 3 - a), np.where(b < 0, b, 3 - b), cluster=cluster, n_categories=4
    )
    for other in (swapped, flipped):
        assert other.value == pytest.approx(found.value, abs=1e-12)
        assert other.se == pytest.approx(found.se, abs=1e-12)


@given(ITEMS)
@settings(max_examples=100, deadline=None, print_blob=True)
def test_the_interval_holds_the_value_and_stays_inside(items: list[tuple[int, int, int]]) -> None:
    a, b, cluster = columns(items)
    found = cohen_kappa(a, b, cluster=cluster, n_categories=4)
    assume(found.ci is not None)
    assert found.ci is not None
    assert found.value is not None
    assert -1 <= found.ci[0] <= found.value <= found.ci[1] <= 1


@given(ITEMS)
@settings(max_examples=100, deadline=None, print_blob=True)
def test_no_result_is_not_a_number_and_nothing_undefined_lacks_a_reason(
    items: list[tuple[int, int, int]],
) -> None:
    a, b, cluster = columns(items)
    for found in (
        cohen_kappa(a, b, cluster=cluster, n_categories=4),
        percent_agreement(a, b, cluster=cluster, n_categories=4),
    ):
        numbers = [x for x in (found.value, found.se, *(found.ci or ())) if x is not None]
        assert np.isfinite(numbers).all()
        assert (found.ci is None) == (found.undefined is not None)
        assert found.n_items + found.n_missing == len(items)


def test_influences_of_all_patients_sum_to_nothing() -> None:
    rng = np.random.default_rng(20261121)
    a, b, cluster = rng.integers(0, 4, 60), rng.integers(0, 4, 60), np.repeat(np.arange(12), 5)
    found = cohen_kappa(a, b, cluster=cluster, n_categories=4)
    assert found.influence is not None
    assert found.influence.sum() == pytest.approx(0, abs=1e-14)


def test_the_matrix_holds_every_pair_with_its_own_deletion() -> None:
    rng = np.random.default_rng(5)
    codes = rng.integers(-1, 4, (4, 50))
    cluster = np.repeat(np.arange(10), 5)
    pairs = list(kappa_matrix(codes, cluster=cluster, n_categories=4))
    assert [(p.first, p.second) for p in pairs] == [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]
    for pair in pairs:
        both = confusion(codes[pair.first], codes[pair.second], 4).sum()
        assert pair.estimate.n_items == both


@pytest.mark.parametrize(
    ("a", "b", "reason"),
    [
        ([1, 1, 1], [1, 1, 1], "one and the same category"),
        ([-1, 1, -1], [1, -1, 1], "no item rated by both"),
        ([0, 1, 2], [0, 1, 2], "complete agreement"),
    ],
)
def test_what_cannot_be_estimated_says_why(a: list[int], b: list[int], reason: str) -> None:
    found = cohen_kappa(a, b, cluster=[0, 1, 2], n_categories=4)
    assert found.ci is None
    assert reason in str(found.undefined)


def test_one_patient_gives_a_value_without_an_interval() -> None:
    found = cohen_kappa([0, 1, 2], [0, 1, 1], cluster=[7, 7, 7], n_categories=4)
    assert found.value is not None
    assert found.ci is None
    assert "fewer than 2 patients" in str(found.undefined)


@pytest.mark.parametrize("bad", [[0, 4], [-2, 0]])
def test_codes_off_the_scale_are_refused(bad: list[int]) -> None:
    with pytest.raises(ValueError, match="codes must lie in"):
        cohen_kappa(bad, [0, 0], cluster=[0, 1], n_categories=4)


def test_intervals_cover_the_truth_when_levels_of_a_patient_resemble_each_other() -> None:
    """95 % intervals over 400 simulated reader studies; seed 11. Ignoring patients covers less."""
    rng = np.random.default_rng(11)
    cuts = np.array([0.4, 0.9, 1.5])

    def simulate(n_patients: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        cluster = np.repeat(np.arange(n_patients), 5)
        shared = rng.normal(0, 1, n_patients)[cluster]
        truth = shared + rng.normal(0, 0.6, len(cluster))
        drift = rng.normal(0, 0.5, (2, n_patients))[:, cluster]
        reads = truth + drift + rng.normal(0, 0.4, (2, len(cluster)))
        a, b = np.searchsorted(cuts, reads)
        return a, b, cluster

    a, b, cluster = simulate(60_000)
    truth = cohen_kappa(a, b, cluster=cluster, n_categories=4).value
    assert truth is not None
    covered, naive = 0, 0
    for _ in range(400):
        a, b, cluster = simulate(60)
        ci = cohen_kappa(a, b, cluster=cluster, n_categories=4).ci
        plain = cohen_kappa(a, b, cluster=np.arange(len(a)), n_categories=4).ci
        assert ci is not None
        assert plain is not None
        covered += ci[0] <= truth <= ci[1]
        naive += plain[0] <= truth <= plain[1]
    assert 0.92 <= covered / 400 <= 0.98
    assert naive < covered
