"""How the errors of readers' figures of merit go together, over the patients they share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotations.agreement.areas import auc_covariance
from annotations.agreement.estimate import FloatArray
from annotations.agreement.placements import Placements


@dataclass(frozen=True)
class ErrorCovariances:
    """Means over the pairs of cells, as in Obuchowski and Rockette's model.

    variance: of a cell. cov1: same reader, two arms; cov2: two readers, same arm; cov3: two
    readers, two arms. cov2_by_arm: (I,) within each arm; variance_by_arm: (I,).
    """

    variance: float
    cov1: float
    cov2: float
    cov3: float
    cov2_by_arm: FloatArray
    variance_by_arm: FloatArray


def covariance_of_jackknife(without: FloatArray) -> FloatArray:
    """(I, J, P) values without each patient -> (I, J, I, J) covariance.

    (P - 1) / P times the cross products about their means (Efron B 1982, The jackknife, the
    bootstrap and other resampling plans), P all patients of the reader study.
    """
    arms, readers, patients = without.shape
    centred = (without - without.mean(axis=2, keepdims=True)).reshape(-1, patients)
    cov = (patients - 1) / patients * centred @ centred.T
    return np.asarray(cov, dtype=float).reshape(arms, readers, arms, readers)


def covariance_of_influence(influence: FloatArray) -> FloatArray:
    """(I, J, P) influences -> (I, J, I, J) covariance, P / (P - 1) times the cross products."""
    arms, readers, patients = influence.shape
    flat = influence.reshape(-1, patients)
    cov = patients / (patients - 1) * flat @ flat.T
    return np.asarray(cov, dtype=float).reshape(arms, readers, arms, readers)


def covariance_of_pseudovalues(pseudovalues: FloatArray) -> FloatArray:
    """(I, J, P) jackknife pseudo-values -> (I, J, I, J) covariance: theirs, divided by P.

    A patient who isn't in a cell has NaN there and does not move it.
    """
    arms, readers, patients = pseudovalues.shape
    held = ~np.isnan(pseudovalues)
    counts = np.maximum(held.sum(axis=2, keepdims=True), 1)
    mean = np.where(held, pseudovalues, 0.0).sum(axis=2, keepdims=True) / counts
    flat = np.where(held, pseudovalues - mean, 0.0).reshape(-1, patients)
    cov = flat @ flat.T / (patients * (patients - 1))
    return np.asarray(cov, dtype=float).reshape(arms, readers, arms, readers)


def covariance_of_areas(areas: Sequence[Sequence[Placements | None]]) -> FloatArray | None:
    """DeLong's (with clusters Obuchowski's) covariance of the AUCs of all cells that were read."""
    arms, readers = len(areas), len(areas[0])
    cells = [(i, j) for i, j in np.ndindex(arms, readers) if areas[i][j] is not None]
    parts = [one for row in areas for one in row if one is not None]
    found = auc_covariance(parts)
    if found is None:
        return None
    cov = np.full((arms, readers, arms, readers), np.nan)
    for a, (i, j) in enumerate(cells):
        for b, (k, m) in enumerate(cells):
            cov[i, j, k, m] = found[a, b]
    return cov


def summarise(cov: FloatArray, read: NDArray[np.bool_]) -> ErrorCovariances:
    """Mean covariances of each kind over the cells that were read.

    cov: (I, J, I, J); read: (I, J) True where a cell was read. Kinds without a pair are 0.
    """
    arms, readers = read.shape
    arm, reader = (part.ravel() for part in np.indices((arms, readers)))
    cells = np.flatnonzero(read.ravel())
    flat = cov.reshape(arms * readers, -1)[np.ix_(cells, cells)]
    same_arm = arm[cells][:, None] == arm[cells][None, :]
    same_reader = reader[cells][:, None] == reader[cells][None, :]

    def mean(chosen: NDArray[np.bool_]) -> float:
        return float(flat[chosen].mean()) if chosen.any() else 0.0

    in_arm = [arm[cells] == i for i in range(arms)]
    return ErrorCovariances(
        variance=mean(same_arm & same_reader),
        cov1=mean(~same_arm & same_reader),
        cov2=mean(same_arm & ~same_reader),
        cov3=mean(~same_arm & ~same_reader),
        cov2_by_arm=np.array([mean(~same_reader & np.outer(one, one)) for one in in_arm]),
        variance_by_arm=np.array([mean(np.diag(one) & same_reader) for one in in_arm]),
    )
