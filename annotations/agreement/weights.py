"""Weights of disagreement between categories: named, or a matrix of one's own."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import FloatArray

Weights = str | ArrayLike
UNWEIGHTED: Final = ("unweighted", "nominal", "identity")
NAMED: Final = (*UNWEIGHTED, "linear", "quadratic")


def disagreement_weights(n_categories: int, weights: Weights) -> FloatArray:
    """(K, K) weights v of disagreement: 0 on the diagonal, at most 1; agreement weighs 1 - v.

    Parameters
    ----------
    n_categories
        K of the scale, not of the observed data: linear and quadratic weights depend on it.
    weights
        "unweighted" (also "nominal", "identity"), "linear" |i-j|/(K-1), "quadratic" its square,
        or a (K, K) matrix: of disagreement (diagonal 0; divided by its largest) or of agreement
        (diagonal 1, nothing above 1), rows the first reader.

    Raises
    ------
    RatingsError
        Fewer than 2 categories, an unknown name, or a matrix that is neither.

    Notes
    -----
    Cohen J 1968, Psychol Bull 70:213, with agreement 1 - v / max(v).
    """
    check_categories(n_categories)
    if not isinstance(weights, str):
        return _own_weights(n_categories, weights)
    grid = np.arange(n_categories, dtype=float)
    distance = np.abs(grid[:, None] - grid[None, :])
    if weights in UNWEIGHTED:
        return (distance > 0).astype(float)
    if weights == "linear":
        return distance / (n_categories - 1)
    if weights == "quadratic":
        return (distance / (n_categories - 1)) ** 2
    raise RatingsError(f"unknown weights {weights!r}: {', '.join(NAMED)} or a matrix")


def check_categories(n_categories: int) -> None:
    """A scale has a whole number of categories, two or more; RatingsError otherwise."""
    if isinstance(n_categories, bool) or int(n_categories) != n_categories or n_categories < 2:
        raise RatingsError("a scale has at least two categories")


def symmetric_weights(n_categories: int, weights: Weights) -> FloatArray:
    """The same for readers who stand on one footing: the matrix must be symmetric."""
    v = disagreement_weights(n_categories, weights)
    if not np.allclose(v, v.T, rtol=0, atol=1e-12):
        raise RatingsError("weights of exchangeable readers must be symmetric")
    return v


def weights_name(weights: Weights) -> str:
    """What to call the weights beside a number."""
    if not isinstance(weights, str):
        return "own weights"
    return "unweighted" if weights in UNWEIGHTED else f"{weights} weights"


def _own_weights(n_categories: int, weights: ArrayLike) -> FloatArray:
    try:
        matrix = np.asarray(weights, dtype=float)
    except (TypeError, ValueError) as error:
        raise RatingsError("weights must be numbers") from error
    if matrix.shape != (n_categories, n_categories):
        raise RatingsError(f"weights must be {n_categories} x {n_categories}, as the scale is")
    if not np.isfinite(matrix).all():
        raise RatingsError("weights must be finite numbers")
    diagonal = np.diag(matrix)
    if np.all(diagonal == 1) and matrix.max() <= 1:
        matrix = 1 - matrix
    elif np.any(diagonal != 0) or matrix.min() < 0:
        raise RatingsError(
            "weights must be of disagreement (diagonal 0, none below 0) "
            "or of agreement (diagonal 1, none above 1)"
        )
    largest = matrix.max()
    if largest == 0:
        raise RatingsError("weights must tell at least two categories apart")
    return matrix / largest if largest > 1 or np.all(diagonal == 0) else matrix
