"""Kappas of all pairs of readers with their intervals, kept up to date grade by grade.

The standard error of a kappa needs the sum of squared influences over patients. A patient's
influence is g' s, with s the patient's part of the sums (disagreement and the two margins,
1 + 2 K numbers) and g the derivatives at the totals. Its squares sum to g' M g, where M is the sum
of s s' over patients. A changed grade moves one patient's s in the R - 1 pairs of one reader, so
that M follows at once, and no patient is looked at again.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from annotations.agreement.estimate import Estimate, FloatArray, from_squares, not_estimable
from annotations.agreement.kappa import (
    CONSTANT_READER,
    by_patient,
    cohen_kappa,
    has_constant_reader,
    undefined_kappa,
)
from annotations.agreement.live import LivePairCounts
from annotations.agreement.pair_sums import kappa_slopes, sums_of_pairs, whole_weights
from annotations.agreement.pairs import PairEstimate
from annotations.agreement.sums import labels_of
from annotations.agreement.tables import MISSING, IntArray
from annotations.agreement.weights import Weights, disagreement_weights, weights_name

PATIENTS_AT_ONCE: Final = 64
CANCELS: Final = 1e-4
"""Below this share of what it is summed from, g' M g has lost digits: it is counted out anew."""


class LiveKappas:
    """What `kappa_matrix` gives, after any order of edits; a changed grade costs R - 1 pairs.

    The estimates hold no influences: they are for showing, not for combining.
    """

    def __init__(
        self,
        codes: ArrayLike,
        *,
        cluster: ArrayLike,
        n_categories: int,
        weights: Weights = "quadratic",
    ) -> None:
        """Start from (R, items) codes, -1 missing, and the (items,) patient of each item."""
        self.counts = LivePairCounts(codes, n_categories=n_categories)
        self._weights = weights
        self._v = whole_weights(disagreement_weights(n_categories, weights))
        self._method = f"Cohen kappa, {weights_name(weights)}{by_patient(True)}"
        n_readers, n_items = np.asarray(codes).shape
        self._patients: list[object] = labels_of(cluster, n_items).tolist()
        self._items_of: dict[object, list[int]] = {}
        for item, patient in enumerate(self._patients):
            self._items_of.setdefault(patient, []).append(item)
        size = 1 + 2 * n_categories
        # (R, R, m, m) sums over patients of s s'; (R, R) patients with an item that both rated
        self._moments = np.zeros((n_readers, n_readers, size, size))
        self._n_patients = np.zeros((n_readers, n_readers), dtype=np.int64)
        self._swap = [0, *range(n_categories + 1, size), *range(1, n_categories + 1)]
        self._pairs = list(combinations(range(n_readers), 2))
        self._known: dict[tuple[int, int], PairEstimate] = {}
        if n_items:
            self._count_all(codes, cluster)

    def set(self, reader: int, item: int, code: int) -> int:
        """As `LivePairCounts.set`: what stood there; RatingsError, and nothing changed, if bad."""
        old = self.counts.set(reader, item, code)
        if old == code:
            return old
        items = self._items_of[self._patients[item]]
        now = self.counts.codes_at(items)
        before = now.copy()
        before[reader, items.index(item)] = old
        was, has = self._part(before, reader), self._part(now, reader)
        change = has[:, :, None] * has[:, None, :] - was[:, :, None] * was[:, None, :]
        swapped = change[:, self._swap][:, :, self._swap]
        gained = has[:, 1:].any(axis=1).astype(int) - was[:, 1:].any(axis=1)
        self._moments[reader] += change
        self._n_patients[reader] += gained
        others = np.arange(len(now)) != reader
        self._moments[others, reader] += swapped[others]
        self._n_patients[others, reader] += gained[others]
        for other in np.flatnonzero(others):
            self._known.pop((min(reader, int(other)), max(reader, int(other))), None)
        return old

    def add_items(self, patients: Iterable[object]) -> range:
        """Make room for more items, unrated, of these patients; their numbers."""
        added = list(patients)
        numbers = self.counts.add_items(len(added))
        for item, patient in zip(numbers, added, strict=True):
            self._patients.append(patient)
            self._items_of.setdefault(patient, []).append(item)
        return numbers

    def matrix(self) -> list[PairEstimate]:
        """Every pair of readers, in the order of `kappa_matrix`."""
        stale = [pair for pair in self._pairs if pair not in self._known]
        if stale:
            first, second = np.array(stale, dtype=np.int64).T
            for pair, estimate in zip(stale, self._estimates(first, second), strict=True):
                self._known[pair] = PairEstimate(*pair, estimate)
        return [self._known[pair] for pair in self._pairs]

    def _estimates(self, first: IntArray, second: IntArray) -> list[Estimate]:
        tables = self.counts.tables_of(first, second).astype(float)
        rows, columns = tables.sum(axis=-1), tables.sum(axis=-2)
        total = (tables * self._v).sum(axis=(-1, -2))
        kappas, by_d, by_row, by_column = kappa_slopes(total, rows, columns, self._v)
        slopes = np.concatenate([by_d[:, None], by_row, by_column], axis=1)
        moments = self._moments[first, second]
        squares = np.einsum("ni,nij,nj->n", slopes, moments, slopes)
        summed = np.einsum("ni,nij,nj->n", abs(slopes), moments, abs(slopes))
        keeps_digits = squares > CANCELS * summed  # false where a kappa isn't defined
        used = np.minimum(np.count_nonzero(rows, axis=1), np.count_nonzero(columns, axis=1))
        n_patients = self._n_patients[first, second].tolist()
        n_rated = rows.sum(axis=1).astype(int).tolist()
        n_items = len(self._patients)
        return [
            from_squares(
                float(kappas[at]),
                float(squares[at]),
                method=self._method,
                n_items=n_rated[at],
                n_clusters=n_patients[at],
                n_missing=n_items - n_rated[at],
            )
            if keeps_digits[at] and used[at] > 1
            else self._unusual(
                (int(first[at]), int(second[at])),
                rows[at],
                columns[at],
                n_rated[at],
                n_patients[at],
            )
            for at in range(len(first))
        ]

    def _unusual(
        self,
        pair: tuple[int, int],
        rows: FloatArray,
        columns: FloatArray,
        n_items: int,
        n_patients: int,
    ) -> Estimate:
        """A kappa that isn't defined or has no interval, or one to be counted out."""
        n_missing = len(self._patients) - n_items
        reason = undefined_kappa(rows, columns, self._v)
        if reason:
            return not_estimable(
                self._method, reason, n_items=n_items, n_clusters=n_patients, n_missing=n_missing
            )
        if not has_constant_reader(rows, columns):
            return self._counted_out(pair)
        return from_squares(
            0.0,
            0.0,
            method=self._method,
            n_items=n_items,
            n_clusters=n_patients,
            n_missing=n_missing,
            no_interval=CONSTANT_READER,
        )

    def _counted_out(self, pair: tuple[int, int]) -> Estimate:
        """One pair from all its codes."""
        codes = self.counts.codes
        return cohen_kappa(
            codes[pair[0]],
            codes[pair[1]],
            n_categories=self.counts.n_categories,
            weights=self._weights,
            cluster=np.asarray(self._patients),
        )

    def _part(self, codes: IntArray, reader: int) -> FloatArray:
        """(R, m) the sums of one patient's (R, L) codes for the pairs of a reader."""
        own = codes[reader]
        both = (codes != MISSING) & (own != MISSING)
        grades = np.arange(len(self._v))
        disagreement = np.where(both, self._v[own, codes], 0.0).sum(axis=1)
        rows = both @ (own[:, None] == grades).astype(float)
        columns = (both[..., None] & (codes[..., None] == grades)).sum(axis=1)
        return np.concatenate([disagreement[:, None], rows, columns], axis=1)

    def _count_all(self, codes: ArrayLike, cluster: ArrayLike) -> None:
        sums = sums_of_pairs(codes, cluster, self.counts.n_categories, self._weights)
        for start in range(0, len(sums.clusters), PATIENTS_AT_ONCE):
            some = slice(start, start + PATIENTS_AT_ONCE)
            margins = sums.margins[some].astype(float)
            rows = margins.transpose(1, 3, 0, 2)  # (a, b, p, k)
            parts = np.concatenate(
                [
                    sums.disagreement[some].transpose(1, 2, 0)[..., None],
                    rows,
                    rows.transpose(1, 0, 2, 3),
                ],
                axis=-1,
            )
            self._moments += parts.swapaxes(-1, -2) @ parts
            self._n_patients += (rows.sum(axis=-1) > 0).sum(axis=-1)
