"""Figures of merit of every reader in every arm, each with its values without one patient.

A figure of merit is computed in each cell (arm, reader) from that cell's ratings and the truth.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import FloatArray
from annotations.agreement.kappa import kappa_statistic
from annotations.agreement.placements import Placements, placements, scores_of, truth_of
from annotations.agreement.sums import Statistic, divide, gradient, labels_of
from annotations.agreement.tables import MISSING, IntArray, codes_of
from annotations.agreement.weights import Weights, disagreement_weights

BoolArray = NDArray[np.bool_]
OwnFigure = Callable[[FloatArray, FloatArray], float]
FigureName = Literal["auc", "sensitivity", "specificity", "accuracy", "kappa", "mean", "log_time"]
BOUNDS: Final[dict[str, tuple[float, float]]] = {
    "auc": (0.0, 1.0),
    "sensitivity": (0.0, 1.0),
    "specificity": (0.0, 1.0),
    "accuracy": (0.0, 1.0),
    "kappa": (-1.0, 1.0),
}


@dataclass(frozen=True)
class Figures:
    """What the ratings say of each cell.

    theta: (I, J), NaN where a cell was not read or its figure isn't defined. without: (I, J, P)
    theta without a patient; one who isn't in a cell leaves its theta as it is. influence:
    (I, J, P), NaN for a figure of one's own. present: (I, J, P) who is in which cell. areas: the
    pieces of the AUC, where theta is one.
    """

    theta: FloatArray
    without: FloatArray
    influence: FloatArray
    present: BoolArray
    n_items: int
    n_missing: int
    areas: tuple[tuple[Placements | None, ...], ...] | None = None


def figures_of(
    figure: FigureName | OwnFigure,
    ratings: ArrayLike,
    truth: ArrayLike | None,
    cluster: ArrayLike | None,
    *,
    is_complete: bool,
    n_categories: int | None = None,
    weights: Weights = "quadratic",
) -> Figures:
    """Theta of all cells from (I, J, items) ratings; see `obuchowski_rockette`.

    is_complete: use only items that no cell lacks; otherwise each cell uses what it has.
    """
    values, missing, target = _checked(figure, ratings, truth, n_categories)
    labels = labels_of(cluster, values.shape[2])
    keep = target[1][None, None, :] & ~missing
    if is_complete:
        keep = np.broadcast_to(keep.all(axis=(0, 1)), keep.shape)
    any_kept = keep.any(axis=(0, 1))
    patients, patient = np.unique(labels[any_kept], return_inverse=True)
    values, keep, wanted = values[..., any_kept], keep[..., any_kept], target[0][any_kept]
    arms, readers, _ = values.shape
    theta = np.full((arms, readers), np.nan)
    without = np.full((arms, readers, len(patients)), np.nan)
    influence = np.full(without.shape, np.nan)
    present = np.zeros(without.shape, dtype=bool)
    areas: list[list[Placements | None]] = [[None] * readers for _ in range(arms)]
    for i, j in np.ndindex(arms, readers):
        kept = keep[i, j]
        if not kept.any():
            continue
        present[i, j, patient[kept]] = True
        one = (values[i, j, kept], wanted[kept], patient[kept], len(patients))
        if figure == "auc":
            area = areas[i][j] = placements(one[0], one[1].astype(np.int64), *one[2:])
            if area is not None:
                theta[i, j], without[i, j] = area.auc, area.leave_one_out()
                influence[i, j] = area.influence
        elif callable(figure):
            theta[i, j], without[i, j] = _by_calls(figure, *one)
        else:
            parts = _by_sums(figure, *one, n_categories, weights)
            theta[i, j], without[i, j], influence[i, j] = parts
    n_items = int(any_kept.sum())
    shared = tuple(map(tuple, areas)) if figure == "auc" else None
    n_missing = len(labels) - n_items
    return Figures(theta, without, influence, present, n_items, n_missing, shared)


def _checked(
    figure: FigureName | OwnFigure,
    ratings: ArrayLike,
    truth: ArrayLike | None,
    n_categories: int | None,
) -> tuple[FloatArray, BoolArray, tuple[FloatArray, BoolArray]]:
    """Ratings, where they are missing, and the truth with where it is known."""
    given = np.asarray(ratings)
    if given.ndim != 3:
        raise RatingsError("ratings have the shape (arms, readers, items)")
    if truth is None:
        if figure not in ("mean", "log_time") and not callable(figure):
            raise RatingsError(f"{figure} needs the truth of each item")
        target = np.zeros(given.shape[2])
        known = np.ones(given.shape[2], dtype=bool)
    elif figure == "kappa":
        codes = codes_of(truth, _categories(n_categories))
        target, known = codes.astype(float), codes != MISSING
    elif callable(figure):
        target, unknown = scores_of(truth)
        known = ~unknown
    else:
        codes = truth_of(truth)
        target, known = codes.astype(float), codes != MISSING
    if target.shape != given.shape[2:]:
        raise RatingsError("truth needs one entry for each item of the ratings")
    if figure in ("kappa", "sensitivity", "specificity", "accuracy"):
        size = _categories(n_categories) if figure == "kappa" else 2
        codes = codes_of(given.astype(np.int64) if given.dtype == bool else given, size)
        return codes.astype(float), codes == MISSING, (target, known)
    values, missing = scores_of(given)
    if figure == "log_time":
        if np.any(values[~missing] <= 0):
            raise RatingsError("times are above 0; leave a missing one as NaN")
        values = np.log(np.where(missing, 1.0, values))
    elif figure not in ("auc", "mean") and not callable(figure):
        raise RatingsError(f"unknown figure of merit {figure!r}: {', '.join((*BOUNDS, 'mean'))}")
    return values, missing, (target, known)


def _categories(n_categories: int | None) -> int:
    if n_categories is None:
        raise RatingsError("kappa needs n_categories, the number of categories of the scale")
    return n_categories


def _by_sums(
    figure: str,
    values: FloatArray,
    target: FloatArray,
    patient: IntArray,
    n_patients: int,
    n_categories: int | None,
    weights: Weights,
) -> tuple[float, FloatArray, FloatArray]:
    """A function of totals: of all patients, without each, and each one's influence."""
    statistic: Statistic
    if figure == "kappa":
        size = _categories(n_categories)
        cell = (values * size + target).astype(np.int64)
        sums = np.zeros((n_patients, size * size))
        np.add.at(sums, (patient, cell), 1.0)
        statistic = kappa_statistic(disagreement_weights(size, weights))
    else:
        counts = np.ones(len(values))
        if figure == "sensitivity":
            top, counts = values * target, target
        elif figure == "specificity":
            top, counts = (1 - values) * (1 - target), 1 - target
        else:
            top = (values == target).astype(float) if figure == "accuracy" else values
        sums = np.zeros((n_patients, 2))
        np.add.at(sums, patient, np.column_stack([top, counts]))

        statistic = _share
    totals = sums.sum(axis=0)
    without = np.asarray(statistic(totals - sums), dtype=float)
    psi = sums @ gradient(statistic, totals)
    return float(statistic(totals)), without, np.asarray(psi, dtype=float)


def _share(totals: NDArray[Any]) -> NDArray[Any]:
    return divide(totals[..., 0], totals[..., 1])


def _by_calls(
    figure: OwnFigure, values: FloatArray, target: FloatArray, patient: IntArray, n_patients: int
) -> tuple[float, FloatArray]:
    """Any function of a cell's ratings and truth, called once more for every patient."""
    theta = float(figure(values, target))
    without = np.full(n_patients, theta)
    for one in np.unique(patient):
        left = patient != one
        without[one] = float(figure(values[left], target[left])) if left.any() else np.nan
    return theta, without
