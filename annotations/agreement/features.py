"""Qualitative features by group: one table a feature, one adjustment for all."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from annotations.agreement.errors import RatingsError
from annotations.agreement.multiplicity import Adjustment, adjust_p
from annotations.agreement.significance import SignificanceTest, chi_square_test, no_test
from annotations.agreement.tables import MISSING, IntArray, codes_of

TableMethod = Literal["auto", "fisher", "chi_square"]
SMALL_EXPECTED: Final = 5.0
MOST_STEPS: Final = 50_000


@dataclass(frozen=True)
class FeatureRow:
    """One feature: counts (groups, categories), its test, and p adjusted over all features.

    adjusted_p: None where the test can't be made; such features don't count in the adjustment.
    """

    name: str
    counts: IntArray
    test: SignificanceTest
    adjusted_p: float | None = None


def feature_table(
    features: Mapping[str, ArrayLike],
    group: ArrayLike,
    *,
    n_groups: int,
    n_categories: Mapping[str, int],
    method: TableMethod = "auto",
    adjustment: Adjustment = "holm",
) -> tuple[FeatureRow, ...]:
    """Tests of every feature against the groups, one item a patient, adjusted for their number.

    Parameters
    ----------
    features
        Name to (items,) codes, -1 missing.
    group
        (items,) codes 0..n_groups-1, -1 missing.
    n_groups, n_categories
        Number of groups, and of categories of each feature.
    method
        "fisher" (exact), "chi_square" (Pearson, no continuity correction), or "auto": exact where
        an expected count is below 5 (Cochran WG 1954, Biometrics 10:417).
    adjustment
        "holm", "bh", "hommel" or "bonferroni", over the features that could be tested.
    """
    groups = codes_of(group, n_groups)
    rows = []
    for name, values in features.items():
        size = n_categories[name]
        codes = codes_of(values, size)
        if codes.shape != groups.shape:
            raise RatingsError(f"feature {name}: one code for each item of the groups")
        keep = (codes != MISSING) & (groups != MISSING)
        counts = np.zeros((n_groups, size), dtype=np.int64)
        np.add.at(counts, (groups[keep], codes[keep]), 1)
        rows.append(FeatureRow(name, counts, table_test(counts, method=method)))
    tested = [row.test.p for row in rows if row.test.p is not None]
    adjusted = iter(adjust_p(tested, method=adjustment)) if tested else iter(())
    return tuple(
        row if row.test.p is None else replace(row, adjusted_p=float(next(adjusted)))
        for row in rows
    )


def table_test(counts: ArrayLike, *, method: TableMethod = "auto") -> SignificanceTest:
    """Independence of rows and columns of a table of counts; empty rows and columns drop out."""
    table = np.asarray(counts)
    if table.ndim != 2 or table.dtype.kind not in "iu" or np.any(table < 0):
        raise RatingsError("counts are a table of whole numbers, none below 0")
    if method not in ("auto", "fisher", "chi_square"):
        raise RatingsError(f"unknown method {method!r}: auto, fisher or chi_square")
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    n = int(table.sum())
    if min(table.shape) < 2:
        reason = "one group or one category only: no test"
        return no_test("independence", reason, distribution="chi2", n_items=n)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / n
    is_exact = method == "fisher" or (method == "auto" and expected.min() < SMALL_EXPECTED)
    if is_exact:
        p = exact_p(table)
        if p is not None:
            name = "Fisher's exact test" + ("" if table.shape == (2, 2) else " (Freeman-Halton)")
            return SignificanceTest(None, p, "exact", name, n_items=n, n_clusters=n)
        if method == "fisher":
            reason = "the table is too large for the exact test: take chi_square"
            return no_test("Fisher's exact test", reason, distribution="exact", n_items=n)
    statistic = float(np.sum((table - expected) ** 2 / expected))
    df = float((table.shape[0] - 1) * (table.shape[1] - 1))
    return chi_square_test(statistic, df, method="Pearson's chi-square", n_items=n, n_clusters=n)


def exact_p(table: IntArray) -> float | None:
    """Share of tables with these margins that are no more likely; None beyond 50 000 steps.

    Fisher RA 1934 for 2 x 2; Freeman GH, Halton JH 1951, Biometrika 38:141, beyond. The columns
    are filled one after the other, tables with the same rows left over taken together by the
    probability that they have.
    """
    if table.shape == (2, 2):
        return float(stats.fisher_exact(table)[1])
    table = table if table.shape[0] <= table.shape[1] else table.T
    rows, columns = table.sum(axis=1).tolist(), table.sum(axis=0).tolist()
    logs = [math.lgamma(k + 1.0) for k in range(sum(rows) + 1)]

    def weight(numbers: Iterable[int]) -> float:
        return sum(logs[k] for k in numbers)

    constant = weight(rows) + weight(columns) - logs[sum(rows)]
    observed = constant - weight(table.ravel().tolist())
    # State: rows left over -> {rounded log weight of the columns so far: number of tables}.
    states: dict[tuple[int, ...], dict[float, int]] = {tuple(rows): {0.0: 1}}
    steps = 0
    for total in columns[:-1]:
        following: dict[tuple[int, ...], dict[float, int]] = {}
        for left, found in states.items():
            for column in _fillings(total, left):
                steps += len(found)
                if steps > MOST_STEPS:
                    return None
                rest = tuple(a - b for a, b in zip(left, column, strict=True))
                loss = weight(column)
                bucket = following.setdefault(rest, {})
                for so_far, number in found.items():
                    key = round(so_far + loss, 9)
                    bucket[key] = bucket.get(key, 0) + number
        states = following
    p = 0.0
    for left, found in states.items():
        for so_far, number in found.items():
            chance = constant - so_far - weight(left)
            if chance <= observed + 1e-7:
                p += number * math.exp(chance)
    return min(p, 1.0)


def _fillings(total: int, limits: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """All ways to write total as a sum of numbers 0..limit, one a row."""
    if len(limits) == 1:
        if total <= limits[0]:
            yield (total,)
        return
    for first in range(max(0, total - sum(limits[1:])), min(total, limits[0]) + 1):
        for rest in _fillings(total - first, limits[1:]):
            yield (first, *rest)
