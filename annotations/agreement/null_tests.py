"""Tests that agreement is no better than chance: variances under the null hypothesis.

They take items as independent. That agreement beats chance is seldom the question; they are here
because published tables print them.
"""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from annotations.agreement.kappa import NO_OVERLAP, ONE_CATEGORY
from annotations.agreement.multirater import item_counts
from annotations.agreement.significance import SignificanceTest, no_test
from annotations.agreement.tables import confusion, ratings_of
from annotations.agreement.weights import Weights, disagreement_weights, weights_name


def kappa_null_test(
    a: ArrayLike, b: ArrayLike, *, n_categories: int, weights: Weights = "unweighted"
) -> SignificanceTest:
    """Test by z of Cohen's kappa with the variance under chance agreement.

    Fleiss JL, Cohen J, Everitt BS 1969, Psychol Bull 72:323.
    """
    v = disagreement_weights(n_categories, weights)
    method = f"Cohen kappa = 0, {weights_name(weights)}, items independent"
    table = confusion(a, b, n_categories)
    n_items = int(table.sum())
    if n_items == 0:
        return no_test(method, NO_OVERLAP, distribution="z")
    p = table / n_items
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    expected = float(rows @ v @ columns)
    if expected == 0:
        return no_test(method, ONE_CATEGORY, distribution="z", n_items=n_items)
    centred = v - (v @ columns)[:, None] - (v.T @ rows)[None, :]
    variance = float(rows @ centred**2 @ columns) - expected**2
    kappa = 1 - float(np.sum(v * p)) / expected
    return _z_test(kappa, variance / (n_items * expected**2), method, n_items)


def fleiss_null_test(ratings: ArrayLike, *, n_categories: int) -> SignificanceTest:
    """Test by z of Fleiss' kappa with the variance under chance agreement; every item rated by all.

    Fleiss JL, Nee JCM, Landis JR 1979, Psychol Bull 86:974.
    """
    codes = ratings_of(ratings, n_categories)
    n_items, n_raters = codes.shape
    method = "Fleiss kappa = 0, items independent"
    if n_items == 0 or codes.min() < 0:
        reason = "this test needs every item rated by every rater"
        return no_test(method, reason, distribution="z", n_items=n_items)
    counts = item_counts(codes, n_categories)
    share = counts.sum(axis=0) / counts.sum()
    chance = float(np.sum(share * (1 - share)))
    if chance == 0:
        return no_test(method, ONE_CATEGORY, distribution="z", n_items=n_items)
    skew = float(np.sum(share * (1 - share) * (1 - 2 * share)))
    variance = 2 * (chance**2 - skew) / (n_items * n_raters * (n_raters - 1) * chance**2)
    apart = n_raters**2 - np.sum(counts**2, axis=1)
    kappa = 1 - float(np.mean(apart)) / (n_raters * (n_raters - 1)) / chance
    return _z_test(kappa, variance, method, n_items)


def _z_test(value: float, variance: float, method: str, n_items: int) -> SignificanceTest:
    if variance <= 1e-15:
        reason = "chance agreement leaves nothing to vary"
        return no_test(method, reason, distribution="z", n_items=n_items)
    z = value / sqrt(variance)
    p = float(2 * stats.norm.sf(abs(z)))
    return SignificanceTest(z, p, "z", method, n_items=n_items, n_clusters=n_items)
