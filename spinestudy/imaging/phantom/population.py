"""A population with everything that the phantom can draw, at plausible rates."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from spinestudy.imaging.phantom.findings import (
    Findings,
    Fracture,
    Herniation,
    ModicPlate,
    Side,
    score_of,
)
from spinestudy.imaging.phantom.levels import disc_seats, graded_bodies
from spinestudy.imaging.phantom.rich_fractures import sample_fractures
from spinestudy.imaging.phantom.rich_scans import sample_acquisition
from spinestudy.imaging.phantom.spec import SCORE_RANGE, PhantomSpec, sample_spec

_LATENT: Final = {"pfirrmann": (1.3, 2.6), "central_canal_stenosis": (0.05, 0.8), "modic": (0, 0.5)}
# Uniform draw -> latent zone: mostly central and subarticular.
_ZONES: Final = ((0.0, 0.35, 0.8, 0.94, 1.0), (0.0, 1.0, 2.0, 3.0, 3.99))
# What a herniation does at least to canal, recess of its side and foramen of its side, by zone.
_NARROWS: Final = ((0.75, 0.45, 0.0), (0.35, 1.05, 0.0), (0.0, 0.3, 1.1), (0.0, 0.0, 0.35))


def sample_rich_spec(seed: int) -> PhantomSpec:
    """One member of the rich population.

    Canal, discs and Modic types follow `sample_spec` of the same seed; what goes with them
    (recess, foramen, herniation, slip) is drawn around them and never contradicts them.
    Fractures, metastases and screws are commoner than in a clinic, so that a few hundred exams
    hold examples of each.
    """
    base = sample_spec(seed)
    rng = np.random.default_rng([seed, 12])
    count, transition = _sample_anatomy(rng)
    latent, extent = _renamed(base, rng, count)
    discs = [*latent["pfirrmann"]]
    wear = {d: (latent["pfirrmann"][d] - 3.35) / 1.05 for d in discs}
    herniations = {d: _sample_herniation(rng, wear[d]) for d in discs}
    slips = {d: _sample_slip(rng, base, wear[d], i == len(discs) - 2) for i, d in enumerate(discs)}
    stenosis = latent["central_canal_stenosis"]
    for disc in discs:
        effect = _effect(herniations[disc])
        slipped = 0.9 * max(0.0, slips[disc] - 1.0)
        stenosis[disc] = round(float(np.clip(max(stenosis[disc], effect[0], slipped), 0, 3.95)), 3)
    sides = _sample_sides(rng, discs, wear, stenosis, herniations)
    fractures, metastases = sample_fractures(rng, base.age_years, base.sex, count)
    return replace(
        base,
        latent=latent,
        modic_extent_mm=extent,
        findings=Findings(
            sides=sides,
            herniations=herniations,
            slips=slips,
            modic_plates={d: _sample_plates(rng, latent["modic"][d], extent[d]) for d in discs},
            fractures=fractures,
            metastases=metastases,
            screws=_sample_screws(rng, count, fractures),
            lumbar_count=count,
            transition=transition,
        ),
        acquisition=sample_acquisition(rng),
    )


def _sample_anatomy(rng: np.random.Generator) -> tuple[int, str]:
    kind = rng.random()
    if kind < 0.04:
        return 4, "sacralised_l5"
    if kind < 0.08:
        return 6, "lumbarised_s1"
    return 5, "sacralised_l5" if kind < 0.12 else "none"


def _renamed(
    base: PhantomSpec, rng: np.random.Generator, count: int
) -> tuple[dict[str, dict[str, float]], dict[str, float]]:
    """Severities of the base by seat, under the names of this spine; a further disc is sound."""
    seats = disc_seats(count)
    latent: dict[str, dict[str, float]] = {item: {} for item in SCORE_RANGE}
    extent = {}
    for seat, name in seats.items():
        for item in SCORE_RANGE:
            fresh = round(float(rng.uniform(*_LATENT[item])), 3)
            latent[item][name] = base.latent[item].get(seat, fresh)
        extent[name] = base.modic_extent_mm.get(seat, 6.0)
    return latent, extent


def _sample_herniation(rng: np.random.Generator, wear: float) -> Herniation:
    """Bulges follow wear; focal herniations are commonest where it is moderate."""
    focal = 0.05 + 0.20 * np.exp(-((wear - 0.5) ** 2))
    bulging = 1 / (1 + np.exp(-(1.8 * wear + 0.2)))
    draw, within, where, left = rng.random(4)
    side: Side = "left" if left < 0.52 else "right"
    migration = round(float(np.clip(rng.normal(3.0, 4.0), -8, 12)), 2)
    if draw < focal:
        kind = 2 if draw < 0.66 * focal else 3 if draw < 0.92 * focal else 4
        zone = round(float(np.interp(where, *_ZONES)), 3)
        return Herniation(
            morphology=round(kind + 0.02 + 0.96 * float(within), 3),
            zone=zone,
            side=side if zone >= 0.5 else "",
            migration_mm=migration if kind >= 3 else 0.0,
        )
    score = 1.0 if rng.random() < bulging else 0.0
    return Herniation(morphology=round(score + 0.02 + 0.96 * float(within), 3))


def _effect(hernia: Herniation) -> tuple[float, float, float]:
    """Least severity of canal, recess and foramen that goes with a herniation."""
    if hernia.morphology < 2:
        return 0.0, 0.0, 0.0
    grade = min(hernia.morphology - 1.0, 2.9)
    canal, recess, foramen = _NARROWS[score_of("herniation_zone", hernia.zone)]
    return canal * grade, recess * grade, foramen * grade


def _sample_slip(
    rng: np.random.Generator, base: PhantomSpec, wear: float, is_last_but_one: bool
) -> float:
    likely = 0.012 + (0.07 if is_last_but_one and base.age_years > 50 else 0.0)
    likely *= 1.4 if base.sex == "F" else 0.7
    present, size = rng.random(), rng.random()
    if present < likely:
        return float(round(1.15 + 1.1 * float(size) ** 1.5, 3))
    return round(float(np.clip(0.25 + 0.12 * wear + 0.25 * size, 0.02, 0.85)), 3)


def _sample_sides(
    rng: np.random.Generator,
    discs: list[str],
    wear: dict[str, float],
    stenosis: dict[str, float],
    herniations: dict[str, Herniation],
) -> dict[str, dict[str, dict[str, float]]]:
    """Recesses follow canal and herniation, foramina follow wear, the two sides alike."""
    sides: dict[str, dict[str, dict[str, float]]] = {
        "subarticular_stenosis": {},
        "foraminal_stenosis": {},
    }
    for place, disc in enumerate(discs):
        caudal = place / (len(discs) - 1)
        shared = rng.normal(0, 0.35, 2)
        _, recess_at_least, foramen_at_least = _effect(herniations[disc])
        values: dict[str, dict[str, float]] = {item: {} for item in sides}
        for side in ("right", "left"):
            own = rng.normal(0, 0.5, 2)
            recess = 0.15 + 0.72 * stenosis[disc] + 0.2 * wear[disc] + shared[0] + own[0]
            foramen = 0.1 + 0.75 * wear[disc] + 0.7 * caudal + shared[1] + own[1]
            if herniations[disc].side == side:
                recess, foramen = max(recess, recess_at_least), max(foramen, foramen_at_least)
            values["subarticular_stenosis"][side] = round(float(np.clip(recess, 0.02, 3.95)), 3)
            values["foraminal_stenosis"][side] = round(float(np.clip(foramen, 0.02, 3.95)), 3)
        for item in sides:
            sides[item][disc] = values[item]
    return sides


def _sample_plates(
    rng: np.random.Generator, latent: float, extent_mm: float
) -> tuple[ModicPlate, ModicPlate]:
    """The endplates of a disc: one as the level says, the other like it, less, or without."""
    shrink, alike, mixed, first, jitter = rng.random(5)
    second_type, share = 0, 0.0
    kind = score_of("modic", latent)
    if kind and mixed < 0.22:
        second_type = {1: 2, 2: 1 if jitter < 0.7 else 3, 3: 2}[kind]
        share = round(0.22 + 0.25 * float(jitter), 3)
    main = ModicPlate(latent, extent_mm, second_type, share)
    if kind and alike < 0.72:
        lesser = max(1.5, extent_mm * (0.45 + 0.5 * shrink))
        other = ModicPlate(latent, round(float(lesser), 2))
    else:
        other = ModicPlate(round(0.5 * float(jitter), 3), 4.0)
    return (main, other) if first < 0.5 else (other, main)


def _sample_screws(
    rng: np.random.Generator, count: int, fractures: dict[str, Fracture]
) -> tuple[str, ...]:
    present, place = rng.random(), rng.integers(0, 3)
    bodies = graded_bodies(count)[:-1]
    pair = bodies[len(bodies) - 2 - int(place) : len(bodies) - int(place)]
    if present >= 0.05 or any(name in fractures for name in pair):
        return ()
    return pair
