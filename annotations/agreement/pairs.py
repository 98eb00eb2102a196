"""Every pair of readers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from annotations.agreement.estimate import Estimate
from annotations.agreement.kappa import cohen_kappa
from annotations.agreement.tables import codes_of
from annotations.agreement.weights import Weights


@dataclass(frozen=True)
class PairEstimate:
    """Agreement of the readers at two rows of the ratings."""

    first: int
    second: int
    estimate: Estimate


def kappa_matrix(
    codes: ArrayLike, *, cluster: ArrayLike, n_categories: int, weights: Weights = "quadratic"
) -> Iterator[PairEstimate]:
    """Kappa of every pair of readers.

    codes: (readers, items), -1 missing; cluster: (items,) patient of each item.
    """
    ratings = codes_of(codes, n_categories)
    patients = np.unique(np.asarray(cluster), return_inverse=True)[1]
    for first, second in combinations(range(len(ratings)), 2):
        yield PairEstimate(
            first,
            second,
            cohen_kappa(
                ratings[first],
                ratings[second],
                cluster=patients,
                n_categories=n_categories,
                weights=weights,
            ),
        )
