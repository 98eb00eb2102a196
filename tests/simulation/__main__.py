"""Coverage of the intervals: `python -m tests.simulation [SIMULATIONS] [SEED] [WORLD ...]`.

Prints a table for each world (all by default, by number). Slow (minutes), so not part of the tests.
The truth of a world is the statistic of 100,000 simulated patients.
"""
# ruff: noqa: T201

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from math import sqrt

import numpy as np

from tests.simulation.readers import WORLDS, World, simulate
from tests.simulation.statistics import BOOTSTRAPPED, CLUSTERED, NAIVE

MANY = 100_000
SIZES = (30, 60, 200)


@dataclass
class Tally:
    """How often intervals held the truth, fell short of it or beyond it, or could not be had."""

    held: int = 0
    below: int = 0
    above: int = 0
    none: int = 0
    widths: list[float] = field(default_factory=list)

    def add(self, limits: tuple[float, float] | None, truth: float) -> None:
        """Count one interval."""
        if limits is None:
            self.none += 1
            return
        self.widths.append(limits[1] - limits[0])
        self.below += limits[1] < truth
        self.above += limits[0] > truth
        self.held += limits[0] <= truth <= limits[1]

    def row(self) -> str:
        """Coverage with its simulation error, the two sides, the width, how many had none."""
        n = len(self.widths)
        if n == 0:
            return f"| | | | | {self.none} |"
        share = self.held / n
        error = sqrt(share * (1 - share) / n)
        sides = f"{self.below / n:.1%} | {self.above / n:.1%}"
        return f"{share:.1%} (± {error:.1%}) | {sides} | {np.mean(self.widths):.3f} | {self.none} |"


def run(world: World, n_simulations: int, seed: int) -> None:
    """Print the table of one world."""
    rng = np.random.default_rng(seed)
    everything = {**CLUSTERED, **BOOTSTRAPPED, **NAIVE}
    population = simulate(world, MANY, rng)
    truths = {name: statistic(population).value for name, statistic in CLUSTERED.items()}
    truths |= dict.fromkeys([*BOOTSTRAPPED, *NAIVE], truths["quadratic kappa, delta"])
    del population
    print(f"\n## {world.name.capitalize()}\n")
    print("| statistic | patients | truth | coverage | too low | too high | mean width | none |")
    print("|---|---|---|---|---|---|---|---|")
    for n_patients in SIZES:
        tallies = {name: Tally() for name in everything}
        for number in range(n_simulations):
            data = simulate(world, n_patients, rng)
            for name, statistic in everything.items():
                if name in BOOTSTRAPPED and number >= n_simulations // 4:
                    continue
                truth = truths[name]
                assert truth is not None
                tallies[name].add(statistic(data).ci, truth)
        for name, tally in tallies.items():
            print(f"| {name} | {n_patients} | {truths[name]:.3f} | {tally.row()}", flush=True)


def main(n_simulations: int = 2000, seed: int = 20261127, *numbers: int) -> None:
    """The worlds of these numbers, or all."""
    print(f"{n_simulations} simulations a row (bootstrap: a quarter as many), seed {seed}.")
    for number in numbers or range(len(WORLDS)):
        run(WORLDS[number], n_simulations, seed + number)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
