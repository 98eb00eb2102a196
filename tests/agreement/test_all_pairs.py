"""All pairs of readers at once, their bootstrap, and live counts: equal to one pair at a time."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from annotations.agreement import (
    LivePairCounts,
    RatingsError,
    all_pairs_confusion,
    bootstrap_pairs,
    cohen_kappa,
    confusion,
    difference,
    draw_patients,
    kappa_matrix,
    light_kappa,
    pair_kappas,
)
from annotations.agreement.pair_sums import sums_of_pairs, whole_weights
from annotations.agreement.weights import disagreement_weights

pytestmark = pytest.mark.filterwarnings("error")
Codes = NDArray[np.int64]
READERS, CATEGORIES = 4, 3
CODE = st.integers(-1, CATEGORIES - 1)
TABLE = st.lists(st.lists(CODE, min_size=READERS, max_size=READERS), min_size=1, max_size=15).map(
    lambda rows: np.array(rows).T
)
OWN = [[0, 1, 5], [1, 0, 2], [4, 2, 0.5 - 0.5]]
QUICK = settings(max_examples=60, deadline=None, print_blob=True)


def readings(seed: int, *, missing: float, n_patients: int = 30, readers: int = 5) -> Any:
    rng = np.random.default_rng(seed)
    cluster = rng.permutation(np.repeat(np.arange(n_patients), rng.integers(1, 6, n_patients)))
    truth = rng.normal(1.5, 1, len(cluster))
    codes = np.clip(np.rint(truth + rng.normal(0, 0.6, (readers, len(cluster)))), 0, 3).astype(int)
    return np.where(rng.random(codes.shape) < missing, -1, codes), cluster


@given(codes=TABLE)
@QUICK
def test_one_product_holds_the_table_of_every_pair(codes: Codes) -> None:
    tables = all_pairs_confusion(codes, CATEGORIES)
    for a in range(READERS):
        for b in range(READERS):
            assert np.array_equal(tables[a, b], confusion(codes[a], codes[b], CATEGORIES))


@pytest.mark.parametrize("weights", ["unweighted", "linear", "quadratic", OWN])
@given(codes=TABLE)
@QUICK
def test_kappas_of_all_pairs_are_those_of_each(codes: Codes, weights: Any) -> None:
    found = pair_kappas(all_pairs_confusion(codes, CATEGORIES), weights)
    for a, b in combinations(range(READERS), 2):
        one = cohen_kappa(codes[a], codes[b], n_categories=CATEGORIES, weights=weights).value
        mine = None if np.ma.getmaskarray(found)[a, b] else found[a, b]
        assert mine == pytest.approx(one, abs=1e-12)


@pytest.mark.parametrize("weights", ["unweighted", "linear", "quadratic", OWN])
@given(codes=TABLE, seed=st.integers(0, 99))
@QUICK
def test_the_matrix_is_one_pair_at_a_time(codes: Codes, seed: int, weights: Any) -> None:
    """Value, error, interval, patients, reasons: everything, though computed all at once."""
    cluster = np.random.default_rng(seed).integers(0, 6, codes.shape[1])
    matrix = kappa_matrix(codes, cluster=cluster, n_categories=CATEGORIES, weights=weights)
    for pair in matrix:
        one = cohen_kappa(
            codes[pair.first],
            codes[pair.second],
            n_categories=CATEGORIES,
            weights=weights,
            cluster=cluster,
        )
        found = pair.estimate
        for name in ("value", "se", "low", "high"):
            assert getattr(found, name) == pytest.approx(getattr(one, name), abs=1e-9)
        for name in ("undefined", "n_items", "n_clusters", "n_missing", "method", "df"):
            assert getattr(found, name) == getattr(one, name)
        if one.clusters is not None:
            assert np.array_equal(found.clusters, one.clusters)  # type: ignore[arg-type]


@given(
    codes=TABLE,
    edits=st.lists(st.tuples(st.integers(0, READERS - 1), st.integers(0, 14), CODE), max_size=40),
)
@settings(max_examples=200, deadline=None, print_blob=True)
def test_live_counts_equal_the_batch_after_any_order_of_edits(
    codes: Codes, edits: list[tuple[int, int, int]]
) -> None:
    live, now = LivePairCounts(codes, n_categories=CATEGORIES), codes.copy()
    undo = []
    for reader, place, code in edits:
        item = place % codes.shape[1]
        undo.append((reader, item, live.set(reader, item, code)))
        assert undo[-1][2] == now[reader, item]
        now[reader, item] = code
    assert np.array_equal(live.codes, now)
    assert np.array_equal(live.tables, all_pairs_confusion(now, CATEGORIES))
    batch = pair_kappas(all_pairs_confusion(now, CATEGORIES), "quadratic")
    assert np.ma.allequal(live.kappas(), batch)
    assert np.array_equal(live.kappas().mask, batch.mask)
    assert np.ma.allequal(live.kappas_of(1), batch[1])
    for reader, item, code in reversed(undo):
        live.set(reader, item, code)
    assert np.array_equal(live.tables, all_pairs_confusion(codes, CATEGORIES))


def test_live_counts_take_new_items_and_refuse_what_is_off_the_scale() -> None:
    codes, cluster = readings(1, missing=0.2)
    live = LivePairCounts(codes, n_categories=4)
    (new,) = live.add_items(1)
    live.set(0, new, 2)
    live.set(1, new, 3)
    grown = np.hstack([codes, [[2], [3], [-1], [-1], [-1]]])
    assert np.array_equal(live.tables, all_pairs_confusion(grown, 4))
    before = live.tables
    for reader, item, code in ((0, 0, 4), (0, 0, -2), (5, 0, 1), (-1, 0, 1), (0, new + 1, 1)):
        with pytest.raises(RatingsError):
            live.set(reader, item, code)
    with pytest.raises(RatingsError):
        live.add_items(-1)
    assert np.array_equal(live.tables, before)
    patients = np.append(cluster, 99)
    one = cohen_kappa(grown[0], grown[1], n_categories=4, weights="quadratic", cluster=patients)
    assert live.estimate(0, 1, cluster=patients) == one


@pytest.mark.parametrize("missing", [0.0, 0.15])
@pytest.mark.parametrize(
    "weights",
    [
        "unweighted",
        "linear",
        "quadratic",
        [[0, 1, 2, 9], [1, 0, 1.7, 4], [2, 1, 0, 3], [9, 4, 3, 0]],
    ],
)
def test_each_resample_of_all_pairs_is_that_of_the_patients_drawn(
    missing: float, weights: Any
) -> None:
    codes, cluster = readings(2, missing=missing)
    aided = np.where(codes < 0, codes, (codes + 1) % 4)
    found = bootstrap_pairs(
        [codes, aided], n_categories=4, weights=weights, cluster=cluster, n_resamples=12, seed=5
    )
    draws = draw_patients(len(set(cluster)), 12, seed=5).astype(int)
    for arm, readers in enumerate((codes, aided)):
        for b, counts in enumerate(draws):
            rows = np.concatenate(
                [np.tile(np.flatnonzero(cluster == p), n) for p, n in enumerate(counts)]
            )
            for m, (i, j) in enumerate(combinations(range(5), 2)):
                twin = cohen_kappa(
                    readers[i][rows], readers[j][rows], n_categories=4, weights=weights
                )
                assert found.resampled[arm, b, m] == pytest.approx(twin.value, abs=1e-12)


def test_bootstrap_and_influence_agree_on_the_matrix_and_on_the_difference_of_arms() -> None:
    codes, cluster = readings(3, missing=0.1, n_patients=250)
    rng = np.random.default_rng(3)
    aided = np.where(rng.random(codes.shape) < 0.5, codes[0], codes)
    found = bootstrap_pairs(
        [codes, aided], n_categories=4, cluster=cluster, n_resamples=1500, seed=1
    )
    errors = [pair.estimate.se for pair in kappa_matrix(codes, cluster=cluster, n_categories=4)]
    assert np.std(found.resampled[0].filled(np.nan), axis=0) == pytest.approx(errors, rel=0.12)
    ours = [
        light_kappa(arm.T, n_categories=4, weights="quadratic", cluster=cluster)
        for arm in (aided, codes)
    ]
    gap, boot = difference(*ours), found.mean_difference(1, 0)
    assert boot is not None
    assert gap.ci is not None
    assert boot[0] == pytest.approx(gap.value, abs=1e-12)
    assert boot[1:] == pytest.approx(gap.ci, abs=0.01)
    value, limits = found.difference(1, 0)
    assert np.all((limits[0] < value) & (value < limits[1]))
    assert found.interval(0).shape == (2, 10)


def test_pairs_without_overlap_are_masked_and_never_a_number() -> None:
    codes = np.array([[0, 1, -1, -1], [-1, -1, 0, 1], [0, 1, 0, 0]])
    found = bootstrap_pairs(codes, n_categories=2, n_resamples=50, seed=1)
    assert np.ma.getmaskarray(found.values)[0].tolist() == [True, False, False]
    assert np.ma.getmaskarray(found.interval())[:, 0].all()
    assert np.ma.getmaskarray(found.resampled)[0, :, 0].all()
    assert np.isfinite(found.resampled.compressed()).all()
    assert found.mean_difference(0, 0) is None


def test_weights_are_made_whole_where_that_is_exact() -> None:
    for name in ("unweighted", "linear", "quadratic"):
        v = disagreement_weights(4, name)
        whole = whole_weights(v)
        assert np.array_equal(whole, np.rint(whole))
        assert whole / whole.max() == pytest.approx(v, abs=1e-15)
    odd = disagreement_weights(2, np.array([[0, 1], [0.3, 0]]))
    assert np.array_equal(whole_weights(odd), odd)
    codes, cluster = readings(4, missing=0)
    assert sums_of_pairs(codes, cluster, 4, "quadratic").dtype is np.float32
    own = disagreement_weights(4, "quadratic") ** 0.7
    assert sums_of_pairs(codes, cluster, 4, own).dtype is np.float64
