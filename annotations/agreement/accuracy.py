"""Calls against the truth: the 2x2 table and what is read from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import Estimate
from annotations.agreement.intervals import Scale
from annotations.agreement.proportions import ShareInterval, share_of_sums
from annotations.agreement.sums import PatientSums, divide, estimate_of_sums, sum_by_cluster
from annotations.agreement.tables import MISSING, codes_of

# Columns of the sums.
TP, FP, FN, TN = range(4)
_SHARES: Final[dict[str, tuple[tuple[int, ...], tuple[int, ...]]]] = {
    "sensitivity": ((TP,), (TP, FN)),
    "specificity": ((TN,), (TN, FP)),
    "ppv": ((TP,), (TP, FP)),
    "npv": ((TN,), (TN, FN)),
    "accuracy": ((TP, TN), (TP, FP, FN, TN)),
}
_EMPTY: Final[dict[str, str]] = {
    "sensitivity": "no positive item",
    "specificity": "no negative item",
    "ppv": "no positive call",
    "npv": "no negative call",
    "accuracy": "no item",
}


@dataclass(frozen=True)
class TwoByTwo:
    """Counts with, for each patient, its part of them; every measure comes from here.

    true_positive, false_positive, false_negative, true_negative: items. Measures are methods and
    give Estimates: shares with Wilson's interval where no patient has two items of their
    denominator, clustered by patient otherwise.
    """

    true_positive: int
    false_positive: int
    false_negative: int
    true_negative: int
    sums: PatientSums

    def sensitivity(self, *, interval: ShareInterval = "auto") -> Estimate:
        """TP / (TP + FN); Yerushalmy J 1947, Public Health Rep 62:1432."""
        return self._share("sensitivity", interval)

    def specificity(self, *, interval: ShareInterval = "auto") -> Estimate:
        """TN / (TN + FP); Yerushalmy 1947."""
        return self._share("specificity", interval)

    def ppv(self, *, interval: ShareInterval = "auto") -> Estimate:
        """TP / (TP + FP), at the prevalence of these data."""
        return self._share("ppv", interval)

    def npv(self, *, interval: ShareInterval = "auto") -> Estimate:
        """TN / (TN + FN), at the prevalence of these data."""
        return self._share("npv", interval)

    def accuracy(self, *, interval: ShareInterval = "auto") -> Estimate:
        """(TP + TN) / all."""
        return self._share("accuracy", interval)

    def balanced_accuracy(self) -> Estimate:
        """Mean of sensitivity and specificity (Brodersen KH et al. 2010, ICPR, p. 3121)."""
        return self._of(
            lambda t: (_sensitivity(t) + _specificity(t)) / 2,
            "balanced accuracy",
            "no positive or no negative item",
        )

    def youden(self) -> Estimate:
        """Sensitivity + specificity - 1 (Youden WJ 1950, Cancer 3:32)."""
        return self._of(
            lambda t: _sensitivity(t) + _specificity(t) - 1,
            "Youden's J",
            "no positive or no negative item",
            lowest=-1.0,
        )

    def f1(self) -> Estimate:
        """2 TP / (2 TP + FP + FN), the Dice coefficient of calls and truth (Dice LR 1945)."""
        return self._of(
            lambda t: divide(2 * t[..., TP], 2 * t[..., TP] + t[..., FP] + t[..., FN]),
            "F1",
            "no positive item and no positive call",
        )

    def lr_positive(self) -> Estimate:
        """Sensitivity / (1 - specificity), interval on the log scale.

        Simel DL et al. 1991, J Clin Epidemiol 44:763, by the influences of patients.
        """
        return self._of(
            lambda t: divide(_sensitivity(t), 1 - _specificity(t)),
            "positive likelihood ratio",
            "no false positive, or one kind of items lacks: the ratio is not defined",
            scale="log",
        )

    def lr_negative(self) -> Estimate:
        """(1 - sensitivity) / specificity, interval on the log scale (Simel 1991)."""
        return self._of(
            lambda t: divide(1 - _sensitivity(t), _specificity(t)),
            "negative likelihood ratio",
            "no true negative, or one kind of items lacks: the ratio is not defined",
            scale="log",
        )

    def measures(self) -> dict[str, Estimate]:
        """All of them by name."""
        return {
            "sensitivity": self.sensitivity(),
            "specificity": self.specificity(),
            "ppv": self.ppv(),
            "npv": self.npv(),
            "accuracy": self.accuracy(),
            "balanced_accuracy": self.balanced_accuracy(),
            "youden": self.youden(),
            "f1": self.f1(),
            "lr_positive": self.lr_positive(),
            "lr_negative": self.lr_negative(),
        }

    def _share(self, name: str, interval: ShareInterval) -> Estimate:
        hits, counted = _SHARES[name]
        columns = np.column_stack(
            [self.sums.sums[:, hits].sum(axis=1), self.sums.sums[:, counted].sum(axis=1)]
        )
        holds = columns[:, 1] > 0
        n_items = int(columns[:, 1].sum())
        data = PatientSums(
            columns[holds],
            self.sums.clusters[holds],
            self.sums.is_clustered,
            n_items,
            self.sums.n_missing,
        )
        if not n_items:
            return data.not_estimable(name, _EMPTY[name])
        return share_of_sums(data, method=name, interval=interval)

    def _of(
        self,
        statistic: Callable[[NDArray[Any]], NDArray[Any]],
        name: str,
        undefined: str,
        *,
        scale: Scale = "bounded",
        lowest: float = 0.0,
    ) -> Estimate:
        by = "clustered by patient" if self.sums.is_clustered else "items independent"
        value = statistic(self.sums.totals) if len(self.sums.sums) else np.array(np.nan)
        is_zero_ratio = scale == "log" and bool(np.isfinite(value)) and float(value) <= 0
        return estimate_of_sums(
            statistic,
            self.sums,
            method=f"{name}, {by}",
            undefined=undefined,
            scale="plain" if is_zero_ratio else scale,
            lowest=lowest,
            no_interval="the ratio is 0: no interval on the log scale" if is_zero_ratio else None,
        )


def two_by_two(calls: ArrayLike, truth: ArrayLike, *, cluster: ArrayLike | None = None) -> TwoByTwo:
    """The 2x2 table of calls against the truth.

    Parameters
    ----------
    calls, truth
        (items,) 1 positive, 0 negative, -1 missing; items that lack either are left out.
    cluster
        (items,) patient of each item; None: one item a patient.

    Raises
    ------
    RatingsError
        Other codes, or arrays that don't fit.
    """
    called, true = (
        codes_of(part.astype(np.int64) if part.dtype == bool else part, 2)
        for part in (np.asarray(calls), np.asarray(truth))
    )
    if called.ndim != 1 or called.shape != true.shape:
        raise RatingsError("calls and truth need one entry for each of the same items")
    rows = np.column_stack(
        [
            (called == 1) & (true == 1),
            (called == 1) & (true == 0),
            (called == 0) & (true == 1),
            (called == 0) & (true == 0),
        ]
    ).astype(float)
    keep = (called != MISSING) & (true != MISSING)
    data = sum_by_cluster(rows, cluster, keep=keep)
    tp, fp, fn, tn = (int(total) for total in data.totals)
    return TwoByTwo(tp, fp, fn, tn, data)


def _sensitivity(totals: NDArray[Any]) -> NDArray[Any]:
    return divide(totals[..., TP], totals[..., TP] + totals[..., FN])


def _specificity(totals: NDArray[Any]) -> NDArray[Any]:
    return divide(totals[..., TN], totals[..., TN] + totals[..., FP])
