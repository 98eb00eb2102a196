"""Spines of the tests: healthy but for what a test asks, straight on the table."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spinestudy.imaging.phantom import (
    Acquisition,
    Findings,
    PhantomSpec,
    SeriesPlan,
    build_scene,
    sample_spec,
)
from spinestudy.imaging.phantom.levels import lumbar_discs
from spinestudy.imaging.phantom.scene import Sample, Scene

SEED = 8
SOUND = {"pfirrmann": 2.2, "central_canal_stenosis": 0.3, "modic": 0.2}
SMALL = SeriesPlan("sag_t2", 160, 160, 1.9, 1.9, thickness_mm=4.0, slices=3)


def spine(seed: int = SEED, acquisition: Acquisition | None = None, **findings: Any) -> PhantomSpec:
    """A sound spine with these findings."""
    discs = lumbar_discs(findings.get("lumbar_count", 5))
    return replace(
        sample_spec(seed),
        latent={item: dict.fromkeys(discs, value) for item, value in SOUND.items()},
        rotation_deg=(0.0, 0.0, 0.0),
        scoliosis_mm=0.0,
        findings=Findings(**findings),
        acquisition=acquisition,
    )


def scene_of(**findings: Any) -> Scene:
    """The patient of a sound spine with these findings."""
    return build_scene(spine(**findings))


def box(
    scene: Scene,
    seat: str,
    u: tuple[float, float],
    v: tuple[float, float],
    w: tuple[float, float],
    *,
    step_mm: float = 1.0,
) -> tuple[Sample, tuple[int, int, int]]:
    """Samples on a grid (u posterior, v cranial, w left; mm) about a body or a disc."""
    anatomy = scene.anatomy
    at = anatomy.discs[seat] if "/" in seat else anatomy.vertebrae[seat]
    axes = [np.arange(low, high + 0.5 * step_mm, step_mm) for low, high in (u, v, w)]
    uu, vv, ww = np.meshgrid(*axes, indexing="ij")
    cos, sin = np.cos(at.angle), np.sin(at.angle)
    y = at.center[0] + cos * uu - sin * vv
    z = at.center[1] + sin * uu + cos * vv
    x = ww + np.asarray(anatomy.shift_x(z.astype(np.float32)))
    points: NDArray[np.float64] = np.stack([x.ravel(), y.ravel(), z.ravel()], axis=1)
    lps = points @ scene.rotation.T + scene.shift
    return scene.sample(lps), (len(axes[0]), len(axes[1]), len(axes[2]))
