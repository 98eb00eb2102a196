"""Looks before the end: how much alpha each may spend, and the bounds that follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats
from scipy.optimize import brentq

from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import FloatArray

Spending = Literal["obrien_fleming", "pocock"]
NODES: Final = 200
TAIL: Final = 9.0


def spent_alpha(
    information: ArrayLike, *, alpha: float = 0.05, spending: Spending = "obrien_fleming"
) -> FloatArray:
    """Two-sided alpha spent by each look.

    Lan KKG, DeMets DL 1983, Biometrika 70:659: "obrien_fleming" 2 (1 - Phi(z / sqrt(t))) and
    "pocock" a ln(1 + (e - 1) t), each for half of alpha on a side. information: (looks,)
    fractions, rising, above 0, at most 1.
    """
    t = np.asarray(information, dtype=float)
    if t.ndim != 1 or not t.size or not np.all((t > 0) & (t <= 1)) or np.any(np.diff(t) <= 0):
        raise RatingsError("information fractions rise, above 0 and at most 1")
    if not 0 < alpha < 1:
        raise RatingsError("alpha lies between 0 and 1")
    side = alpha / 2
    if spending == "obrien_fleming":
        return np.asarray(4 * stats.norm.sf(stats.norm.isf(side / 2) / np.sqrt(t)), dtype=float)
    if spending == "pocock":
        return np.asarray(2 * side * np.log(1 + (np.e - 1) * t), dtype=float)
    raise RatingsError(f"unknown spending {spending!r}: obrien_fleming or pocock")


@dataclass(frozen=True)
class SequentialBounds:
    """z: (looks,) reject where |z| is beyond; spent: (looks,) two-sided alpha spent until then.

    nominal_p: (looks,) two-sided p of the bounds.
    """

    information: FloatArray
    z: FloatArray
    spent: FloatArray
    nominal_p: FloatArray

    def repeated_interval(self, look: int, value: float, se: float) -> tuple[float, float]:
        """Interval of the whole level at a look, whenever the reader study stops.

        Jennison C, Turnbull BW 1989, J R Stat Soc B 51:305: value -/+ bound x se. look: from 0.
        """
        if not 0 <= look < len(self.z) or not se > 0:
            raise RatingsError("a look that is planned, and a standard error above 0")
        half = float(self.z[look]) * se
        return value - half, value + half


def sequential_bounds(
    information: ArrayLike, *, alpha: float = 0.05, spending: Spending = "obrien_fleming"
) -> SequentialBounds:
    """Symmetric two-sided bounds, by integrating the density of what has not yet been stopped.

    Armitage P, McPherson CK, Rowe BC 1969, J R Stat Soc A 132:235; Lan, DeMets 1983. Arguments as
    in `spent_alpha`. Each look's bound makes the chance to cross it for the first time there what
    the look may spend.
    """
    spent = spent_alpha(information, alpha=alpha, spending=spending)
    t = np.asarray(information, dtype=float)
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    bounds = [float(stats.norm.isf(spent[0] / 2))]
    # Density of the score S = z sqrt(t) at the nodes between the bounds, not stopped so far.
    edge = bounds[0] * np.sqrt(t[0])
    places, mass = edge * nodes, edge * weights * stats.norm.pdf(edge * nodes, scale=np.sqrt(t[0]))
    for look in range(1, len(t)):
        step = float(np.sqrt(t[look] - t[look - 1]))
        budget = float(spent[look] - spent[look - 1])
        bounds.append(_bound(places, mass, step, float(np.sqrt(t[look])), budget))
        edge = bounds[-1] * np.sqrt(t[look])
        following = edge * nodes
        density = stats.norm.pdf(following[:, None] - places[None, :], scale=step) @ mass
        places, mass = following, edge * weights * density
    z = np.array(bounds)
    return SequentialBounds(t, z, spent, np.asarray(2 * stats.norm.sf(z), dtype=float))


def _bound(places: FloatArray, mass: FloatArray, step: float, root: float, budget: float) -> float:
    """The z whose first crossing has the chance `budget`."""

    def excess(z: float) -> float:
        edge = z * root
        above = stats.norm.sf((edge - places) / step) + stats.norm.cdf((-edge - places) / step)
        return float(above @ mass) - budget

    return float(brentq(excess, 0.0, TAIL, xtol=1e-13))
