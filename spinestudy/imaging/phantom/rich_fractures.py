"""Fractures and metastases of the rich population, with the features that tell them apart."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np

from spinestudy.imaging.phantom.findings import DRAWN_FEATURES, Fracture, Side
from spinestudy.imaging.phantom.levels import graded_bodies

_SHARE: Final = 0.24
_MALIGNANT: Final = 0.3
# Share of fresh benign and of malignant fractures that show a feature: common in one kind, rare in
# the other, as the reviews of benign and malignant fractures on MRI tell; our own round figures.
_RATES: Final[dict[str, tuple[float, float]]] = {
    "t1_band": (0.85, 0.0),
    "diffuse_marrow": (0.0, 0.82),
    "fluid_sign": (0.35, 0.04),
    "fracture_line": (0.55, 0.1),
    "vacuum_cleft": (0.14, 0.02),
    "retropulsion": (0.3, 0.06),
    "convex_border": (0.08, 0.75),
    "cortical_destruction": (0.0, 0.6),
    "posterior_elements": (0.06, 0.72),
    "epidural_mass": (0.01, 0.5),
    "paraspinal_mass": (0.05, 0.45),
}


def sample_fractures(
    rng: np.random.Generator, age_years: int, sex: str, lumbar_count: int
) -> tuple[dict[str, Fracture], dict[str, float]]:
    """Fractures by vertebra, and radii (mm) of metastases in bodies that aren't broken."""
    bodies = graded_bodies(lumbar_count)[:-1]
    likely = _SHARE * float(np.clip(0.55 + 0.022 * (age_years - 54), 0.3, 1.5))
    likely *= 1.2 if sex == "F" else 0.8
    present, malignant = rng.random(), rng.random() < _MALIGNANT
    fractures: dict[str, Fracture] = {}
    metastases: dict[str, float] = {}
    if present < likely:
        number = 1 + int(rng.random() < 0.3) + int(rng.random() < 0.1)
        weights = np.exp(-(((np.arange(len(bodies)) - 1.6) / 2.4) ** 2)) + 0.12
        chosen = rng.choice(len(bodies), number, replace=False, p=weights / weights.sum())
        for order, i in enumerate(chosen):
            is_old = order > 0 and rng.random() < 0.75
            fractures[bodies[i]] = _sample(
                rng, is_malignant=malignant and not is_old, is_old=is_old
            )
    if (present < likely and malignant and rng.random() < 0.6) or rng.random() < 0.015:
        free = [name for name in bodies if name not in fractures]
        for i in rng.choice(len(free), int(rng.integers(1, 4)), replace=False):
            metastases[free[i]] = round(float(rng.uniform(4.0, 10.0)), 2)
    return fractures, metastases


def _sample(rng: np.random.Generator, *, is_malignant: bool, is_old: bool) -> Fracture:
    least = 0.2 if is_malignant else 0.1
    loss = float(np.clip(rng.gamma(3.2, 0.095), least, 0.62))
    kind = rng.random()
    shape: Literal["wedge", "biconcave", "crush"]
    shape = "wedge" if kind < 0.62 else "biconcave" if kind < 0.85 else "crush"
    side: Side = "left" if rng.random() < 0.5 else "right"
    features = {}
    for name in DRAWN_FEATURES:
        rate, value = _RATES[name][int(is_malignant)], rng.random()
        shown = rng.random() < rate and not is_old
        features[name] = round(float(1.05 + 0.94 * value if shown else 0.02 + 0.9 * value), 3)
    nature = 1.05 + 0.9 * rng.random() if is_malignant else 0.05 + 0.9 * rng.random()
    return Fracture(
        loss=round(loss, 3),
        nature=round(float(nature), 3),
        shape=shape,
        is_old=is_old,
        features=features,
        side=side,
    )
