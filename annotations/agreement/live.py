"""The tables of all pairs of readers, kept up to date grade by grade."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import Estimate
from annotations.agreement.kappa import cohen_kappa
from annotations.agreement.pair_tables import Masked, all_pairs_confusion, pair_kappas, reader_codes
from annotations.agreement.tables import MISSING, IntArray
from annotations.agreement.weights import Weights


class LivePairCounts:
    """Counts of every pair of R readers; a changed grade touches R of the tables' cells.

    After any order of edits the tables equal `all_pairs_confusion` of the codes as they stand.
    """

    def __init__(self, codes: ArrayLike, *, n_categories: int) -> None:
        """Start from (R, items) codes, -1 missing."""
        self.n_categories = n_categories
        self._codes: IntArray = reader_codes(codes, n_categories).copy()
        # (R, R, K, K): [a, b, i, j] items that a put in i and b in j.
        self._tables = all_pairs_confusion(self._codes, n_categories)

    @property
    def codes(self) -> IntArray:
        """(R, items) a copy of the codes as they stand."""
        return self._codes.copy()

    @property
    def tables(self) -> IntArray:
        """(R, R, K, K) a copy of the tables."""
        return self._tables.copy()

    def codes_at(self, items: list[int]) -> IntArray:
        """(R, len(items)) a copy of the codes of some items."""
        return self._codes[:, items]

    def tables_of(self, first: IntArray, second: IntArray) -> IntArray:
        """(n, K, K) copies of the tables of n pairs."""
        return self._tables[first, second]

    def set(self, reader: int, item: int, code: int) -> int:
        """Put a code (-1 takes it back) in the place of what stood there, which is returned.

        Setting that again undoes it. RatingsError, and nothing changed, for a code off the scale
        or a reader or item that isn't there.
        """
        n_readers, n_items = self._codes.shape
        if not (0 <= reader < n_readers and 0 <= item < n_items):
            raise RatingsError(f"there is no reader {reader} or no item {item}")
        if isinstance(code, bool) or code not in range(MISSING, self.n_categories):
            raise RatingsError(f"codes must lie in -1..{self.n_categories - 1}")
        old = int(self._codes[reader, item])
        if code != old:
            self._count(reader, item, -1)
            self._codes[reader, item] = code
            self._count(reader, item, 1)
        return old

    def add_items(self, n_items: int) -> range:
        """Make room for more items, unrated; their numbers."""
        n_readers, start = self._codes.shape
        if n_items < 0:
            raise RatingsError("the number of items can't be below 0")
        room = np.full((n_readers, n_items), MISSING, dtype=np.int64)
        self._codes = np.hstack([self._codes, room])
        return range(start, start + n_items)

    def kappas(self, weights: Weights = "quadratic") -> Masked:
        """(R, R) kappas of all pairs, masked where not defined."""
        return pair_kappas(self._tables, weights)

    def kappas_of(self, reader: int, weights: Weights = "quadratic") -> Masked:
        """(R,) kappas of one reader with each."""
        return pair_kappas(self._tables[reader], weights)

    def estimate(
        self,
        first: int,
        second: int,
        *,
        cluster: ArrayLike | None,
        weights: Weights = "quadratic",
    ) -> Estimate:
        """One pair with its interval, for whoever looks at it."""
        return cohen_kappa(
            self._codes[first],
            self._codes[second],
            n_categories=self.n_categories,
            weights=weights,
            cluster=cluster,
        )

    def _count(self, reader: int, item: int, step: int) -> None:
        """Count the item in the reader's tables, step +1 or -1."""
        code = self._codes[reader, item]
        if code == MISSING:
            return
        column = self._codes[:, item]
        others = np.flatnonzero(column != MISSING)
        theirs = column[others]
        self._tables[reader, others, code, theirs] += step
        apart = others != reader
        self._tables[others[apart], reader, theirs[apart], code] += step
