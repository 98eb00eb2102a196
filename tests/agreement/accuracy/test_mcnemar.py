"""Paired answers of patients with several levels."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from annotations.agreement import (
    RatingsError,
    difference,
    mcnemar_clustered,
    mcnemar_exact,
    mcnemar_of_counts,
    share,
)

pytestmark = pytest.mark.filterwarnings("error")
METHODS = ("obuchowski", "durkalski", "yang", "eliasziw", "mcnemar")


@pytest.mark.parametrize(
    ("method", "statistic", "p"),
    [
        ("mcnemar", 11.8450704225, 0.000578141890),
        ("eliasziw", 10.225896207, 0.001384824365),
        ("obuchowski", 7.18584070796, 0.007348111468),
        ("durkalski", 7.54226687048, 0.006026817059),
        ("yang", 8.42855926467, 0.003693728974),
    ],
)
def test_psychiatric_patients(
    gold: dict[str, str], method: str, statistic: float, p: float
) -> None:
    """Example P8: 29 clusters; published 10.23, 7.19, 7.542 and 8.43."""
    cells = re.findall(r"\b(\d+)-(\d+)-(\d+)-(\d+)\b", gold["P8"])[:29]
    counts = np.array([[[int(d), int(c)], [int(b), int(a)]] for a, b, c, d in cells])
    found = mcnemar_of_counts(counts, method=method)  # type: ignore[arg-type]
    assert (found.statistic, found.p) == pytest.approx((statistic, p), rel=1e-9)
    assert (found.both, found.first_only, found.second_only, found.neither) == (25, 21, 50, 39)
    items = [
        (patient, first, second)
        for patient, table in enumerate(counts)
        for first, second in np.ndindex(2, 2)
        for _ in range(table[first, second])
    ]
    patient, first, second = np.array(items).T
    again = mcnemar_clustered(first, second, cluster=patient, method=method)  # type: ignore[arg-type]
    assert again == found


@pytest.mark.parametrize(
    ("b", "c", "p"), [(10, 2, 0.038574), (0, 5, 0.0625), (3, 3, 1.0), (0, 0, 1.0), (0, 1, 1.0)]
)
def test_exact_p_is_that_of_a_fair_coin(b: int, c: int, p: float) -> None:
    first = np.repeat([1, 0, 1], [b, c, 4])
    second = np.repeat([0, 1, 1], [b, c, 4])
    assert mcnemar_exact(first, second).p == pytest.approx(p, abs=1e-6)
    if b + c:
        assert mcnemar_exact(first, second).p == pytest.approx(stats.binomtest(b, b + c).pvalue)


ITEMS = st.lists(
    st.tuples(st.integers(-1, 1), st.integers(-1, 1), st.integers(0, 6)), min_size=1, max_size=40
)


@given(ITEMS, st.sampled_from(METHODS))
@settings(max_examples=80, deadline=None, print_blob=True)
def test_any_data_give_a_p_or_a_reason(items: list[tuple[int, int, int]], method: str) -> None:
    first, second, patient = np.array(items).T
    found = mcnemar_clustered(first, second, cluster=patient, method=method)  # type: ignore[arg-type]
    assert (found.p is None) == (found.undefined is not None)
    assert found.n_items + found.n_missing == len(items)
    if found.p is not None:
        assert 0 <= found.p <= 1
    swapped = mcnemar_clustered(second, first, cluster=patient, method=method)  # type: ignore[arg-type]
    if found.statistic is None:
        assert swapped.undefined == found.undefined
    else:
        assert swapped.statistic == pytest.approx(found.statistic, rel=1e-9)
    assert (swapped.first_only, swapped.second_only) == (found.second_only, found.first_only)


def test_obuchowski_is_the_difference_of_dependent_shares_under_the_null() -> None:
    """With a true difference of 0 in the sample its variance is that of the influences."""
    rng = np.random.default_rng(8)
    patient = np.repeat(np.arange(30), 3)
    first = rng.integers(0, 2, 90)
    second = rng.permutation(first)
    both = np.ones(90, dtype=bool)
    gap = difference(
        share(first == 1, both, cluster=patient, interval="clustered"),
        share(second == 1, both, cluster=patient, interval="clustered"),
    )
    assert gap.value == 0
    discordant = np.array(
        [first[patient == k].sum() - second[patient == k].sum() for k in range(30)]
    )
    assert gap.se == pytest.approx(np.sqrt(30 / 29 * np.sum(discordant**2)) / 90, rel=1e-12)


def test_one_item_a_patient_brings_all_methods_near_mcnemar() -> None:
    rng = np.random.default_rng(9)
    first, second = (rng.random((2, 400)) < [[0.5], [0.6]]).astype(int)
    found = {
        method: mcnemar_clustered(first, second, cluster=np.arange(400), method=method).statistic  # type: ignore[arg-type]
        for method in METHODS
    }
    assert found["eliasziw"] == pytest.approx(found["mcnemar"])
    assert found["durkalski"] == pytest.approx(found["mcnemar"])
    assert found["obuchowski"] == pytest.approx(found["mcnemar"] * 399 / 400)  # type: ignore[operator]


def test_bad_input_is_refused_with_words() -> None:
    with pytest.raises(RatingsError, match="codes must lie"):
        mcnemar_clustered([0, 2], [0, 1], cluster=[1, 1])
    with pytest.raises(RatingsError, match="unknown method"):
        mcnemar_clustered([0, 1], [0, 1], cluster=[1, 1], method="simple")  # type: ignore[arg-type]
    with pytest.raises(RatingsError, match="cluster"):
        mcnemar_clustered([0, 1], [0, 1], cluster=[1])
    with pytest.raises(RatingsError, match="patients, 2, 2"):
        mcnemar_of_counts([[1, 2], [3, 4]])
    assert "never differ" in str(mcnemar_clustered([0, 1], [0, 1], cluster=[1, 2]).undefined)
    assert "fewer than 2" in str(mcnemar_clustered([0, 1], [1, 1], cluster=[1, 1]).undefined)
