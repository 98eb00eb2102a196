"""Areas under empirical ROC curves: one, several of the same items, and their differences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import (
    ROUNDING,
    Estimate,
    FloatArray,
    not_estimable,
)
from annotations.agreement.placements import Placements, placements, scores_of, truth_of
from annotations.agreement.significance import SignificanceTest, chi_square_test, no_test
from annotations.agreement.sums import labels_of
from annotations.agreement.tables import MISSING
from annotations.agreement.wald import wald_estimate, wald_test

NO_POSITIVE = "no positive item with a score"
NO_NEGATIVE = "no negative item with a score"
PERFECT = "the scores part positives from negatives without fault: no interval"
FEW = "fewer than 2 patients with a positive or with a negative item: no interval"


def auc(scores: ArrayLike, truth: ArrayLike, *, cluster: ArrayLike | None = None) -> Estimate:
    """Empirical area under the ROC curve; ties count one half.

    Parameters
    ----------
    scores
        (items,) the higher, the more positive. Missing: NaN, or -1 in whole-number grades (see
        `placements.scores_of`).
    truth
        (items,) 1 positive, 0 negative, -1 missing.
    cluster
        (items,) patient of each item; None: one item a patient.

    Returns
    -------
    Estimate
        Without clusters the standard error is DeLong's (DeLong ER, DeLong DM, Clarke-Pearson DL
        1988, Biometrics 44:837), with clusters Obuchowski's (1997, Biometrics 53:567), which is
        the same where each patient has one item. Interval on the logit scale.
    """
    row = np.asarray(scores)
    if row.ndim != 1:
        raise RatingsError("scores are one row: one score an item")
    return delong(row[None, :], truth, cluster=cluster).aucs[0]


def clustered_auc(scores: ArrayLike, truth: ArrayLike, *, cluster: ArrayLike) -> Estimate:
    """AUC with several items (levels) a patient (Obuchowski NA 1997, Biometrics 53:567).

    The same as `auc` with clusters, which must be given. For two AUCs of the same items and their
    difference use `delong` with `cluster`.
    """
    if cluster is None:
        raise RatingsError("clustered_auc needs the patient of each item; without them use auc")
    return auc(scores, truth, cluster=cluster)


@dataclass(frozen=True)
class PairedAucs:
    """AUCs of the same items with all that they share.

    aucs: one Estimate a row of scores; covariance: (m, m); None where it can't be estimated.
    """

    aucs: tuple[Estimate, ...]
    covariance: FloatArray | None
    method: str
    n_clusters: int

    @property
    def values(self) -> tuple[float | None, ...]:
        """The AUCs."""
        return tuple(one.value for one in self.aucs)

    def difference(self, first: int = 0, second: int = 1) -> Estimate:
        """AUC of row `first` minus that of row `second`, with a normal interval."""
        method = f"difference of AUCs, {self.method}"
        a, b = self.aucs[first], self.aucs[second]
        sizes: dict[str, Any] = {
            "n_items": a.n_items,
            "n_clusters": a.n_clusters,
            "n_missing": a.n_missing,
        }
        if a.value is None or b.value is None:
            return not_estimable(method, str(a.undefined or b.undefined), **sizes)
        se = self._se_of_difference(first, second)
        reason = FEW if self.covariance is None else "the two AUCs never differ: no interval"
        influence = None
        if a.influence is not None and b.influence is not None:
            influence = a.influence - b.influence
        return wald_estimate(
            a.value - b.value,
            se,
            method=method,
            bounds=(-1.0, 1.0),
            reason=reason,
            influence=influence,
            clusters=a.clusters,
            is_clustered=a.is_clustered,
            **sizes,
        )

    def test(self, first: int = 0, second: int = 1) -> SignificanceTest:
        """Are the AUCs of two rows equal? Normal test, two-sided."""
        found = self.difference(first, second)
        method = f"equality of two AUCs, {self.method}"
        if found.value is None or found.se is None:
            return no_test(method, str(found.undefined), distribution="z")
        return wald_test(found.value, found.se, method=method, n_clusters=self.n_clusters)

    def joint_test(self) -> SignificanceTest:
        """Are all AUCs equal? Chi-square with the rank of the covariance of their differences."""
        method = f"equality of all AUCs, {self.method}"
        values = [one.value for one in self.aucs if one.value is not None]
        if self.covariance is None or len(values) < max(2, len(self.aucs)):
            reason = next((one.undefined for one in self.aucs if one.value is None), None)
            return no_test(method, reason or "too few AUCs or patients", distribution="chi2")
        steps = np.diff(np.eye(len(values)), axis=0)
        gaps, spread = steps @ np.array(values), steps @ self.covariance @ steps.T
        largest = float(np.max(np.diag(self.covariance)))
        rank = int(np.linalg.matrix_rank(spread, tol=1e-12 * max(largest, 1e-12), hermitian=True))
        if rank == 0:
            return no_test(method, "the AUCs never differ: no test", distribution="chi2")
        statistic = float(gaps @ np.linalg.pinv(spread, rcond=1e-12, hermitian=True) @ gaps)
        return chi_square_test(statistic, rank, method=method, n_clusters=self.n_clusters)

    def _se_of_difference(self, first: int, second: int) -> float | None:
        if self.covariance is None:
            return None
        cov = self.covariance
        variance = float(cov[first, first] + cov[second, second] - 2 * cov[first, second])
        return float(np.sqrt(variance)) if variance > ROUNDING**2 else None


def delong(scores: ArrayLike, truth: ArrayLike, *, cluster: ArrayLike | None = None) -> PairedAucs:
    """AUCs of several scores of the same items, with their covariance.

    Parameters
    ----------
    scores
        (m, items): one row a reader, arm or model. Items that lack one score are left out of all.
    truth, cluster
        As in `auc`.

    Returns
    -------
    PairedAucs
        `aucs[i]`, `covariance`, `difference(i, j)` = i minus j, `test(i, j)`, `joint_test()`.

    Notes
    -----
    With V10 and V01 the placements, M positives and N negatives, S10 and S01 their covariances:
    cov = S10 / M + S01 / N (DeLong 1988). With clusters, sums over patients take the place
    of items, and cov = S10 / M + S01 / N + (S11 + S11') / (M N), with I10, I01 patients that have
    a positive, a negative, and I in all (Obuchowski 1997).
    """
    rows = [scores_of(row) for row in np.atleast_2d(np.asarray(scores))]
    values = np.stack([row[0] for row in rows])
    if values.ndim != 2:
        raise RatingsError("scores have the shape (rows, items)")
    positive = truth_of(truth)
    if positive.shape != values.shape[1:]:
        raise RatingsError("truth needs one entry for each item of the scores")
    labels = labels_of(cluster, values.shape[1])
    keep = (positive != MISSING) & ~np.any([row[1] for row in rows], axis=0)
    clusters, patient = np.unique(labels[keep], return_inverse=True)
    n_items, is_clustered = int(keep.sum()), cluster is not None
    method = "DeLong 1988" if cluster is None else "Obuchowski 1997, clustered by patient"
    sizes: dict[str, Any] = {
        "n_items": n_items,
        "n_clusters": len(clusters),
        "n_missing": values.shape[1] - n_items,
    }
    found = [placements(row[keep], positive[keep], patient, len(clusters)) for row in values]
    parts = [one for one in found if one is not None]
    if len(parts) < len(found):
        reason = NO_NEGATIVE if np.any(positive[keep] == 1) else NO_POSITIVE
        empty = not_estimable(f"empirical AUC, {method}", reason, **sizes)
        return PairedAucs((empty,) * len(found), None, method, len(clusters))
    cov = auc_covariance(parts)
    estimates = []
    for place, one in enumerate(parts):
        no_interval = None
        if cov is None:
            no_interval = FEW
        elif one.auc >= 1 - ROUNDING or one.auc <= ROUNDING:
            no_interval = PERFECT
        elif cov[place, place] <= ROUNDING**2:
            no_interval = "patients do not differ: no interval"
        estimates.append(
            wald_estimate(
                one.auc,
                None if cov is None or no_interval else float(np.sqrt(cov[place, place])),
                method=f"empirical AUC, {method}",
                df=float(len(clusters) - 1),
                scale="bounded",
                bounds=(0.0, 1.0),
                reason=no_interval or FEW,
                influence=one.influence,
                clusters=clusters,
                is_clustered=is_clustered,
                **sizes,
            )
        )
    return PairedAucs(tuple(estimates), cov, method, len(clusters))


def auc_covariance(parts: Sequence[Placements]) -> FloatArray | None:
    """(m, m) covariance of AUCs over the same P patients; None with fewer than two on a side.

    Patients that one of the AUCs lacks stand in its sums as zeros, so that AUCs of partly or not
    at all shared patients have the covariance that follows from those they share; the factors
    I / (I - 1) are then geometric means.
    """
    x = np.stack([one.positive_part for one in parts])
    y = np.stack([one.negative_part for one in parts])
    holds_x = np.stack([one.weight > 0 for one in parts])
    holds_y = np.stack([one.count > 0 for one in parts])
    sizes = [np.sum(flags, axis=1) for flags in (holds_x, holds_y, holds_x | holds_y)]
    if min(int(size.min()) for size in sizes) < 2:
        return None
    f10, f01, f11 = (np.sqrt(size / (size - 1)) for size in sizes)
    cross = np.outer(f11, f11) * (x @ y.T)
    cov: FloatArray = np.outer(f10, f10) * (x @ x.T) + np.outer(f01, f01) * (y @ y.T)
    return cov + cross + cross.T


def hanley_mcneil_se(value: float, n_positive: int, n_negative: int) -> float:
    """Standard error of an AUC from its value alone, for planning and for old papers.

    Hanley JA, McNeil BJ 1982, Radiology 143:29: exponential scores are assumed, and one
    item a patient. value: 0..1.
    """
    if not 0 <= value <= 1 or n_positive < 1 or n_negative < 1:
        raise RatingsError("an AUC lies in 0..1 and needs a positive and a negative")
    q1, q2 = value / (2 - value), 2 * value**2 / (1 + value)
    spread = value * (1 - value)
    spread += (n_positive - 1) * (q1 - value**2) + (n_negative - 1) * (q2 - value**2)
    return float(np.sqrt(spread / (n_positive * n_negative)))
