"""The same statistic in each stratum: level, seniority, site."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike

from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import Estimate, not_estimable

FEWEST_SHOWN: Final = 20


def by_stratum(
    estimator: Callable[..., Estimate],
    *columns: ArrayLike,
    strata: ArrayLike,
    cluster: ArrayLike | None = None,
    fewest: int = 0,
    **options: Any,
) -> dict[Any, Estimate]:
    """Apply an estimator to the items of each stratum, in the order of the strata's labels.

    Parameters
    ----------
    estimator
        Such as `cohen_kappa` or `fleiss_kappa`.
    columns
        What it takes by place, each with the items along the first axis.
    strata, cluster
        (items,) label of the stratum, and the patient, of each item.
    fewest
        Strata of fewer patients get a reason in place of a value (20 where small cells would
        give somebody's readings away).
    options
        What the estimator takes by name, such as n_categories.

    Returns
    -------
    dict
        Label to Estimate; strata of the same patients are dependent, so compare them by
        `difference` or `hotelling`.
    """
    labels = np.asarray(strata)
    arrays = [np.asarray(column) for column in columns]
    patients = None if cluster is None else np.asarray(cluster)
    aligned = [*arrays, labels] if patients is None else [*arrays, labels, patients]
    if labels.ndim != 1 or any(len(array) != len(labels) for array in aligned):
        raise RatingsError("strata must name one stratum for each item")
    if labels.dtype.kind == "f" and not np.isfinite(labels).all():
        raise RatingsError("strata holds an item without a stratum (NaN)")
    found = {}
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        one = estimator(
            *(array[rows] for array in arrays),
            cluster=None if patients is None else patients[rows],
            **options,
        )
        if patients is None and one.clusters is not None:
            # An item keeps its number among all, so that two strata never share one.
            one = replace(one, clusters=rows[one.clusters])
        if one.n_clusters < fewest:
            reason = f"fewer than {fewest} patients: not shown"
            one = not_estimable(one.method, reason, n_clusters=one.n_clusters)
        found[label.item()] = one
    return found
