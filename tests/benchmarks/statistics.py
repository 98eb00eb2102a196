"""Kappas of many readers: one at a time by scikit-learn, and all at once.

scikit-learn comes with `.venv/bin/pip install -c requirements.lock scikit-learn`; without it, the
figures have no peer. What is compared is processor time, with one thread for both: a machine that
others use too disturbs it least.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import combinations, islice
from statistics import median

import numpy as np
from numpy.typing import NDArray

from annotations.agreement import (
    LivePairCounts,
    all_pairs_confusion,
    bootstrap_pairs,
    kappa_matrix,
    pair_kappas,
)
from tests.benchmarks.figure import Figure

SEED = 20261121
READERS, PATIENTS, LEVELS, K = 40, 2000, 5, 5
PAIRS = READERS * (READERS - 1) // 2
RESAMPLES = 2000
PEER = "scikit-learn cohen_kappa_score in a loop"
LARGE = f"{READERS} readers, {PATIENTS} patients x {LEVELS} levels, {K} grades"
Codes = NDArray[np.int64]


def measure() -> Iterator[Figure]:
    """Figures on seeded data; a peer is timed in the same run."""
    yield _matrix("live_matrix", n_readers=5, n_patients=80, repeats=9)
    yield _matrix("large_matrix", n_readers=READERS, n_patients=PATIENTS, repeats=3)
    with one_thread():
        yield from _compared(readings())


def _compared(codes: Codes) -> Iterator[Figure]:
    call = peer_call_s(codes)
    yield _all_pairs(codes, call)
    yield _bootstrap("bootstrap", codes, call)
    holes = np.where(np.random.default_rng(SEED).random(codes.shape) < 0.05, -1, codes)
    yield _bootstrap("bootstrap_missing", holes, call)
    yield _two_arms(codes, call)
    yield _changed_grade(codes, call)


@contextmanager
def one_thread() -> Iterator[None]:
    """Hold the matrix library to one thread, where the package that can is there."""
    if find_spec("threadpoolctl") is None:
        yield
        return
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        yield


def readings() -> Codes:
    """(readers, items) grades that agree as readers do, on a severity that they share."""
    rng = np.random.default_rng(SEED)
    severity = rng.normal(2, 1.2, PATIENTS * LEVELS)
    seen = severity + rng.normal(0, 0.7, (READERS, PATIENTS * LEVELS))
    return np.asarray(np.clip(np.rint(seen), 0, K - 1), dtype=np.int64)


def cluster_of(n_patients: int) -> Codes:
    """The patient of each item."""
    return np.repeat(np.arange(n_patients), LEVELS)


def best_of(act: Callable[[], object], repeats: int) -> float:
    """Processor seconds of the fastest run: the one that others on the machine disturbed least."""
    times = []
    for _ in range(repeats):
        began = time.process_time()
        act()
        times.append(time.process_time() - began)
    return min(times)


def peer_call_s(codes: Codes, n_calls: int = 60) -> float | None:
    """Processor seconds of one call of the peer, the mean of the better half of a sample."""
    if find_spec("sklearn") is None:
        return None
    from sklearn.metrics import cohen_kappa_score

    times = []
    for a, b in islice(combinations(range(READERS), 2), n_calls):
        began = time.process_time()
        cohen_kappa_score(codes[a], codes[b], labels=range(K), weights="quadratic")
        times.append(time.process_time() - began)
    return float(np.mean(sorted(times)[: n_calls // 2]))


def _figure(
    name: str, ours_s: float, call: float | None, n_calls: int, *, faster: float, note: str
) -> Figure:
    """Ours beside so many calls of the peer; the aim is to be that many times as fast."""
    if call is None:
        return Figure(name, ours_s * 1000, "ms", note=f"{note}; scikit-learn is not installed")
    peer_ms = call * n_calls * 1000
    ratio = f"{peer_ms / (ours_s * 1000):,.0f} times as fast as {n_calls:,} calls of the peer"
    how = f"extrapolated from 60 calls of {call * 1000:.2f} ms, processor time, one thread"
    return Figure(
        name,
        ours_s * 1000,
        "ms",
        aim=peer_ms / faster,
        peer=PEER,
        peer_value=peer_ms,
        note=f"{note}; {ratio}, {how}; aim {faster:g} times",
    )


def _all_pairs(codes: Codes, call: float | None) -> Figure:
    ours = best_of(lambda: pair_kappas(all_pairs_confusion(codes, K), "quadratic"), 15)
    note = f"{PAIRS} quadratic kappas, {LARGE}"
    return _figure("all_pairs", ours, call, PAIRS, faster=100, note=note)


def _bootstrap(name: str, codes: Codes, call: float | None) -> Figure:
    def act() -> object:
        return bootstrap_pairs(
            codes,
            n_categories=K,
            cluster=cluster_of(PATIENTS),
            n_resamples=RESAMPLES,
            seed=SEED,
        )

    missing = f", {np.mean(codes < 0):.0%} missing" if (codes < 0).any() else ""
    note = f"{RESAMPLES} resamples of {PAIRS} kappas, {LARGE}{missing}"
    return _figure(name, best_of(act, 3), call, PAIRS * RESAMPLES, faster=1000, note=note)


def _two_arms(codes: Codes, call: float | None) -> Figure:
    arms = np.stack([codes, np.roll(codes, 1, axis=0)])

    def act() -> object:
        found = bootstrap_pairs(
            arms, n_categories=K, cluster=cluster_of(PATIENTS), n_resamples=RESAMPLES, seed=SEED
        )
        return found.difference(1, 0)

    note = f"the same for two arms with the same draws and the limits of {PAIRS} differences"
    n_calls = 2 * PAIRS * RESAMPLES
    return _figure("bootstrap_two_arms", best_of(act, 2), call, n_calls, faster=1000, note=note)


def _changed_grade(codes: Codes, call: float | None) -> Figure:
    live = LivePairCounts(codes, n_categories=K)
    grades = iter(np.random.default_rng(SEED).integers(0, K, 1000).tolist())

    def act() -> object:
        live.set(3, 17, next(grades))
        return live.kappas("quadratic")

    times = []
    for _ in range(200):
        began = time.perf_counter()
        act()
        times.append((time.perf_counter() - began) * 1000)
    note = f"one changed grade to all {PAIRS} kappas, {LARGE}; median of 200 by the clock"
    if call is not None:
        note += f"; {PAIRS} calls of the peer take {call * PAIRS * 1000:,.0f} ms"
    return Figure("changed_grade", median(times), "ms", aim=5.0, note=note)


def _matrix(name: str, *, n_readers: int, n_patients: int, repeats: int) -> Figure:
    rng = np.random.default_rng(SEED)
    cluster = cluster_of(n_patients)
    codes = rng.integers(0, 4, (n_readers, len(cluster)))
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        list(kappa_matrix(codes, cluster=cluster, n_categories=4))
        times.append(time.perf_counter() - began)
    note = f"{n_readers} readers, {n_patients} patients x 5 levels, with intervals"
    return Figure(name, median(times) * 1000, "ms", note=note)
