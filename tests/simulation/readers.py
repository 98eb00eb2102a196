"""Simulated readers: ordered grades of levels that resemble each other within a patient."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEVELS = 5


@dataclass(frozen=True)
class World:
    """How grades come about.

    A level's severity is the patient's (sd `patient`) plus its own (sd `level`); a reader sees it
    shifted by what this reader makes of this patient (sd `drift`) and of this level (sd `noise`),
    and grades it by `cuts`. `biases`: each reader's constant shift, fixed over all simulations.
    """

    name: str
    cuts: tuple[float, ...] = (-0.2, 0.6, 1.3)
    patient: float = 1.0
    level: float = 0.7
    drift: float = 0.4
    noise: float = 0.5
    biases: tuple[float, ...] = (0.0, 0.1, -0.1, 0.2)


WORLDS = (
    World("moderate"),
    World("rare grades", cuts=(1.2, 1.9, 2.6)),
    World("high agreement", drift=0.12, noise=0.15),
)


@dataclass(frozen=True)
class Readings:
    """severities: (items, readers) as seen; codes: (items, readers) grades; cluster: (items,)."""

    severities: NDArray[np.float64]
    codes: NDArray[np.int64]
    cluster: NDArray[np.int64]


def simulate(world: World, n_patients: int, rng: np.random.Generator) -> Readings:
    """Readings of all of the world's readers, of five levels a patient."""
    cluster = np.repeat(np.arange(n_patients), LEVELS)
    n_readers = len(world.biases)
    truth = rng.normal(0, world.patient, n_patients)[cluster]
    truth = truth + rng.normal(0, world.level, len(cluster))
    drift = rng.normal(0, world.drift, (n_patients, n_readers))[cluster]
    noise = rng.normal(0, world.noise, (len(cluster), n_readers))
    seen = truth[:, None] + drift + noise + np.array(world.biases)
    return Readings(seen, np.searchsorted(world.cuts, seen), cluster)
