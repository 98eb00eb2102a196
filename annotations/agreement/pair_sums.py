"""What kappas of all pairs of readers need from each patient: disagreement and margins.

With weights fixed, kappa = 1 - n D / (r' v c) needs a pair's summed disagreement D and its two
margins r, c over the items that both rated: 1 + 2 K numbers a pair instead of K * K cells.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annotations.agreement.estimate import FloatArray, LabelArray
from annotations.agreement.pair_tables import EXACT_IN_FLOAT32, reader_codes
from annotations.agreement.sums import divide, labels_of
from annotations.agreement.tables import MISSING, IntArray
from annotations.agreement.weights import Weights, disagreement_weights


@dataclass(frozen=True)
class PairSums:
    """P patients, R readers, K categories.

    disagreement: (P, R, R) summed weights v; margins: (P, R, K, R), [p, a, k, b] items of p that a
    put in k and b rated too; clusters: (P,) labels; v: (K, K), scaled to whole numbers where that
    is exact (kappa does not depend on the scale).
    """

    disagreement: FloatArray
    margins: NDArray[np.float32]
    clusters: LabelArray
    v: FloatArray
    is_complete: bool

    @property
    def dtype(self) -> type[np.floating[Any]]:
        """float32 where every resampled sum is exact in it."""
        is_whole = np.array_equal(self.v, np.rint(self.v))
        largest = len(self.clusters) * float(self.disagreement.max(initial=0.0))
        largest = max(largest, len(self.clusters) * float(self.margins.max(initial=0.0)))
        return np.float32 if is_whole and largest < EXACT_IN_FLOAT32 else np.float64


def sums_of_pairs(
    codes: ArrayLike, cluster: ArrayLike | None, n_categories: int, weights: Weights
) -> PairSums:
    """Sums by patient for (R, items) codes; patients in the order of their labels."""
    readings = reader_codes(codes, n_categories)
    n_readers = len(readings)
    v = whole_weights(disagreement_weights(n_categories, weights))
    clusters, place = np.unique(labels_of(cluster, readings.shape[1]), return_inverse=True)
    order = np.argsort(place, kind="stable")
    sizes = np.bincount(place, minlength=len(clusters))
    starts = np.cumsum(sizes) - sizes
    disagreement = np.zeros((len(clusters), n_readers, n_readers))
    margins = np.zeros((len(clusters), n_readers, n_categories, n_readers), dtype=np.float32)
    for size in np.unique(sizes):  # patients with as many items go through one batched product
        patients = np.flatnonzero(sizes == size)
        items = order[starts[patients][:, None] + np.arange(size)]
        found = _batch(readings[:, items].swapaxes(0, 1), v)
        disagreement[patients], margins[patients] = found
    is_complete = bool((readings != MISSING).all())
    return PairSums(disagreement, margins, clusters, v, is_complete)


def _batch(codes: IntArray, v: FloatArray) -> tuple[FloatArray, NDArray[np.float32]]:
    """Disagreement and margins of (P, R, L) codes."""
    n_patients, n_readers, n_items = codes.shape
    n_categories = len(v)
    with_missing = np.vstack([v, np.zeros(n_categories)])  # the code -1 takes the last row
    hot = codes[..., None] == np.arange(n_categories)
    left = with_missing[codes].reshape(n_patients, n_readers, n_items * n_categories)
    right = hot.reshape(n_patients, n_readers, n_items * n_categories).astype(float)
    rows = hot.transpose(0, 1, 3, 2).reshape(n_patients, n_readers * n_categories, n_items)
    is_rated = (codes != MISSING).transpose(0, 2, 1).astype(np.float32)
    margins = rows.astype(np.float32) @ is_rated
    shape = (n_patients, n_readers, n_categories, n_readers)
    return left @ right.transpose(0, 2, 1), margins.reshape(shape)


def whole_weights(v: FloatArray) -> FloatArray:
    """The weights times K - 1 or its square where that makes them whole, else as they are."""
    for factor in (1, len(v) - 1, (len(v) - 1) ** 2):
        scaled = np.asarray(v * factor)
        if np.allclose(scaled, np.rint(scaled), rtol=0, atol=1e-9):
            return np.asarray(np.rint(scaled))
    return v


def kappas_with_influence(sums: PairSums) -> tuple[FloatArray, FloatArray, IntArray]:
    """(R, R) kappas, NaN where undefined; (P, R, R) influences; (P, R, R) items rated by both."""
    margins = sums.margins.sum(axis=0, dtype=float)
    rows = margins.transpose(0, 2, 1)  # (a, b, k)
    columns = rows.transpose(1, 0, 2)
    kappas, by_d, by_row, by_column = kappa_slopes(
        sums.disagreement.sum(axis=0), rows, columns, sums.v
    )
    influence = sums.disagreement * by_d
    for category in range(len(sums.v)):
        margin = sums.margins[:, :, category]
        influence += margin * by_row[..., category]
        influence += (margin * by_column[..., category].T).transpose(0, 2, 1)
    n_both = sums.margins.sum(axis=2).astype(np.int64)
    return kappas, influence, n_both


def kappa_slopes(
    total: FloatArray, rows: FloatArray, columns: FloatArray, v: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """(...) kappas and their derivatives by D (...), by r and by c (..., K); NaN where undefined.

    total: (...) D; rows, columns: (..., K) r and c. With E = r' v c and n = sum(r), kappa is
    1 - n D / E; by D -n / E, by r_i -D / E + n D (v c)_i / E^2, by c_j n D (v' r)_j / E^2.
    """
    n = rows.sum(axis=-1)
    expected = ((rows @ v) * columns).sum(axis=-1)
    slope = divide(n * total, expected**2)[..., None]
    by_row = divide(-total, expected)[..., None] + slope * (columns @ v.T)
    by_column = slope * (rows @ v)
    return 1 - divide(n * total, expected), divide(-n, expected), by_row, by_column
