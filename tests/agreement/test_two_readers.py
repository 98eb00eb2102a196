"""What stands beside the kappa of two readers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from annotations.agreement import (
    bhapkar,
    bias_index,
    cohen_kappa,
    kappa_max,
    mean_absolute_difference,
    mean_difference,
    negative_agreement,
    pabak,
    percent_agreement,
    positive_agreement,
    prevalence_index,
    specific_agreement,
    stuart_maxwell,
    within_agreement,
)
from tests.agreement import published
from tests.agreement.published import two_readers

pytestmark = pytest.mark.filterwarnings("error")
Codes = NDArray[np.int64]
PAIRS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=40)
QUICK = settings(max_examples=80, deadline=None, print_blob=True)
YES_NO = [[40, 9], [6, 45]]  # rows a: no, yes


def test_indices_of_a_yes_no_table_by_hand() -> None:
    a, b = two_readers(YES_NO)
    assert prevalence_index(a, b).value == pytest.approx((45 - 40) / 100)
    assert bias_index(a, b).value == pytest.approx((6 - 9) / 100)
    assert positive_agreement(a, b).value == pytest.approx(2 * 45 / (2 * 45 + 15))
    assert negative_agreement(a, b).value == pytest.approx(2 * 40 / (2 * 40 + 15))
    assert pabak(a, b, n_categories=2).value == pytest.approx(2 * 0.85 - 1)


def test_kappa_follows_from_pabak_prevalence_and_bias() -> None:
    """Byrt, Bishop, Carlin 1993: kappa = (PABAK - PI^2 + BI^2) / (1 - PI^2 + BI^2)."""
    a, b = two_readers(YES_NO)
    p, bias = prevalence_index(a, b).value, bias_index(a, b).value
    adjusted = pabak(a, b, n_categories=2).value
    assert p is not None
    assert bias is not None
    assert adjusted is not None
    expected = (adjusted - p**2 + bias**2) / (1 - p**2 + bias**2)
    assert cohen_kappa(a, b, n_categories=2).value == pytest.approx(expected, rel=1e-12)


@given(items=PAIRS, weights=st.sampled_from(["unweighted", "linear", "quadratic"]))
@QUICK
def test_no_order_of_the_second_reader_exceeds_the_largest_kappa(
    items: list[tuple[int, int]], weights: str
) -> None:
    a, b = np.array(items).T
    largest = kappa_max(a, b, n_categories=4, weights=weights).value
    own = cohen_kappa(a, b, n_categories=4, weights=weights).value
    assert (own is None) == (largest is None)
    if own is None or largest is None:
        return
    assert own <= largest + 1e-9
    if weights != "unweighted":  # grades matched in order disagree least
        best = cohen_kappa(np.sort(a), np.sort(b), n_categories=4, weights=weights).value
        assert largest == pytest.approx(best, abs=1e-9)


def test_largest_kappa_of_unweighted_margins_by_hand() -> None:
    a, b = two_readers(published.COHEN)
    p_max = (100 + 60 + 20) / 200  # rows 120 60 20, columns 100 60 40
    chance = (120 * 100 + 60 * 60 + 20 * 40) / 200**2
    found = kappa_max(a, b, n_categories=3)
    assert found.value == pytest.approx((p_max - chance) / (1 - chance), rel=1e-12)
    own = kappa_max(a, b, n_categories=3, weights=published.COHEN_WEIGHTS)
    kappa = cohen_kappa(a, b, n_categories=3, weights=published.COHEN_WEIGHTS).value
    assert own.value is not None
    assert kappa is not None
    assert kappa < own.value <= 1


@given(items=PAIRS)
@QUICK
def test_grades_apart_are_those_of_the_loop(items: list[tuple[int, int]]) -> None:
    a, b = np.array(items).T
    gap = a - b
    options: dict[str, Any] = {"n_categories": 4}
    assert mean_difference(a, b, **options).value == pytest.approx(gap.mean(), abs=1e-12)
    found = mean_absolute_difference(a, b, **options)
    assert found.value == pytest.approx(np.abs(gap).mean(), abs=1e-12)
    if found.low is not None:
        assert found.low > 0
    for steps in range(4):
        share = within_agreement(a, b, within=steps, **options).value
        assert share == pytest.approx(np.mean(np.abs(gap) <= steps), abs=1e-12)
    exact = within_agreement(a, b, within=0, **options)
    assert exact.value == pytest.approx(percent_agreement(a, b, **options).value, abs=1e-12)


@given(items=PAIRS)
@QUICK
def test_agreement_on_a_category_is_a_share_and_1_minus_the_rest(
    items: list[tuple[int, int]],
) -> None:
    a, b = np.array(items).T
    for category in range(4):
        found = specific_agreement(a, b, category=category, n_categories=4)
        used = np.sum(a == category) + np.sum(b == category)
        both = np.sum((a == category) & (b == category))
        assert found.value == pytest.approx(2 * both / used if used else None, abs=1e-12)


@given(items=PAIRS)
@QUICK
def test_marginal_homogeneity_with_two_categories_is_mcnemar(
    items: list[tuple[int, int]],
) -> None:
    a, b = (np.array(items) > 1).astype(int).T
    up, down = int(np.sum((a == 0) & (b == 1))), int(np.sum((a == 1) & (b == 0)))
    test = stuart_maxwell(a, b, n_categories=2)
    if up + down == 0:
        assert test.p is None
        return
    statistic = (up - down) ** 2 / (up + down)
    assert test.statistic == pytest.approx(statistic, rel=1e-9)
    other = bhapkar(a, b, n_categories=2)
    if other.statistic is None:
        return
    n = len(a)
    assert other.statistic == pytest.approx(statistic / (1 - statistic / n), rel=1e-9)


def test_marginal_homogeneity_by_the_textbook_matrix() -> None:
    """Stuart 1955 from the table; Bhapkar's follows from it with the number of items."""
    a, b = two_readers(published.LANDIS_KOCH)
    table = np.array(published.LANDIS_KOCH)
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    spread = np.diag(rows + columns) - table - table.T
    gap = (rows - columns)[:3]
    statistic = gap @ np.linalg.solve(spread[:3, :3], gap)
    found = stuart_maxwell(a, b, n_categories=4)
    assert found.statistic == pytest.approx(statistic, rel=1e-10)
    assert found.df == 3
    other = bhapkar(a, b, n_categories=4)
    n = table.sum()
    assert other.statistic == pytest.approx(statistic / (1 - statistic / n), rel=1e-10)
    unused = stuart_maxwell(a, b, n_categories=6)
    assert unused.statistic == pytest.approx(statistic)
    assert unused.df == 3


