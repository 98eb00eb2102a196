"""Krippendorff's alpha from the matrix of coincidences."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import Estimate, FloatArray
from annotations.agreement.kappa import by_patient
from annotations.agreement.multirater import NO_PAIR, ONE_CATEGORY, item_counts
from annotations.agreement.sums import Uncertainty, divide, estimate_of_sums, sum_by_cluster
from annotations.agreement.tables import ratings_of

Metric = Literal["nominal", "ordinal", "interval", "ratio"]


def krippendorff_alpha(
    ratings: ArrayLike,
    *,
    n_categories: int,
    metric: Metric = "nominal",
    cluster: ArrayLike | None = None,
    scores: ArrayLike | None = None,
    uncertainty: Uncertainty = "delta",
) -> Estimate:
    """Krippendorff's alpha, 1 - D_o / D_e, of items with two ratings or more.

    Parameters
    ----------
    ratings
        (items, raters) codes 0..n_categories-1, -1 missing.
    n_categories
        K of the scale.
    metric
        The difference between categories c and k, squared: "nominal" 0 or 1; "interval" of the
        scores; "ratio" of their difference over their sum; "ordinal" the number of pairable
        ratings between c and k, half of those in c and k included. "ordinal" is not Gwet's
        coefficient with ordinal weights: it depends on how often the categories were used.
    cluster
        (items,) patients; None where every item is a patient of its own.
    scores
        (K,) values of the categories for "interval" (0..K-1 by default) and "ratio".
    uncertainty
        As in `cohen_kappa`. The delta method's is approximate where chance disagreement itself
        rests on few items; prefer the bootstrap for what is published.

    Notes
    -----
    Krippendorff K 2011, Computing Krippendorff's Alpha-Reliability, University of Pennsylvania;
    coincidences o_ck = sum over items of n_c (n_k - [c = k]) / (n - 1), D_o = sum(o d) / N,
    D_e = sum(n_c n_k d) / (N (N - 1)).
    """
    codes = ratings_of(ratings, n_categories)
    values = _scores(metric, n_categories, scores)
    counts = item_counts(codes, n_categories)
    n = counts.sum(axis=1)
    pairs = counts[:, :, None] * counts[:, None, :] - counts[:, :, None] * np.eye(n_categories)
    coincidences = pairs.reshape(len(pairs), n_categories**2) / np.maximum(n - 1, 1)[:, None]
    data = sum_by_cluster(coincidences, cluster, keep=n > 1)

    def alpha(totals: NDArray[Any]) -> NDArray[Any]:
        table = totals.reshape(*totals.shape[:-1], n_categories, n_categories)
        margin = table.sum(axis=-1)
        squared = _squared_difference(metric, values, margin)
        total = margin.sum(axis=-1)
        observed = (table * squared).sum(axis=(-1, -2)) * (total - 1)
        expected = (margin[..., :, None] * margin[..., None, :] * squared).sum(axis=(-1, -2))
        return 1 - divide(observed, expected)

    method = f"Krippendorff alpha, {metric}{by_patient(data.is_clustered)}"
    if data.n_items == 0:
        return data.not_estimable(method, NO_PAIR)
    return estimate_of_sums(
        alpha, data, method=method, undefined=ONE_CATEGORY, uncertainty=uncertainty
    )


def _scores(metric: str, n_categories: int, scores: ArrayLike | None) -> FloatArray:
    if metric not in ("nominal", "ordinal", "interval", "ratio"):
        raise RatingsError(f"unknown metric {metric!r}: nominal, ordinal, interval or ratio")
    if metric == "ratio" and scores is None:
        raise RatingsError("a ratio scale needs the scores of its categories")
    values = np.arange(n_categories) if scores is None else scores
    found = np.asarray(values, dtype=float)
    if found.shape != (n_categories,) or not np.isfinite(found).all():
        raise RatingsError("scores must be one finite number a category")
    if metric == "ratio" and found.min() < 0:
        raise RatingsError("a ratio scale has no scores below 0")
    return found


def _squared_difference(metric: str, values: FloatArray, margin: NDArray[Any]) -> NDArray[Any]:
    """(..., K, K) squared differences; the ordinal one depends on the (..., K) margin."""
    gap = values[:, None] - values[None, :]
    match metric:
        case "nominal":
            return np.asarray(gap != 0, dtype=float)
        case "interval":
            return np.asarray(gap**2)
        case "ratio":
            total = values[:, None] + values[None, :]
            return np.asarray(np.divide(gap, total, out=np.zeros_like(gap), where=total != 0) ** 2)
    place = margin.cumsum(axis=-1) - margin / 2
    return np.asarray((place[..., :, None] - place[..., None, :]) ** 2)
