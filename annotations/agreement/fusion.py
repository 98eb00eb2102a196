"""One mask out of several readers' masks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import FloatArray
from annotations.agreement.surfaces import BoolArray, mask_of

TieRule = Literal["background", "foreground"]
START: Final = 0.99999
FLOOR: Final = 1e-12
MOST_BITS: Final = 62


def majority_vote(masks: Sequence[ArrayLike], *, tie: TieRule = "background") -> BoolArray:
    """Voxels that more than half of the readers marked; with an even number, ties by the rule."""
    stack = _stack(masks)
    twice = 2 * stack.sum(axis=0)
    if tie not in ("background", "foreground"):
        raise RatingsError(f"unknown rule for ties {tie!r}: background or foreground")
    marked = twice > len(stack) if tie == "background" else twice >= len(stack)
    return np.asarray(marked, dtype=bool)


@dataclass(frozen=True)
class Staple:
    """What the readers' masks say of the hidden one, and of the readers.

    probability: of foreground, on the masks' grid; sensitivity, specificity: (readers,) against
    it; prior: share of foreground that was assumed. dominated_by: the reader whose mask the
    result copies although the majority differs, None otherwise: STAPLE then trusts one reader
    alone, and the majority vote should be shown beside it. undefined: why there is no result.
    """

    probability: FloatArray | None
    sensitivity: FloatArray | None
    specificity: FloatArray | None
    prior: float
    iterations: int
    has_converged: bool
    dominated_by: int | None
    undefined: str | None = None

    def mask(self) -> BoolArray | None:
        """Where the probability is above one half."""
        return None if self.probability is None else self.probability > 0.5


def staple(
    masks: Sequence[ArrayLike],
    *,
    prior: float | None = None,
    tolerance: float = 1e-9,
    max_iterations: int = 500,
) -> Staple:
    """STAPLE by expectation and maximisation for two classes, without a spatial term.

    Warfield SK, Zou KH, Wells WM 2004, IEEE Trans Med Imaging 23:903.

    Parameters
    ----------
    masks
        Two readers or more, on one grid.
    prior
        Share of foreground; None: the mean share of the masks. The result
        depends on it, and so on how much background the grid holds.
    tolerance
        Stops when no reader's sensitivity or specificity moves by more.
    max_iterations
        Ends there with has_converged False.
    """
    stack = _stack(masks)
    if len(stack) < 2:
        raise RatingsError("STAPLE needs the masks of two readers or more")
    share = float(stack.mean()) if prior is None else float(prior)
    if prior is not None and not 0 < share < 1:
        raise RatingsError("the prior share of foreground lies between 0 and 1")
    if not 0 < share < 1:
        reason = "all masks are empty" if share == 0 else "all masks are full"
        return Staple(None, None, None, share, 0, False, None, f"{reason}: nothing to estimate")
    # Voxels with the same marks have the same probability: work on the distinct patterns.
    flat = stack.reshape(len(stack), -1)
    marks, place, counts = _patterns(flat)
    p = np.full(len(stack), START)
    q = np.full(len(stack), START)
    iterations, has_converged = 0, False
    while iterations < max_iterations and not has_converged:
        iterations += 1
        weight = _foreground(marks, p, q, share)
        fore, back = counts * weight, counts * (1 - weight)
        new_p = marks @ fore / max(float(fore.sum()), FLOOR)
        new_q = (1 - marks) @ back / max(float(back.sum()), FLOOR)
        moved = max(np.abs(new_p - p).max(), np.abs(new_q - q).max())
        has_converged = bool(moved <= tolerance)
        p, q = new_p, new_q
    weight = _foreground(marks, p, q, share)
    probability = weight[place].reshape(stack.shape[1:])
    result, vote = probability > 0.5, majority_vote(masks)
    copies = [k for k, one in enumerate(stack) if np.array_equal(one, result)]
    dominated = copies[0] if copies and not np.array_equal(result, vote) else None
    return Staple(probability, p, q, share, iterations, has_converged, dominated)


def _patterns(flat: BoolArray) -> tuple[FloatArray, NDArray[np.intp], NDArray[np.intp]]:
    """Distinct columns (readers, patterns), the pattern of each voxel, and how often each is."""
    if len(flat) > MOST_BITS:
        patterns, place, counts = np.unique(flat, axis=1, return_inverse=True, return_counts=True)
        return patterns.astype(float), place.reshape(-1), counts
    # one whole number a voxel sorts far faster than a column
    codes = np.zeros(flat.shape[1], dtype=np.int64)
    for bit, one in enumerate(flat):
        codes |= one.astype(np.int64) << bit
    known, place, counts = np.unique(codes, return_inverse=True, return_counts=True)
    bits = (known[None, :] >> np.arange(len(flat))[:, None]) & 1
    return bits.astype(float), place.reshape(-1), counts


def _foreground(marks: FloatArray, p: FloatArray, q: FloatArray, share: float) -> FloatArray:
    """Probability of foreground of each pattern of marks, by logarithms."""

    def log(values: FloatArray) -> FloatArray:
        return np.log(np.clip(values, FLOOR, 1.0))

    fore = np.log(share) + log(p) @ marks + log(1 - p) @ (1 - marks)
    back = np.log(1 - share) + log(1 - q) @ marks + log(q) @ (1 - marks)
    gap = np.clip(back - fore, -700, 700)
    return np.asarray(1 / (1 + np.exp(gap)), dtype=float)


def _stack(masks: Sequence[ArrayLike]) -> BoolArray:
    found = [mask_of(one) for one in masks]
    if not found or len({one.shape for one in found}) != 1 or not found[0].size:
        raise RatingsError("fusion needs masks, all on one grid")
    return np.stack(found)
