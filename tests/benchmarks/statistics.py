"""Kappa matrices: the live one of a small reader study, and a large one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median

import numpy as np

from annotations.agreement import kappa_matrix
from tests.benchmarks.figure import Figure


def measure() -> Iterator[Figure]:
    """Medians of repeated runs on seeded data."""
    yield _matrix("live_matrix", n_readers=5, n_patients=80, repeats=9)
    yield _matrix("large_matrix", n_readers=40, n_patients=2000, repeats=3)


def _matrix(name: str, *, n_readers: int, n_patients: int, repeats: int) -> Figure:
    rng = np.random.default_rng(20261121)
    cluster = np.repeat(np.arange(n_patients), 5)
    codes = rng.integers(0, 4, (n_readers, len(cluster)))
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        list(kappa_matrix(codes, cluster=cluster, n_categories=4))
        times.append(time.perf_counter() - began)
    note = f"{n_readers} readers, {n_patients} patients x 5 levels, with intervals"
    return Figure(name, median(times) * 1000, "ms", note=note)