def test_clustered_marginal_homogeneity_of_a_yes_no_table_is_obuchowskis(gold: str) -> None:
    """Example P8: 29 clusters, chi-square 7.18584070796, p .007348111468."""
    import re

    block = gold[gold.index("## P8") : gold.index("## P9")]
    cells = re.findall(r"\b(\d+)-(\d+)-(\d+)-(\d+)\b", block)[:29]
    a, b, cluster = [], [], []
    for place, row in enumerate(cells):
        for (x, y), count in zip(((1, 1), (1, 0), (0, 1), (0, 0)), row, strict=True):
            a += [x] * int(count)
            b += [y] * int(count)
            cluster += [place] * int(count)
    test = stuart_maxwell(a, b, n_categories=2, cluster=cluster)
    assert test.statistic == pytest.approx(7.18584070796, rel=1e-11)
    assert test.p == pytest.approx(0.007348111468, rel=1e-9)


def test_readers_who_shift_the_same_way_in_no_patient_have_nothing_to_test() -> None:
    test = stuart_maxwell([0, 1, 2], [0, 1, 2], n_categories=3)
    assert (test.statistic, test.p) == (None, None)
    assert "nothing to test" in str(test.undefined)
    few = bhapkar([0, 0, 1], [1, 1, 2], n_categories=3)
    assert few.p is None
    assert few.undefined is not None


def test_one_cell_has_indices_without_an_interval() -> None:
    a, b = [1, 1, 1], [1, 1, 1]
    found = prevalence_index(a, b)
    assert (found.value, found.ci) == (1.0, None)
    assert mean_absolute_difference(a, b, n_categories=3).undefined == (
        "complete agreement: no interval"
    )
