"""Light's kappa and other means over pairs of readers."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations, product

import numpy as np
from numpy.typing import ArrayLike

from annotations.agreement.combine import contrast
from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import Estimate, not_estimable
from annotations.agreement.kappa import cohen_kappa
from annotations.agreement.tables import ratings_of
from annotations.agreement.weights import Weights, weights_name


def light_kappa(
    ratings: ArrayLike,
    *,
    n_categories: int,
    weights: Weights = "unweighted",
    cluster: ArrayLike | None = None,
) -> Estimate:
    """Mean of Cohen's kappas of all pairs of raters (Light RJ 1971, Psychol Bull 76:365).

    ratings: (items, raters), -1 missing, deleted pair by pair. The joint influences give the
    standard error, with the raters taken as fixed. Not defined where a pair has no kappa.
    """
    pairs = combinations(range(ratings_of(ratings, n_categories).shape[1]), 2)
    return mean_pair_kappa(
        ratings, pairs, n_categories=n_categories, weights=weights, cluster=cluster, name="Light"
    )


def within_kappa(
    ratings: ArrayLike,
    readers: Iterable[int],
    *,
    n_categories: int,
    weights: Weights = "unweighted",
    cluster: ArrayLike | None = None,
) -> Estimate:
    """Mean kappa of the pairs within a group of readers, such as the senior ones."""
    pairs = combinations(sorted(set(readers)), 2)
    return mean_pair_kappa(
        ratings, pairs, n_categories=n_categories, weights=weights, cluster=cluster
    )


def between_kappa(
    ratings: ArrayLike,
    readers: Iterable[int],
    others: Iterable[int],
    *,
    n_categories: int,
    weights: Weights = "unweighted",
    cluster: ArrayLike | None = None,
) -> Estimate:
    """Mean kappa of each of one group of readers with each of another, such as senior-junior."""
    groups = sorted(set(readers)), sorted(set(others))
    if set(groups[0]) & set(groups[1]):
        raise RatingsError("a reader can't be in both groups")
    return mean_pair_kappa(
        ratings, product(*groups), n_categories=n_categories, weights=weights, cluster=cluster
    )


def mean_pair_kappa(
    ratings: ArrayLike,
    pairs: Iterable[tuple[int, int]],
    *,
    n_categories: int,
    weights: Weights = "unweighted",
    cluster: ArrayLike | None = None,
    name: str = "mean pairwise",
) -> Estimate:
    """Mean of Cohen's kappas of the given pairs of columns."""
    codes = ratings_of(ratings, n_categories)
    method = f"{name} kappa, {weights_name(weights)}, readers fixed"
    found = []
    for first, second in pairs:
        if not {first, second} <= set(range(codes.shape[1])):
            raise RatingsError(f"there is no reader {max(first, second)}")
        found.append(
            cohen_kappa(
                codes[:, first],
                codes[:, second],
                n_categories=n_categories,
                weights=weights,
                cluster=cluster,
            )
        )
    if not found:
        return not_estimable(method, "no pair of readers")
    lacking = [one for one in found if one.value is None]
    if lacking:
        reason = f"{len(lacking)} of {len(found)} pairs have no kappa: {lacking[0].undefined}"
        return not_estimable(method, reason)
    return contrast(np.full(len(found), 1 / len(found)), found, method=method)
