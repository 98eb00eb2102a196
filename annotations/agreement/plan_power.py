"""Power by simulation: the planned analysis on data like those to come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import Estimate
from annotations.agreement.proportions import wilson_interval

Data = TypeVar("Data")


@dataclass(frozen=True)
class SimulatedPower:
    """power: share of simulations that rejected; undefined ones count as not rejected.

    n_undefined: simulations whose analysis gave no p; seed: that gave these data.
    """

    power: Estimate
    n_undefined: int
    seed: int


def simulate_power(
    simulate: Callable[[np.random.Generator], Data],
    p_of: Callable[[Data], float | None],
    *,
    n_simulations: int,
    seed: int,
    alpha: float = 0.05,
) -> SimulatedPower:
    """How often an analysis rejects on simulated data; with no effect in them, its type-I error.

    Parameters
    ----------
    simulate
        Makes one set of data from a generator; each gets one of its own, spawned from the seed.
    p_of
        The analysis as it will be done: data to p, None where it can't be.
    n_simulations, seed
        Stand beside the result; the same give the same.
    alpha
        Rejects where p < alpha.
    """
    if n_simulations < 1 or not 0 < alpha < 1:
        raise RatingsError("a simulation runs at least once, and alpha lies between 0 and 1")
    rejected, undefined = 0, 0
    for one in np.random.SeedSequence(seed).spawn(n_simulations):
        p = p_of(simulate(np.random.default_rng(one)))
        undefined += p is None
        rejected += p is not None and p < alpha
    value = rejected / n_simulations
    low, high = wilson_interval(rejected, n_simulations)
    power = Estimate(
        value=value,
        se=float(np.sqrt(value * (1 - value) / n_simulations)) or None,
        low=low,
        high=high,
        method=f"share of {n_simulations} simulations with p < {alpha:g}, Wilson interval",
        n_items=n_simulations,
        n_clusters=n_simulations,
        is_clustered=False,
    )
    return SimulatedPower(power, undefined, seed)
