"""Several classes: each against the rest, and the mean over classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annotations.agreement.accuracy import TwoByTwo, two_by_two
from annotations.agreement.areas import auc
from annotations.agreement.combine import contrast
from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import Estimate, not_estimable
from annotations.agreement.sums import PatientSums, divide, estimate_of_sums
from annotations.agreement.tables import MISSING, IntArray, codes_of, pair_sums

MacroName = Literal["sensitivity", "specificity", "ppv", "f1"]


@dataclass(frozen=True)
class MulticlassTable:
    """counts: (K, K), rows the calls, columns the truth; one_vs_rest: a 2x2 table a class."""

    counts: IntArray
    one_vs_rest: tuple[TwoByTwo, ...]
    sums: PatientSums

    def accuracy(self) -> Estimate:
        """Share of items on the diagonal, clustered by patient."""
        size = len(self.counts)

        def statistic(totals: NDArray[Any]) -> NDArray[Any]:
            table = totals.reshape(*totals.shape[:-1], size, size)
            return divide(np.einsum("...ii->...", table), totals.sum(axis=-1))

        return self._of(statistic, "accuracy over all classes", "no item")

    def macro(self, name: MacroName) -> Estimate:
        """Mean over all K classes of one-vs-rest sensitivity, specificity, PPV or F1.

        Macro averages as in Sokolova M, Lapalme G 2009, Inf Process Manag 45:427 (F1 is
        the mean of the classes' F1). A class on which a measure isn't defined makes the mean
        undefined: it is never left out in silence. Macro sensitivity is balanced accuracy.
        """
        size = len(self.counts)

        def statistic(totals: NDArray[Any]) -> NDArray[Any]:
            table = totals.reshape(*totals.shape[:-1], size, size)
            hit = np.einsum("...ii->...i", table)
            called, true = table.sum(axis=-1), table.sum(axis=-2)
            every = called.sum(axis=-1)[..., None]
            match name:
                case "sensitivity":
                    each = divide(hit, true)
                case "specificity":
                    each = divide(every - called - true + hit, every - true)
                case "ppv":
                    each = divide(hit, called)
                case "f1":
                    each = divide(2 * hit, called + true)
                case _:
                    raise RatingsError("macro is of sensitivity, specificity, ppv or f1")
            mean: NDArray[Any] = each.mean(axis=-1)
            return mean

        reason = f"a class on which {name} is not defined: no mean over classes"
        return self._of(statistic, f"macro {name}", reason)

    def _of(self, statistic: Any, name: str, undefined: str) -> Estimate:
        by = "clustered by patient" if self.sums.is_clustered else "items independent"
        return estimate_of_sums(
            statistic, self.sums, method=f"{name}, {by}", undefined=undefined, lowest=0.0
        )


def multiclass_table(
    calls: ArrayLike, truth: ArrayLike, *, n_categories: int, cluster: ArrayLike | None = None
) -> MulticlassTable:
    """Calls against the truth over K classes.

    calls, truth: (items,) codes 0..n_categories-1, -1 missing; cluster: (items,) patients.
    """
    called, true = codes_of(calls, n_categories), codes_of(truth, n_categories)
    data = pair_sums(called, true, cluster, n_categories)
    keep = (called != MISSING) & (true != MISSING)

    def one(category: int) -> TwoByTwo:
        return two_by_two(
            np.where(keep, called == category, MISSING).astype(np.int64),
            np.where(keep, true == category, MISSING).astype(np.int64),
            cluster=cluster,
        )

    counts = data.totals.reshape(n_categories, n_categories).astype(np.int64)
    return MulticlassTable(counts, tuple(one(k) for k in range(n_categories)), data)


def one_vs_rest_auc(
    probabilities: ArrayLike, truth: ArrayLike, *, cluster: ArrayLike | None = None
) -> tuple[tuple[Estimate, ...], Estimate]:
    """AUC of each class against the rest, and their unweighted mean.

    probabilities: (items, K), a score for each class, NaN missing; truth: (items,) codes, -1
    missing. The mean follows Provost F, Domingos P 2001 without weighting by prevalence; it is
    undefined where one class is.
    """
    scores = np.asarray(probabilities, dtype=float)
    if scores.ndim != 2:
        raise RatingsError("probabilities have the shape (items, classes)")
    codes = codes_of(truth, scores.shape[1])
    known = codes != MISSING
    each = tuple(
        auc(scores[:, k], np.where(known, codes == k, MISSING), cluster=cluster)
        for k in range(scores.shape[1])
    )
    method = "macro one-vs-rest AUC"
    if any(one.influence is None for one in each):
        reason = "a class without positive or negative items: no mean over classes"
        return each, not_estimable(method, reason, n_items=int(known.sum()))
    size = len(each)
    return each, contrast([1 / size] * size, each, method=method)
