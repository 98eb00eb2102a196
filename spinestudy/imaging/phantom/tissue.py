"""Signal of every tissue in T1 and T2 weighting, with the differences between patients."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spinestudy.imaging.phantom.plane import Grid
from spinestudy.imaging.phantom.spec import PhantomSpec

Pair = tuple[float, float]


@dataclass(frozen=True)
class Tissues:
    """(T1, T2) signal relative to free cerebrospinal fluid on T2 = 1."""

    fat: Pair
    muscle: Pair
    cortex: Pair
    ligament: Pair
    annulus: Pair
    csf: Pair
    cord: Pair
    root: Pair
    flavum: Pair
    vein: Pair
    vessel: Pair
    bowel: Pair
    kidney: Pair
    skin: Pair
    joint: Pair
    nucleus_t1: float
    marrow_base: Pair
    marrow_mottle: float

    def marrow(self, u: Grid, v: Grid, w: Grid, phase: float) -> tuple[Grid, Grid]:
        """Marrow of one body in its own frame: faint islands of fat."""
        p = np.float32(phase)
        f = np.float32
        wave = np.sin(f(0.42) * u + f(0.23) * v + p) * np.sin(f(0.37) * v - f(0.19) * w + f(2) * p)
        wave = wave + f(0.7) * np.sin(f(0.9) * u - f(0.7) * w + p) * np.sin(f(1.1) * v + p)
        wave = f(self.marrow_mottle) * wave
        return f(self.marrow_base[0]) * (1 + wave), f(self.marrow_base[1]) * (1 + wave)


def tissues_of(spec: PhantomSpec) -> Tissues:
    """The tissue table of one patient; older marrow is fattier and less even."""
    rng = np.random.default_rng([spec.seed, 41])

    def near(t1: float, t2: float, spread: float = 0.06) -> Pair:
        a, b = 1 + spread * rng.normal(0, 1, 2)
        return float(t1 * a), float(t2 * b)

    fatty = spec.marrow_fat
    return Tissues(
        fat=near(0.95, 0.80, 0.03),
        muscle=near(0.33, 0.17),
        cortex=near(0.11, 0.08),
        ligament=near(0.13, 0.09),
        annulus=near(0.30, 0.13),
        csf=(float(0.17 * (1 + 0.08 * rng.normal())), 1.0),
        cord=near(0.42, 0.42),
        root=near(0.36, 0.42),
        flavum=near(0.28, 0.15),
        vein=near(0.42, 0.66),
        vessel=near(0.06, 0.05),
        bowel=near(0.36, 0.42),
        kidney=near(0.42, 0.58),
        skin=near(0.45, 0.35),
        joint=near(0.25, 0.72),
        nucleus_t1=float(0.35 * (1 + 0.05 * rng.normal())),
        marrow_base=(
            float((0.38 + 0.34 * fatty) * (1 + 0.05 * rng.normal())),
            float((0.30 + 0.22 * fatty) * (1 + 0.06 * rng.normal())),
        ),
        marrow_mottle=0.03 + 0.06 * fatty,
    )
