"""Intervals of a share of independent items, and shares of items that belong to patients."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import CONFIDENCE, Estimate, FloatArray
from annotations.agreement.sums import PatientSums, divide, estimate_of_sums, sum_by_cluster

ShareInterval = Literal["auto", "wilson", "clopper", "clustered"]


def wilson_interval(successes: int, n: int) -> tuple[float, float]:
    """95 % score interval of a share of n independent items.

    Wilson EB 1927, J Am Stat Assoc 22:209; recommended by Brown LD et al. 2001, Stat Sci 16:101.
    """
    _check(successes, n)
    z2 = float(stats.norm.ppf(0.5 + CONFIDENCE / 2)) ** 2
    share = successes / n
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = np.sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n**2))) / (1 + z2 / n)
    low = 0.0 if successes == 0 else float(centre - half)
    high = 1.0 if successes == n else float(centre + half)
    return low, high


def clopper_pearson_interval(successes: int, n: int) -> tuple[float, float]:
    """95 % exact interval of a share of n independent items; never covers less.

    Clopper CJ, Pearson ES 1934, Biometrika 26:404.
    """
    _check(successes, n)
    tail = (1 - CONFIDENCE) / 2
    low = 0.0 if successes == 0 else float(stats.beta.ppf(tail, successes, n - successes + 1))
    high = 1.0 if successes == n else float(stats.beta.isf(tail, successes + 1, n - successes))
    return low, high


def _check(successes: int, n: int) -> None:
    if n < 1 or not 0 <= successes <= n:
        raise RatingsError("a share needs at least one item, and no more successes than items")


def share(
    hits: ArrayLike,
    counts: ArrayLike,
    *,
    cluster: ArrayLike | None = None,
    method: str = "share",
    interval: ShareInterval = "auto",
) -> Estimate:
    """Share of the counted items that are hits.

    Parameters
    ----------
    hits, counts
        (items,) True or False; hits among items that don't count are ignored.
    cluster
        (items,) patient of each item; None: one item a patient.
    method
        Its name in the Estimate.
    interval
        "auto": Wilson where no patient has two counted items, the clustered one otherwise;
        "wilson", "clopper" (RatingsError where a patient has two); "clustered": the ratio
        estimator over patients (Cochran WG 1977, Sampling techniques, section 6.4; for
        sensitivity Rao JNK, Scott AJ 1992, Biometrics 48:577), t on the logit scale.
    """
    counted = np.asarray(counts, dtype=bool)
    hit = np.asarray(hits, dtype=bool) & counted
    if counted.ndim != 1 or counted.shape != hit.shape:
        raise RatingsError("hits and counts need one entry for each of the same items")
    rows = np.column_stack([hit, counted]).astype(float)
    data = sum_by_cluster(rows, cluster, keep=counted)
    return share_of_sums(data, method=method, interval=interval)


def share_of_sums(data: PatientSums, *, method: str, interval: ShareInterval = "auto") -> Estimate:
    """The same from (P, 2) hits and counts of the patients that have a counted item."""
    n_items, hits = int(data.totals[1]), int(data.totals[0])
    is_single = bool(np.all(data.sums[:, 1] <= 1))
    if interval not in ("auto", "wilson", "clopper", "clustered"):
        raise RatingsError("an interval is auto, wilson, clopper or clustered")
    if interval in ("wilson", "clopper") and not is_single:
        raise RatingsError(f"{interval} is for one item a patient; take 'clustered'")
    if n_items == 0:
        return data.not_estimable(method, "no item to count")
    name = interval if interval != "auto" else "wilson" if is_single else "clustered"
    if name == "clustered":
        return estimate_of_sums(
            ratio,
            data,
            method=f"{method}, clustered by patient",
            undefined="no item to count",
            lowest=0.0,
        )
    value = hits / n_items
    low, high = (wilson_interval if name == "wilson" else clopper_pearson_interval)(hits, n_items)
    influence: FloatArray = (data.sums[:, 0] - value) / n_items
    se = float(np.sqrt(value * (1 - value) / n_items))
    return Estimate(
        value=value,
        se=se if se > 0 else None,
        low=low,
        high=high,
        method=f"{method}, {name.capitalize()} interval",
        n_items=n_items,
        n_clusters=len(data.sums),
        n_missing=data.n_missing,
        influence=influence,
        clusters=data.clusters,
        is_clustered=data.is_clustered,
    )


def ratio(totals: NDArray[Any]) -> NDArray[Any]:
    """First total over the second."""
    return divide(totals[..., 0], totals[..., 1])
