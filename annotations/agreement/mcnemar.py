"""Two arms on the same items: the test that they have the same share of right answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import FloatArray
from annotations.agreement.significance import SignificanceTest, chi_square_test, no_test
from annotations.agreement.tables import IntArray, cluster_confusion

McNemarMethod = Literal["obuchowski", "durkalski", "yang", "eliasziw", "mcnemar"]

_SOURCES: Final[dict[str, str]] = {
    "mcnemar": "McNemar 1947, no continuity correction, items taken as independent",
    "obuchowski": "Obuchowski 1998",
    "durkalski": "Durkalski 2003",
    "yang": "Yang 2010, modified Obuchowski",
    "eliasziw": "Eliasziw and Donner 1991",
}


@dataclass(frozen=True)
class PairedTable:
    """A test of paired answers with what it was made from.

    both, first_only, second_only, neither: items positive in both arms, one, or none.
    """

    test: SignificanceTest
    both: int
    first_only: int
    second_only: int
    neither: int
    n_clusters: int
    n_missing: int

    @property
    def statistic(self) -> float | None:
        """That of the test."""
        return self.test.statistic

    @property
    def p(self) -> float | None:
        """Two-sided."""
        return self.test.p

    @property
    def undefined(self) -> str | None:
        """Why there is no test, in words."""
        return self.test.undefined

    @property
    def n_items(self) -> int:
        """Items answered in both arms."""
        return self.both + self.first_only + self.second_only + self.neither


def mcnemar_exact(first: ArrayLike, second: ArrayLike) -> PairedTable:
    """Exact test for one item a patient: discordant items are a fair coin under the null.

    first, second: (items,) 1 right (or positive), 0 not, -1 missing. p: twice the smaller binomial
    tail, at most 1. With no discordant item p is 1. McNemar Q 1947, Psychometrika 12:153; for
    several items a patient use `mcnemar_clustered`.
    """
    counts = cluster_confusion(first, second, np.arange(np.size(first)), 2)
    b, c = int(counts[:, 1, 0].sum()), int(counts[:, 0, 1].sum())
    method = "McNemar, exact binomial"
    p = min(1.0, float(2 * stats.binom.cdf(min(b, c), b + c, 0.5))) if b + c else 1.0
    test = SignificanceTest(float(b), p, "exact", method)
    if not len(counts):
        test = no_test(method, "no item answered in both arms", distribution="exact")
    return _result(test, counts, np.size(first))


def mcnemar_clustered(
    first: ArrayLike,
    second: ArrayLike,
    *,
    cluster: ArrayLike,
    method: McNemarMethod = "obuchowski",
) -> PairedTable:
    """McNemar's test when several items (levels) belong to one patient.

    Parameters
    ----------
    first, second
        (items,) 1 right (or positive), 0 not, -1 missing, for the same items in two arms.
    cluster
        (items,) patient of each item.
    method
        "obuchowski" (Obuchowski NA 1998, Stat Med 17:1495; the default: the influence test of the
        difference of the two shares), "durkalski" (Durkalski VL et al. 2003, Stat Med 22:2417),
        "yang" (Yang Z, Sun X, Hardin JW 2010, Biom J 52:638, variance averaged over the null
        and the alternative), "eliasziw" (Eliasziw M, Donner A 1991, Stat Med 10:1981), or
        "mcnemar", which ignores patients and stands there for comparison only.

    Returns
    -------
    PairedTable
        Its test is chi-square with 1 degree of freedom.
    """
    if method not in _SOURCES:
        raise RatingsError(f"unknown method {method!r}: {', '.join(_SOURCES)}")
    counts = cluster_confusion(first, second, cluster, 2)
    return _result(_test(counts, method), counts, np.size(first))


def mcnemar_of_counts(counts: ArrayLike, *, method: McNemarMethod = "obuchowski") -> PairedTable:
    """The same from (P, 2, 2) counts by patient: [p, i, j] items with first = i, second = j."""
    table = np.asarray(counts)
    if table.ndim != 3 or table.shape[1:] != (2, 2) or np.any(table < 0):
        raise RatingsError("counts are (patients, 2, 2) numbers of items, none below 0")
    if method not in _SOURCES:
        raise RatingsError(f"unknown method {method!r}: {', '.join(_SOURCES)}")
    kept = table[table.sum(axis=(1, 2)) > 0].astype(np.int64)
    return _result(_test(kept, method), kept, int(kept.sum()))


def _test(counts: IntArray, method: str) -> SignificanceTest:
    name = f"McNemar, clustered by patient ({_SOURCES[method]})"
    if method == "mcnemar":
        name = f"McNemar ({_SOURCES[method]})"
    n = counts.sum(axis=(1, 2)).astype(float)
    b, c = counts[:, 1, 0].astype(float), counts[:, 0, 1].astype(float)
    patients, total = len(n), float(np.sum(b - c))
    if not patients:
        return no_test(name, "no item answered in both arms", distribution="chi2")
    if np.sum(b + c) == 0:
        return no_test(name, "the arms never differ: no test", distribution="chi2")
    if method != "mcnemar" and patients < 2:
        return no_test(name, "fewer than 2 patients: no test", distribution="chi2")
    correction = (patients - 1) / patients
    match method:
        case "obuchowski":
            variance = np.sum((b - c) ** 2) / correction
        case "yang":
            shift = total / n.sum()
            spread = (b - c - n * shift) ** 2 + (b - c) ** 2
            variance = np.sum(spread) / 2 / correction
        case "durkalski":
            total = float(np.sum((b - c) / n))
            variance = np.sum(((b - c) / n) ** 2)
        case "eliasziw":
            inflation = _eliasziw_inflation(counts.reshape(patients, 4).astype(float))
            if inflation is None:
                return no_test(
                    name, "correlation within patients not estimable: no test", distribution="chi2"
                )
            variance = np.sum(b + c) * inflation
        case _:
            variance = np.sum(b + c)
    if variance <= 0:
        return no_test(name, "patients do not differ: no test", distribution="chi2")
    return chi_square_test(total**2 / float(variance), 1, method=name)


def _eliasziw_inflation(cells: FloatArray) -> float | None:
    """1 + (n_c - 1) rho of Eliasziw and Donner 1991; None where it can't be estimated.

    cells: (P, 4) counts with the discordant ones in columns 1 and 2. rho among discordant items
    follows from the pooled intraclass correlation over the four cells.
    """
    n = cells.sum(axis=1)
    patients, mean_n = len(n), float(n.mean())
    if np.all(n == 1):
        return 1.0
    shares = cells.sum(axis=0) / n.sum()
    size = mean_n - np.sum((n - mean_n) ** 2) / (patients * (patients - 1) * mean_n)
    between = np.sum((cells - n[:, None] * shares) ** 2 / n[:, None]) / patients
    within = np.sum(cells * (n[:, None] - cells) / n[:, None]) / (patients * (mean_n - 1))
    if between + (size - 1) * within <= 0:
        return None
    pooled = (between - within) / (between + (size - 1) * within)
    discordant = cells[:, 1] + cells[:, 2]
    units = int(np.count_nonzero(discordant))
    share = float(shares[1] + shares[2])
    denominator = pooled + share * (1 - pooled)
    if units < 2 or denominator == 0:
        return None
    mean_s = float(discordant.sum() / units)
    own = discordant[discordant > 0]
    size_s = mean_s - float(np.sum((own - mean_s) ** 2)) / (units * (units - 1) * mean_s)
    effective = size_s + units * (mean_s - size_s)
    inflation = 1 + (effective - 1) * pooled / denominator
    return inflation if inflation > 0 else None


def _result(test: SignificanceTest, counts: IntArray, n_given: int) -> PairedTable:
    total = counts.sum(axis=0) if len(counts) else np.zeros((2, 2), dtype=np.int64)
    return PairedTable(
        test=test,
        both=int(total[1, 1]),
        first_only=int(total[1, 0]),
        second_only=int(total[0, 1]),
        neither=int(total[0, 0]),
        n_clusters=len(counts),
        n_missing=n_given - int(total.sum()),
    )
