"""Live kappas equal the batch after any order of edits; what stands beside them too."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from annotations.agreement import (
    Estimate,
    LiveKappas,
    RatingsError,
    ac1_of_tables,
    all_pairs_confusion,
    gwet_ac,
    kappa_matrix,
    pabak,
    pabak_of_tables,
    prevalence_index,
    prevalence_of_tables,
)

pytestmark = pytest.mark.filterwarnings("error")
READERS, K, ITEMS, PATIENTS = 4, 3, 12, 5
QUICK = settings(max_examples=80, deadline=None, print_blob=True)
EDITS = st.lists(
    st.tuples(st.integers(0, READERS - 1), st.integers(0, ITEMS + 3), st.integers(-1, K - 1)),
    max_size=60,
)
WEIGHTS = st.sampled_from(["unweighted", "linear", "quadratic"])


def numbers(one: Estimate) -> list[Any]:
    return [one.value, one.se, one.low, one.high, one.disagreement_bound]


def assert_same(live: LiveKappas, codes: Any, cluster: Any, k: int, weights: str) -> None:
    batch = list(kappa_matrix(codes, cluster=cluster, n_categories=k, weights=weights))
    found = live.matrix()
    assert [(one.first, one.second) for one in found] == [(one.first, one.second) for one in batch]
    for mine, right in zip(found, batch, strict=True):
        a, b = mine.estimate, right.estimate
        assert numbers(a) == pytest.approx(numbers(b), abs=1e-9), (a, b)
        assert (a.n_items, a.n_clusters, a.n_missing, a.undefined, a.method, a.df) == (
            b.n_items,
            b.n_clusters,
            b.n_missing,
            b.undefined,
            b.method,
            b.df,
        )


@given(seed=st.integers(0, 9999), edits=EDITS, weights=WEIGHTS, looks=st.integers(1, 9))
@QUICK
def test_after_any_order_of_edits_they_are_those_of_the_batch(
    seed: int, edits: list[tuple[int, int, int]], weights: str, looks: int
) -> None:
    """Also of items that came later, of patients known and new, looked at in between or not."""
    rng = np.random.default_rng(seed)
    codes = rng.integers(-1, K, (READERS, ITEMS))
    cluster = rng.integers(0, PATIENTS, ITEMS)
    live = LiveKappas(codes, cluster=cluster, n_categories=K, weights=weights)
    more = rng.integers(0, PATIENTS + 2, 4)
    assert list(live.add_items(more.tolist())) == list(range(ITEMS, ITEMS + 4))
    codes = np.hstack([codes, np.full((READERS, 4), -1)])
    cluster = np.concatenate([cluster, more])
    for at, (reader, item, code) in enumerate(edits):
        assert live.set(reader, item, code) == codes[reader, item]
        codes[reader, item] = code
        if at % looks == 0:
            assert_same(live, codes, cluster, K, weights)
    assert_same(live, codes, cluster, K, weights)


def test_many_patients_and_readers_that_nearly_agree() -> None:
    """Where the squares nearly cancel they are counted out, not lost in rounding."""
    rng = np.random.default_rng(20261128)
    truth = rng.integers(0, 5, 2000)
    codes = np.tile(truth, (4, 1))
    codes[1, 7] = (codes[1, 7] + 1) % 5
    codes[2] = np.clip(truth + rng.integers(-1, 2, 2000), 0, 4)
    cluster = np.repeat(np.arange(400), 5)
    live = LiveKappas(codes, cluster=cluster, n_categories=5)
    assert_same(live, codes, cluster, 5, "quadratic")
    for reader, item, code in zip(
        rng.integers(0, 4, 50), rng.integers(0, 2000, 50), rng.integers(-1, 5, 50), strict=True
    ):
        live.set(int(reader), int(item), int(code))
        codes[reader, item] = code
    assert_same(live, codes, cluster, 5, "quadratic")


def test_a_bad_edit_changes_nothing() -> None:
    codes = np.array([[0, 1, 2, 0], [0, 1, 1, 2]])
    live = LiveKappas(codes, cluster=[0, 0, 1, 1], n_categories=3)
    for reader, item, code in ((2, 0, 0), (0, 4, 0), (0, -1, 0), (0, 0, 3), (0, 0, -2)):
        with pytest.raises(RatingsError):
            live.set(reader, item, code)
    assert_same(live, codes, [0, 0, 1, 1], 3, "quadratic")


TABLES = st.integers(2, 5).flatmap(
    lambda k: st.tuples(
        st.just(k),
        st.lists(st.lists(st.integers(-1, k - 1), min_size=3, max_size=3), min_size=1, max_size=25),
    )
)


def value(masked: Any, at: tuple[int, int]) -> float | None:
    return None if np.ma.getmaskarray(masked)[at] else float(masked[at])


@given(drawn=TABLES)
@QUICK
def test_what_stands_beside_many_kappas_is_that_of_each_pair(
    drawn: tuple[int, list[list[int]]],
) -> None:
    k, rows = drawn
    codes: NDArray[np.int64] = np.array(rows).T
    tables = all_pairs_confusion(codes, k)
    for a, b in combinations(range(3), 2):
        both = (codes[a] >= 0) & (codes[b] >= 0)
        pair = np.where(both[:, None], codes[[a, b]].T, -1)
        for found, right in (
            (pabak_of_tables(tables), pabak(codes[a], codes[b], n_categories=k)),
            (ac1_of_tables(tables), gwet_ac(pair, n_categories=k)),
            (
                prevalence_of_tables(tables, negative=0),
                prevalence_index(*(np.where(c < 0, -1, c != 0) for c in codes[[a, b]])),
            ),
        ):
            assert value(found, (a, b)) == pytest.approx(right.value, abs=1e-12)


def test_tables_of_a_bad_shape_are_refused() -> None:
    with pytest.raises(RatingsError, match="shape"):
        pabak_of_tables(np.zeros((3, 2)))
    with pytest.raises(RatingsError, match=r"0\.\.1"):
        prevalence_of_tables(np.zeros((2, 2)), negative=2)
