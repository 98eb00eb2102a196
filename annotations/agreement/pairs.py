"""Every pair of readers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from annotations.agreement.estimate import Estimate, from_influence, not_estimable
from annotations.agreement.kappa import (
    CONSTANT_READER,
    by_patient,
    has_constant_reader,
    undefined_kappa,
)
from annotations.agreement.pair_sums import kappas_with_influence, sums_of_pairs
from annotations.agreement.weights import Weights, weights_name


@dataclass(frozen=True)
class PairEstimate:
    """Agreement of the readers at two rows of the ratings."""

    first: int
    second: int
    estimate: Estimate


def kappa_matrix(
    codes: ArrayLike,
    *,
    cluster: ArrayLike | None = None,
    n_categories: int,
    weights: Weights = "quadratic",
) -> Iterator[PairEstimate]:
    """Kappa of every pair of readers, as `cohen_kappa` has it, from one pass over the patients.

    codes: (readers, items), -1 missing; cluster: (items,) patient of each item.
    """
    sums = sums_of_pairs(codes, cluster, n_categories, weights)
    values, influences, n_both = kappas_with_influence(sums)
    margins = sums.margins.sum(axis=0, dtype=float)
    n_items = np.asarray(codes).shape[1]
    method = f"Cohen kappa, {weights_name(weights)}{by_patient(cluster is not None)}"
    for first, second in combinations(range(len(values)), 2):
        rows, columns = margins[first, :, second], margins[second, :, first]
        has_both = n_both[:, first, second] > 0
        n_rated = int(n_both[:, first, second].sum())
        n_missing = n_items - n_rated
        reason = undefined_kappa(rows, columns, sums.v)
        if reason:
            estimate = not_estimable(
                method,
                reason,
                n_items=n_rated,
                n_clusters=int(has_both.sum()),
                n_missing=n_missing,
            )
        else:
            is_constant = has_constant_reader(rows, columns)
            influence = influences[has_both, first, second]
            estimate = from_influence(
                0.0 if is_constant else float(values[first, second]),
                np.zeros(len(influence)) if is_constant else influence,
                method=method,
                n_items=n_rated,
                clusters=sums.clusters[has_both],
                n_missing=n_missing,
                is_clustered=cluster is not None,
                no_interval=CONSTANT_READER if is_constant else None,
            )
        yield PairEstimate(first, second, estimate)
