"""How wide the thecal sac is along the spine, and where the nerve roots run in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spinestudy.imaging.phantom.anatomy import CURVE_STEP_MM, Anatomy
from spinestudy.imaging.phantom.herniation import bumps_of
from spinestudy.imaging.phantom.plane import Grid

_SIGMA_MM: Final = 6.5
_EXITS: Final = ("L2/L3", "L3/L4", "L4/L5", "L5/S1", "S1/S2", "S1/S2")


@dataclass(frozen=True)
class Root:
    """A pair member: lateral place (-1..1) and place front to back (0..1), over arc length."""

    lateral: Grid
    back: Grid
    present: Grid


@dataclass(frozen=True)
class SacBump:
    """push: how far (mm) the front of the sac is moved, over arc length; at w, so wide (mm)."""

    push: Grid
    w: float
    width_mm: float


@dataclass(frozen=True)
class CanalShape:
    """Tables over the arc length of the posterior wall line, from 0 in CURVE_STEP_MM steps.

    front, back: depth (mm) behind the wall line at which the sac begins and ends in the midline
    before the disc pushes; push: how far it does, at side (mm left); half_width of the sac (mm);
    flavum: thickness of the ligament (mm); fat_behind: fat between sac and arch (mm);
    crowding, fluid: as in DiscState; cord: radius of the cord (mm). bumps: what else pushes.
    recesses: latent severity on the right and on the left, and how much of a recess there is;
    None without findings.
    """

    front: Grid
    back: Grid
    push: Grid
    side: Grid
    half_width: Grid
    flavum: Grid
    fat_behind: Grid
    crowding: Grid
    fluid: Grid
    cord: Grid
    wiggle: Grid
    roots: tuple[Root, ...]
    bumps: tuple[SacBump, ...] = ()
    recesses: tuple[Grid, Grid, Grid] | None = None


def build_canal(anatomy: Anatomy) -> CanalShape:
    """The sac of one patient, narrowed at every disc as its stenosis says."""
    spec = anatomy.spec
    rng = np.random.default_rng([spec.seed, 53])
    at = {name: anatomy.arc_at(_wall_z(anatomy, name)) for name in anatomy.discs}
    steps = int(anatomy.arc[-1] / CURVE_STEP_MM) + 2
    s = CURVE_STEP_MM * np.arange(steps)
    keys = ("S2/S3", "S1/S2", "L5/S1", "L4/L5", "L3/L4", "L1/L2", "T11/T12")
    ks = np.array([at[k] for k in keys])
    end = ks[1] - 6 + 8 * rng.normal()

    def along(*values: float) -> NDArray[np.float64]:
        return np.asarray(np.interp(s, ks, values))

    front = along(7.5, 6.0, 4.0, 1.9, 1.5, 1.4, 1.3)
    diameter = spec.canal_ap_mm * along(0.55, 0.7, 0.86, 0.95, 1.0, 1.03, 0.96)
    width = spec.body_scale * along(5.0, 6.5, 8.6, 9.6, 9.8, 9.6, 8.8)
    taper = np.sqrt(np.clip((s - end) / 22, 0, 1))
    diameter, width = diameter * taper, width * taper
    push, side, flavum = np.zeros(steps), np.zeros(steps), np.full(steps, 0.0)
    crowding, fluid, wiggle = np.ones(steps), np.ones(steps), np.zeros(steps)
    for level, disc in anatomy.discs.items():
        near = np.exp(-(((s - at[level]) / _SIGMA_MM) ** 2))
        front = front - near * np.maximum(front - 0.7, 0) * (0.85 if disc.state else 0.0)
        flavum += (2.6 if disc.state else 1.5) * np.exp(-(((s - at[level] + 2) / 10) ** 2))
        if disc.state is None:
            continue
        loss = 1 - disc.state.narrowing
        push += near * loss * 0.5 * diameter
        side += near * disc.state.bulge_side * min(1.0, 1.5 * loss)
        broad = np.exp(-(((s - at[level] + 1) / (_SIGMA_MM + 2)) ** 2))
        flavum += broad * 3.2 * loss
        diameter = diameter * (1 - 0.5 * loss * broad)
        width = width * (1 - 0.52 * loss * broad)
        crowding *= 1 - (1 - disc.state.crowding) * near
        fluid *= 1 - (1 - disc.state.fluid) * near
        wiggle += max(0.0, loss - 0.3) * 4 * np.exp(-(((s - at[level] - 20) / 13) ** 2))
    tip = at["L1/L2"] + 7 + 9 * rng.normal()
    fat = along(4.0, 4.5, 3.0, 2.4, 2.2, 2.0, 1.8)
    for level in ("T12/L1", "L1/L2", "L2/L3", "L3/L4", "L4/L5", "L5/S1"):
        fat += 2.8 * np.exp(-(((s - at[level] - 1) / 8) ** 2))
    cord = 4.4 * np.clip((s - tip) / 26, 0, 1) ** 0.7
    tables = {
        "front": front,
        "back": front + diameter,
        "push": push,
        "side": side,
        "half_width": width,
        "flavum": flavum,
        "fat_behind": fat,
        "crowding": crowding,
        "fluid": fluid,
        "cord": cord,
        "wiggle": wiggle,
    }
    as32 = {k: t.astype(np.float32) for k, t in tables.items()}
    shape = CanalShape(roots=_roots(rng, s, at, tip), **as32)
    if spec.findings is None:
        return shape
    return replace(
        shape, bumps=_sac_bumps(anatomy, s, front, diameter), recesses=_recesses(anatomy, s, at)
    )


def _sac_bumps(anatomy: Anatomy, s: Grid, front: Grid, diameter: Grid) -> tuple[SacBump, ...]:
    """How far each bump moves the front of the sac, which never closes wholly."""
    found = []
    for bump in bumps_of(anatomy):
        at = anatomy.arc_at(bump.z)
        near = np.exp(-(((s - at) / bump.length_mm) ** 2))
        i = int(np.argmin(np.abs(s - at)))
        free = max(0.0, float(diameter[i]) - 2.0)
        push = float(np.clip(bump.height_mm - float(front[i]), 0.0, free))
        if push > 0:
            found.append(SacBump((push * near).astype(np.float32), bump.w, bump.width_mm))
    return tuple(found)


def _recesses(anatomy: Anatomy, s: Grid, at: dict[str, float]) -> tuple[Grid, Grid, Grid]:
    """Latent subarticular stenosis over arc length, right and left; 1 where a recess is."""
    tables = np.zeros((3, len(s)))
    for level, disc in anatomy.discs.items():
        if disc.state is None:
            continue
        near = np.exp(-(((s - at[level] + 2) / 9.0) ** 2))
        right, left = anatomy.narrowing_of_sides("subarticular_stenosis", level)
        for table, value in zip(tables, (right, left, 1.0), strict=True):
            np.maximum(table, value * near, out=table)
    as32 = [np.asarray(table, dtype=np.float32) for table in tables]
    return as32[0], as32[1], as32[2]


def _wall_z(anatomy: Anatomy, level: str) -> float:
    """Height of the rear edge of a disc."""
    disc = anatomy.discs[level]
    return float(disc.center[1] + disc.half_depth * np.sin(disc.angle))


def _roots(rng: np.random.Generator, s: Grid, at: dict[str, float], tip: float) -> tuple[Root, ...]:
    """Strands that hang from the conus, lie to the rear and leave in pairs."""
    roots = []
    for i in range(18):
        sign = 1 if i % 2 else -1
        pair = i // 2
        lateral = sign * np.clip(0.12 + 0.085 * pair + 0.05 * rng.normal(), 0.04, 0.85)
        back = np.clip(0.86 - 0.45 * abs(lateral) ** 1.6 + 0.07 * rng.normal(), 0.3, 0.92)
        drift = 0.10 * np.sin(s / rng.uniform(18, 35) + rng.uniform(0, 6.28))
        x, y = lateral + 0.5 * drift, back + 0.6 * drift * (1 - abs(lateral))
        present = np.ones(len(s))
        if 8 - pair < len(_EXITS):
            leave = at[_EXITS[8 - pair]] - 12
            going = np.clip((leave + 34 - s) / 34, 0, 1)
            x = x + going * (sign * 0.88 - x)
            y = y + going * (0.42 - y)
            present = np.clip((s - leave) / 4, 0, 1)
        start = np.clip((s - tip + 8) / 30, 0, 1)
        y = y + start * (0.5 - y) * 0.3
        present = present * np.clip((tip + 45 - s) / 30, 0, 1)
        roots.append(Root(*(np.asarray(t, dtype=np.float32) for t in (x, y, present))))
    return tuple(roots)
