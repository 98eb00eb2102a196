"""Whether readings change with their place in the order."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import Estimate, FloatArray, from_influence, not_estimable
from annotations.agreement.human_factors import FIXED
from annotations.agreement.sums import labels_of
from annotations.agreement.tables import IntArray


def order_effect(
    outcome: ArrayLike, position: ArrayLike, *, reader: ArrayLike, cluster: ArrayLike
) -> Estimate:
    """Change of an outcome by one more exam read: learning, or fatigue.

    Parameters
    ----------
    outcome
        (readings,) log seconds, right (1) or wrong (0), confidence ...; NaN missing.
    position
        (readings,) place of the reading in the reader's order.
    reader
        (readings,) reader of each: only changes within readers count (one intercept a reader).
    cluster
        (readings,) patient of each.

    Returns
    -------
    Estimate
        Least-squares slope, standard error clustered by patient (Liang KY, Zeger SL 1986,
        Biometrika 73:13) times sqrt(P / (P - 1)). It tells an order effect only where the order
        is random and differs between readers.
    """
    y, x = np.asarray(outcome, dtype=float), np.asarray(position, dtype=float)
    if y.ndim != 1 or y.shape != x.shape:
        raise RatingsError("outcome and position need one number for each of the same readings")
    readers, patients = labels_of(reader, len(y)), labels_of(cluster, len(y))
    keep = np.isfinite(y) & np.isfinite(x)
    n_items, n_missing = int(keep.sum()), int((~keep).sum())
    method = f"slope by place in the order, clustered by patient, {FIXED}"
    clusters, patient = np.unique(patients[keep], return_inverse=True)
    sizes = {"n_items": n_items, "n_clusters": len(clusters), "n_missing": n_missing}
    if not n_items:
        return not_estimable(method, "no reading with an outcome and a place", **sizes)
    place = np.unique(readers[keep], return_inverse=True)[1]
    x_within, y_within = (_within(values[keep], place) for values in (x, y))
    spread = float(x_within @ x_within)
    if spread <= 1e-12 * max(1.0, float(np.max(np.abs(x[keep])))) ** 2:
        return not_estimable(method, "no reader has two places in the order", **sizes)
    slope = float(x_within @ y_within / spread)
    scores = x_within * (y_within - slope * x_within) / spread
    sums = np.bincount(patient, weights=scores, minlength=len(clusters))
    return from_influence(
        slope,
        np.asarray(sums, dtype=float),
        method=method,
        n_items=n_items,
        n_missing=n_missing,
        clusters=clusters,
        scale="plain",
    )


def _within(values: FloatArray, group: IntArray) -> FloatArray:
    """Each value minus the mean of its group."""
    means = np.bincount(group, weights=values) / np.bincount(group)
    centred: FloatArray = values - means[group]
    return centred
