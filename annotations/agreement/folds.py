"""Cross-validated models: the spread over folds, and the interval over patients."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import Estimate
from annotations.agreement.sums import labels_of

# Which items count -> the measure on them.
Measure = Callable[[NDArray[np.bool_]], Estimate]


@dataclass(frozen=True)
class FoldSummary:
    """One measure of a cross-validated model.

    pooled: over all patients, each predicted by the model that didn't see it, with the interval
    to report. by_fold: value in each fold, None where not defined. mean, sd: over the folds that
    have one (sd with n - 1); the spread of folds is not a confidence interval, for their
    trainings share patients (Bengio Y, Grandvalet Y 2004, J Mach Learn Res 5:1089).
    """

    pooled: Estimate
    by_fold: tuple[float | None, ...]
    mean: float | None
    sd: float | None


def summarise_folds(measure: Measure, fold: ArrayLike, cluster: ArrayLike) -> FoldSummary:
    """A measure in each fold and over all.

    Parameters
    ----------
    measure
        Takes (items,) True for the items to use and gives an Estimate of them, for instance
        `lambda keep: auc(scores[keep], truth[keep], cluster=patient[keep])`.
    fold, cluster
        (items,) test fold and patient of each item.

    Raises
    ------
    RatingsError
        A patient lies in two folds: then a model was tested on a patient it had learnt from.
    """
    folds, patients = np.asarray(fold), labels_of(cluster, np.size(fold))
    if folds.ndim != 1 or not folds.size:
        raise RatingsError("fold names the test fold of each item")
    pairs = np.unique(
        np.column_stack([np.unique(part, return_inverse=True)[1] for part in (folds, patients)]),
        axis=0,
    )
    if len(pairs) > len(np.unique(patients)):
        raise RatingsError("a patient lies in two folds; folds are made of whole patients")
    by_fold = tuple(measure(folds == one).value for one in np.unique(folds))
    values = [one for one in by_fold if one is not None]
    return FoldSummary(
        pooled=measure(np.ones(len(folds), dtype=bool)),
        by_fold=by_fold,
        mean=float(np.mean(values)) if values else None,
        sd=float(np.std(values, ddof=1)) if len(values) > 1 else None,
    )
