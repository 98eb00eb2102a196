"""What must hold for any data."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from annotations.agreement import (
    cohen_kappa,
    confusion,
    disagreement_weights,
    kappa_matrix,
    kappa_of_counts,
    percent_agreement,
)

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
    found = cohen_kappa(a, b, cluster=cluster, n_categories=4, weights="quadratic").value
    assert found == pytest.approx(brute_force(a, b), abs=1e-12)


@given(ITEMS)
@settings(max_examples=100, deadline=None, print_blob=True)
def test_readers_may_change_places_and_scales_be_reversed(
    items: list[tuple[int, int, int]],
) -> None:
    a, b, cluster = columns(items)
    found = cohen_kappa(a, b, cluster=cluster, n_categories=4, weights="quadratic")
    swapped = cohen_kappa(b, a, cluster=cluster, n_categories=4, weights="quadratic")
    flipped = cohen_kappa(
        np.where(a < 0, a, 3 - a),
        np.where(b < 0, b, 3 - b),
        cluster=cluster,
        n_categories=4,
        weights="quadratic",
    )
    for other in (swapped, flipped):
        assert other.value == pytest.approx(found.value, abs=1e-12)
        assert other.se == pytest.approx(found.se, abs=1e-12)


@given(ITEMS)
@settings(max_examples=100, deadline=None, print_blob=True)
def test_the_interval_holds_the_value_and_stays_inside(items: list[tuple[int, int, int]]) -> None:
    a, b, cluster = columns(items)
    found = cohen_kappa(a, b, cluster=cluster, n_categories=4, weights="quadratic")
    assume(found.ci is not None)
    assert found.ci is not None
    assert found.value is not None
    assert -1 <= found.ci[0] < found.value < found.ci[1] <= 1


@given(ITEMS)
@settings(max_examples=100, deadline=None, print_blob=True)
def test_the_interval_of_a_share_stays_a_share(items: list[tuple[int, int, int]]) -> None:
    a, b, cluster = columns(items)
    found = percent_agreement(a, b, cluster=cluster, n_categories=4)
    assume(found.ci is not None)
    assert found.ci is not None
    assert found.value is not None
    assert 0 <= found.ci[0] < found.value < found.ci[1] <= 1


@given(ITEMS, st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None, print_blob=True)
def test_neither_the_order_of_items_nor_the_names_of_patients_matter(
    items: list[tuple[int, int, int]], random: Random
) -> None:
    a, b, cluster = columns(items)
    shuffled = random.sample(range(len(items)), len(items))
    names = np.array([f"patient {9 - number}" for number in cluster])
    found = cohen_kappa(a, b, cluster=cluster, n_categories=4, weights="quadratic")
    other = cohen_kappa(
        a[shuffled], b[shuffled], cluster=names[shuffled], n_categories=4, weights="quadratic"
    )
    assert other.value == pytest.approx(found.value, abs=1e-12)
    assert other.se == pytest.approx(found.se, abs=1e-12)


@given(ITEMS)
@settings(max_examples=100, deadline=None, print_blob=True)
def test_rating_every_level_twice_adds_no_information_but_twice_the_patients_does(
    items: list[tuple[int, int, int]],
) -> None:
    a, b, cluster = columns(items)
    twice = np.concatenate
    found = cohen_kappa(a, b, cluster=cluster, n_categories=4, weights="quadratic")
    same = cohen_kappa(
        twice([a, a]),
        twice([b, b]),
        cluster=twice([cluster] * 2),
        n_categories=4,
        weights="quadratic",
    )
    more = cohen_kappa(
        twice([a, a]),
        twice([b, b]),
        cluster=twice([cluster, cluster + 100]),
        n_categories=4,
        weights="quadratic",
    )
    assert same.value == pytest.approx(found.value, abs=1e-12)
    assert same.se == pytest.approx(found.se, abs=1e-12)
    assume(found.se is not None)
    assert found.se is not None
    assert more.se is not None
    n = found.n_clusters
    assert more.se**2 * (2 * n - 1) == pytest.approx(found.se**2 * (n - 1), rel=1e-9)


def test_an_influence_is_what_a_patient_of_more_weight_would_change() -> None:
    """The derivative of kappa by the weight of each patient, by finite differences."""
    rng = np.random.default_rng(3)
    counts = rng.integers(0, 4, (8, 5, 5)).astype(float)
    v = disagreement_weights(5, "linear")

    def kappa(weight: np.ndarray) -> float:
        p = np.einsum("p,pij->ij", weight, counts)
        p /= p.sum()
        return float(1 - np.sum(v * p) / (p.sum(axis=1) @ v @ p.sum(axis=0)))

    found = kappa_of_counts(counts.astype(int), weights="linear")
    step = 1e-6 * np.eye(8)
    slopes = [(kappa(1 + step[i]) - kappa(1 - step[i])) / 2e-6 for i in range(8)]
    assert found.influence == pytest.approx(slopes, abs=1e-9)


@given(ITEMS)
@settings(max_examples=100, deadline=None, print_blob=True)
def test_no_result_is_not_a_number_and_nothing_undefined_lacks_a_reason(
    items: list[tuple[int, int, int]],
) -> None:
    a, b, cluster = columns(items)
    for found in (
        cohen_kappa(a, b, cluster=cluster, n_categories=4, weights="quadratic"),
        percent_agreement(a, b, cluster=cluster, n_categories=4),
    ):
        numbers = [x for x in (found.value, found.se, *(found.ci or ())) if x is not None]
        assert np.isfinite(numbers).all()
        assert (found.ci is None) == (found.undefined is not None)
        assert found.n_items + found.n_missing == len(items)


def test_influences_of_all_patients_sum_to_nothing() -> None:
    rng = np.random.default_rng(20261121)
    a, b, cluster = rng.integers(0, 4, 60), rng.integers(0, 4, 60), np.repeat(np.arange(12), 5)
    found = cohen_kappa(a, b, cluster=cluster, n_categories=4, weights="quadratic")
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
        ([0, 0, 0], [0, 3, 1], "one reader used one category only"),
        ([0, 3, 1], [2, 2, 2], "one reader used one category only"),
    ],
)
def test_what_cannot_be_estimated_says_why(a: list[int], b: list[int], reason: str) -> None:
    found = cohen_kappa(a, b, cluster=[0, 1, 2], n_categories=4, weights="quadratic")
    assert found.ci is None
    assert reason in str(found.undefined)


def test_a_reader_with_one_category_has_kappa_0_exactly_and_never_an_interval_of_no_width() -> None:
    rng = np.random.default_rng(8)
    for _ in range(50):
        other, cluster = rng.integers(0, 5, 15), np.repeat(np.arange(5), 3)
        found = cohen_kappa(
            np.full(15, 2), other, cluster=cluster, n_categories=5, weights="quadratic"
        )
        assert (found.value, found.se, found.ci) == (0.0, None, None)


def test_patients_that_are_all_alike_give_no_interval_rather_than_a_certain_one() -> None:
    a, b, cluster = [0, 1, 1, 0, 1, 1], [0, 1, 0, 0, 1, 0], [0, 0, 0, 1, 1, 1]
    found = cohen_kappa(a, b, cluster=cluster, n_categories=4, weights="quadratic")
    assert found.value == pytest.approx(0.4)
    assert (found.ci, found.undefined) == (None, "patients do not differ: no interval")


def test_complete_disagreement_has_no_interval() -> None:
    found = percent_agreement([0, 1, 1, 0], [1, 0, 0, 1], cluster=[0, 0, 1, 1], n_categories=2)
    assert (found.value, found.ci) == (0.0, None)
    assert "complete disagreement" in str(found.undefined)


def test_one_patient_gives_a_value_without_an_interval() -> None:
    found = cohen_kappa(
        [0, 1, 2], [0, 1, 1], cluster=[7, 7, 7], n_categories=4, weights="quadratic"
    )
    assert found.value is not None
    assert found.ci is None
    assert "fewer than 2 patients" in str(found.undefined)


@pytest.mark.parametrize("bad", [[0, 4], [-2, 0]])
def test_codes_off_the_scale_are_refused(bad: list[int]) -> None:
    with pytest.raises(ValueError, match="codes must lie in"):
        cohen_kappa(bad, [0, 0], cluster=[0, 1], n_categories=4, weights="quadratic")
