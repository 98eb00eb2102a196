"""Cluster bootstrap of the kappas of all pairs of readers, in all arms, with the same draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import CONFIDENCE, FloatArray
from annotations.agreement.pair_sums import PairSums, kappas_with_influence, sums_of_pairs
from annotations.agreement.pair_tables import Masked
from annotations.agreement.resampling import CHUNK, MOST_UNDEFINED, draw_patients
from annotations.agreement.sums import divide, labels_of
from annotations.agreement.tables import IntArray
from annotations.agreement.weights import Weights


@dataclass(frozen=True)
class PairBootstrap:
    """Kappas of M pairs in A arms and their B resamples; masked where not defined.

    first, second: (M,) rows of the readers; values: (A, M); resampled: (A, B, M).
    """

    first: IntArray
    second: IntArray
    values: Masked
    resampled: Masked
    seed: int

    def interval(self, arm: int = 0) -> Masked:
        """(2, M) percentile limits of the kappas of one arm."""
        return percentile_limits(self.resampled[arm])

    def difference(self, arm: int, minus: int) -> tuple[Masked, Masked]:
        """(M,) difference of two arms and its (2, M) percentile limits, paired by patient."""
        gaps = self.resampled[arm] - self.resampled[minus]
        return self.values[arm] - self.values[minus], percentile_limits(gaps)

    def mean_difference(self, arm: int, minus: int) -> tuple[float, float, float] | None:
        """Mean over the pairs of the difference of two arms, low and high.

        None where a pair has no kappa, or lacks it in too many resamples.
        """
        values = self.values[arm] - self.values[minus]
        gaps = self.resampled[arm] - self.resampled[minus]
        lacks = np.ma.getmaskarray(gaps).any(axis=1)
        means = np.ma.array(gaps.filled(0.0).mean(axis=1), mask=lacks)
        limits = percentile_limits(means[:, None])
        if np.ma.getmaskarray(values).any() or np.ma.getmaskarray(limits).any():
            return None
        return float(values.mean()), float(limits[0, 0]), float(limits[1, 0])


def bootstrap_pairs(
    arms: ArrayLike,
    *,
    n_categories: int,
    weights: Weights = "quadratic",
    cluster: ArrayLike | None = None,
    n_resamples: int = 2000,
    seed: int,
) -> PairBootstrap:
    """Resample patients for the kappas of every pair of readers.

    arms: (A, R, items) codes of the same readers and items in each arm, -1 missing, or (R, items)
    for one arm; cluster: (items,) patients.
    """
    codes = np.asarray(arms)
    codes = codes[None] if codes.ndim == 2 else codes
    if codes.ndim != 3 or codes.shape[1] < 2:
        raise RatingsError("arms must have the shape (arms, readers, items), two readers or more")
    first, second = np.triu_indices(codes.shape[1], 1)
    n_clusters = len(np.unique(labels_of(cluster, codes.shape[2])))
    draws = draw_patients(n_clusters, n_resamples, seed=seed)
    values = np.empty((len(codes), len(first)))
    resampled = np.empty((len(codes), n_resamples, len(first)))
    for arm, readings in enumerate(codes):
        sums = sums_of_pairs(readings, cluster, n_categories, weights)
        values[arm] = kappas_with_influence(sums)[0][first, second]
        resampled[arm] = resampled_kappas(sums, draws, first, second)
    return PairBootstrap(
        first, second, np.ma.masked_invalid(values), np.ma.masked_invalid(resampled), seed
    )


def resampled_kappas(
    sums: PairSums, draws: NDArray[np.float32], first: IntArray, second: IntArray
) -> FloatArray:
    """(B, M) kappas of the pairs in each resample; internal: NaN where undefined.

    Where nothing is missing, the margins of a reader are the same in all pairs.
    """
    n_readers, n_categories = sums.margins.shape[1:3]
    exact = sums.dtype
    apart = np.ascontiguousarray(sums.disagreement[:, first, second], dtype=exact)
    if sums.is_complete:
        margins = np.ascontiguousarray(sums.margins[..., 0], dtype=exact)
    else:
        margins = np.ascontiguousarray(sums.margins.transpose(0, 1, 3, 2), dtype=exact)
    margins = margins.reshape(len(margins), -1)
    found = np.empty((len(draws), len(first)))
    v = sums.v.astype(exact)
    for start in range(0, len(draws), CHUNK):
        drawn = draws[start : start + CHUNK].astype(exact, copy=False)
        observed, margin = drawn @ apart, drawn @ margins
        if sums.is_complete:
            shares = margin.reshape(len(drawn), n_readers, n_categories)
            n: NDArray[Any] = shares[:, 0].sum(axis=-1, keepdims=True)
            expected = ((shares @ v) @ shares.transpose(0, 2, 1))[:, first, second]
        else:
            by_pair = margin.reshape(len(drawn), n_readers, n_readers, n_categories)
            rows, columns = by_pair[:, first, second], by_pair[:, second, first]
            n = rows.sum(axis=-1)
            expected = np.einsum("bmk,bmk->bm", rows @ v, columns)
        found[start : start + CHUNK] = 1 - divide(observed.astype(float) * n, expected)
    return found


def percentile_limits(resampled: Masked) -> Masked:
    """(2, M) percentile limits of (B, M) values; masked where over 5 % of them are undefined."""
    shares = [0.5 - CONFIDENCE / 2, 0.5 + CONFIDENCE / 2]
    mask = np.ma.getmaskarray(resampled)
    values = np.asarray(resampled.filled(0.0), dtype=float)
    limits = np.quantile(values, shares, axis=0)
    hidden = mask.mean(axis=0) > MOST_UNDEFINED
    for column in np.flatnonzero(mask.any(axis=0) & ~hidden):
        limits[:, column] = np.quantile(values[~mask[:, column], column], shares)
    return np.ma.array(limits, mask=np.broadcast_to(hidden, limits.shape))
