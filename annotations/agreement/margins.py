"""Do two readers use the categories alike? Tests of marginal homogeneity and kappa's null tests."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from annotations.agreement.estimate import FloatArray
from annotations.agreement.kappa import NO_OVERLAP, ONE_CATEGORY, by_patient
from annotations.agreement.significance import SignificanceTest, chi_square_test, no_test
from annotations.agreement.sums import PatientSums
from annotations.agreement.tables import pair_sums

SINGULAR = "the readers disagree in too few ways for this test"


def stuart_maxwell(
    a: ArrayLike, b: ArrayLike, *, n_categories: int, cluster: ArrayLike | None = None
) -> SignificanceTest:
    """Stuart-Maxwell test that both readers use all categories equally often.

    d' S^-1 d with d the differences of the margins and S = sum over patients of d_p d_p', the
    variance under the null hypothesis; chi-square. Without clusters it is Stuart A 1955,
    Biometrika 42:412, and Maxwell AE 1970, Br J Psychiatry 116:651, with K = 2 McNemar's. With
    clusters S has the factor P / (P - 1); with K = 2 that is Obuchowski NA 1998, Stat Med
    17:1495. Categories that neither used are left out.
    """
    data = pair_sums(a, b, cluster, n_categories)
    name = f"Stuart-Maxwell{by_patient(data.is_clustered)}"
    return _homogeneity(data, n_categories, name, is_null_variance=True)


def bhapkar(
    a: ArrayLike, b: ArrayLike, *, n_categories: int, cluster: ArrayLike | None = None
) -> SignificanceTest:
    """Bhapkar's test of the same hypothesis, with the variance not assuming it.

    Bhapkar VP 1966, J Am Stat Assoc 61:228; with S of `stuart_maxwell`, S - d d' / P in its
    place. It is never the smaller of the two.
    """
    data = pair_sums(a, b, cluster, n_categories)
    name = f"Bhapkar{by_patient(data.is_clustered)}"
    return _homogeneity(data, n_categories, name, is_null_variance=False)


def _homogeneity(
    data: PatientSums, n_categories: int, name: str, *, is_null_variance: bool
) -> SignificanceTest:
    n_clusters = len(data.sums)
    method = f"marginal homogeneity, {name}"
    counts = {"n_items": data.n_items, "n_clusters": n_clusters}
    if data.n_items == 0:
        return no_test(method, NO_OVERLAP, distribution="chi2", **counts)
    tables = data.sums.reshape(n_clusters, n_categories, n_categories)
    gaps: FloatArray = tables.sum(axis=2) - tables.sum(axis=1)
    is_used = (tables.sum(axis=(0, 2)) + tables.sum(axis=(0, 1))) > 0
    if data.is_clustered and n_clusters < 2:
        return no_test(method, "fewer than 2 patients", distribution="chi2", **counts)
    if is_used.sum() < 2:
        return no_test(method, ONE_CATEGORY, distribution="chi2", **counts)
    gaps = gaps[:, is_used][:, :-1]  # the margins sum to the same: one category says nothing new
    total = gaps.sum(axis=0)
    if not np.any(gaps):
        reason = "no patient's grades shift between the readers: nothing to test"
        return no_test(method, reason, distribution="chi2", **counts)
    spread = gaps.T @ gaps
    if not is_null_variance:
        spread = spread - np.outer(total, total) / n_clusters
    df = len(total)
    if np.linalg.matrix_rank(spread, hermitian=True) < df:
        return no_test(method, SINGULAR, distribution="chi2", **counts)
    statistic = float(total @ np.linalg.solve(spread, total))
    if data.is_clustered:
        statistic *= (n_clusters - 1) / n_clusters
    return chi_square_test(statistic, df, method=method, **counts)
