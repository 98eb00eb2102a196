"""Adjusted p values for several tests at once."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import FloatArray

Adjustment = Literal["holm", "bh", "hommel", "bonferroni"]


def adjust_p(p: ArrayLike, *, method: Adjustment = "holm") -> FloatArray:
    """Adjusted p values, in the order given.

    Parameters
    ----------
    p
        (m,) p values in 0..1; RatingsError otherwise.
    method
        "holm" (Holm S 1979, Scand J Stat 6:65), "hommel" (Hommel G 1988, Biometrika 75:383) and
        "bonferroni" keep the family-wise error; "bh" the false discovery rate under independence
        or positive dependence (Benjamini Y, Hochberg Y 1995, J R Stat Soc B 57:289).
    """
    values = np.asarray(p, dtype=float)
    if values.ndim != 1:
        raise RatingsError("p values are one row of numbers")
    if not np.all((values >= 0) & (values <= 1)):
        raise RatingsError("p values lie in 0..1; leave out the tests that could not be made")
    m = len(values)
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    ranks = np.arange(1, m + 1)
    match method:
        case "holm":
            adjusted = np.maximum.accumulate(ordered * (m - ranks + 1))
        case "bh":
            adjusted = np.minimum.accumulate((ordered * m / ranks)[::-1])[::-1]
        case "hommel":
            adjusted = _hommel(ordered)
        case "bonferroni":
            adjusted = ordered * m
        case _:
            raise RatingsError(f"unknown adjustment {method!r}: holm, bh, hommel or bonferroni")
    result = np.empty(m)
    result[order] = np.minimum(adjusted, 1.0)
    return result


def _hommel(ordered: FloatArray) -> FloatArray:
    """Closed testing with Simes' test of every subset, by the worst subset of each size.

    Among subsets of size s that hold p_i, Simes rejects last the one whose other members are the
    s - 1 largest of the others (with p_i itself placed among them in order).
    """
    m = len(ordered)
    adjusted = ordered.copy()
    for size in range(2, m + 1):
        ranks = np.arange(1, size + 1)
        top = float(np.min(size * ordered[m - size :] / ranks))
        others = ordered[m - size + 1 :]
        rest = float(np.min(size * others / ranks[1:]))
        head = m - size
        adjusted[:head] = np.maximum(adjusted[:head], np.minimum(size * ordered[:head], rest))
        adjusted[head:] = np.maximum(adjusted[head:], top)
    return adjusted
