"""Disc material and soft tissue that lie where they shouldn't, and how they push the sac."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from spinestudy.imaging.phantom.anatomy import Anatomy, Disc, Vertebra
from spinestudy.imaging.phantom.collapse import CONVEX_MM, wall_push
from spinestudy.imaging.phantom.findings import Herniation
from spinestudy.imaging.phantom.marrow import TUMOUR_SIGNAL, heterogeneous
from spinestudy.imaging.phantom.plane import Grid, Plane, cover, smooth_max
from spinestudy.imaging.phantom.structures import HERNIATION, MASS, disc_code
from spinestudy.imaging.phantom.tissue import Tissues

_f = np.float32
# Where a zone has its middle: mm from the midline, and mm behind the rear edge of the disc.
_ZONE_W_MM: Final = ((0.0, 1.0, 1.5, 2.5, 3.5, 4.0), (1.0, 7.0, 9.5, 17.0, 27.0, 29.0))
_ZONE_BACK_MM: Final = ((0.0, 2.0, 3.0, 4.0), (0.0, 0.0, -2.0, -9.0))


@dataclass(frozen=True)
class Bump:
    """Something behind the wall line: at height z (mm) and w (mm left), how high and how wide."""

    z: float
    w: float
    height_mm: float
    length_mm: float
    width_mm: float


@dataclass(frozen=True)
class _Shape:
    """Half axes (mm) of the displaced material, its middle, and the neck that joins it."""

    back: float
    w: float
    down: float
    depth: float
    height: float
    width: float
    neck_height: float


def _shape_of(disc: Disc, hernia: Herniation) -> _Shape:
    grade, within = int(hernia.morphology), hernia.morphology % 1
    sign = {"left": 1.0, "right": -1.0}.get(hernia.side, 1.0 if disc.center[1] > 0 else -1.0)
    w = sign * float(np.interp(hernia.zone, *_ZONE_W_MM))
    out = {2: 2.6 + 2.4 * within, 3: 4.2 + 2.8 * within}.get(grade, 4.6 + 2.6 * within)
    gap = disc.half_gap
    height = {2: gap + 0.4, 3: gap + 2.2 + 2.0 * within}.get(grade, 4.0 + 2.0 * within)
    width = {2: 8.5, 3: 6.5}.get(grade, 6.0)
    down = 0.0 if grade == 2 else hernia.migration_mm
    if grade >= 4:
        down = float(np.copysign(max(abs(down), gap + height + 2.5), down or 1.0))
    return _Shape(
        back=float(disc.half_depth + np.interp(hernia.zone, *_ZONE_BACK_MM)),
        w=w,
        down=down,
        depth=out,
        height=height,
        width=width,
        neck_height=gap if grade == 2 else 0.7 * gap,
    )


def bumps_of(anatomy: Anatomy) -> list[Bump]:
    """What pushes the sac of a spine besides stenosis: bulges, herniations, bone, masses."""
    found = []
    for disc in anatomy.discs.values():
        if disc.state and disc.state.bulge_mm > 0.8:
            rear = disc.center[1] + disc.half_depth * np.sin(disc.angle)
            found.append(Bump(float(rear), 0.0, disc.state.bulge_mm + 0.8, 5.0, 16.0))
        hernia = disc.herniation
        if hernia and hernia.morphology >= 2 and hernia.zone < 2.5:
            shape = _shape_of(disc, hernia)
            down = shape.down
            place = disc.center + disc.half_depth * np.array(
                [np.cos(disc.angle), np.sin(disc.angle)]
            )
            found.append(
                Bump(
                    float(place[1] - down * np.cos(disc.angle)),
                    shape.w,
                    shape.depth + 1.0,
                    shape.height + 2.5,
                    shape.width + 1.0,
                )
            )
    for body in anatomy.vertebrae.values():
        if body.fracture is None:
            continue
        middle, corner = wall_push(body.fracture)
        for mm, level in ((middle, 0.0), (corner, 0.72)):
            if mm > 0:
                z = body.at(body.half_depth, level * body.half_height)[1]
                found.append(Bump(float(z), 0.0, mm + 0.8, 0.7 * body.half_height, 13.0))
    return found


def paint_herniations(plane: Plane, tissues: Tissues) -> None:
    """Displaced disc material behind the discs; the canal is drawn after it."""
    for disc in plane.anatomy.discs.values():
        hernia = disc.herniation
        if hernia is None or hernia.morphology < 2:
            continue
        window = plane.window(plane.anatomy.to_model(disc.center), 60.0)
        if window is None:
            continue
        u, v, w = plane.local(window, disc.center, disc.angle)
        shape = _shape_of(disc, hernia)
        d = _distance(u, v, w, shape, attached=hernia.morphology < 4)
        inside = cover(d)
        wave = 1 + _f(0.15) * np.sin(_f(0.8) * v + _f(0.6) * w)
        fresh = 0.26 + 0.06 * np.sin(disc.center[1])
        plane.paint(window, inside, (tissues.annulus[0] * 1.12, _f(fresh) * wave))
        rim = np.exp(-((d + _f(0.5)) ** 2) / _f(0.5)) * inside
        plane.paint(window, _f(0.6) * rim, tissues.ligament)
        behind = (d < 0) & (u > shape.back - 0.5)
        plane.mark(window, behind, 3, disc_code(disc.level))
        plane.change(window, behind, HERNIATION)


def _distance(u: Grid, v: Grid, w: Grid, shape: _Shape, *, attached: bool) -> Grid:
    """Distance (about mm) to the displaced material, negative inside."""
    a = (u - _f(shape.back + 0.25 * shape.depth)) / _f(shape.depth * 0.85)
    b = (v + _f(shape.down)) / _f(shape.height)
    c = (w - _f(shape.w)) / _f(shape.width)
    blob = (np.sqrt(a * a + b * b + c * c) - 1) * _f(min(shape.depth, shape.height))
    if not attached:
        return np.asarray(blob)
    middle = v + _f(0.5 * shape.down) * np.clip((u - _f(shape.back - 2)) / 4, 0, 1)
    neck = np.maximum(np.abs(middle) - _f(shape.neck_height), np.abs(w - _f(shape.w)) - _f(5.0))
    neck = smooth_max(neck, np.abs(u - _f(shape.back)) - _f(0.45 * shape.depth + 1.5), 2.0)
    return np.asarray(np.minimum(blob, neck))


def paint_paraspinal_masses(plane: Plane) -> None:
    """Tumour beside the body; drawn before the bones."""
    for body, strength in _with(plane.anatomy, "paraspinal_mass"):
        sign = 1.0 if body.fracture and body.fracture.side == "left" else -1.0
        middle = np.array([0.1 * body.half_depth, 0.0, sign * (body.half_width + 5.0)])
        radii = (0.75 * body.half_depth, 1.1 * body.half_height + 4.0, 9.0 + 7.0 * strength)
        _paint_mass(plane, body, middle, radii)


def paint_epidural_masses(plane: Plane) -> None:
    """Tumour in the canal behind the body; drawn before the canal."""
    for body, strength in _with(plane.anatomy, "epidural_mass"):
        sign = 1.0 if body.fracture and body.fracture.side == "left" else -1.0
        bulge = body.fracture.strength("convex_border") if body.fracture else 0.0
        wall = body.half_depth - 2.0 + CONVEX_MM * bulge
        middle = np.array([max(body.half_depth - 0.5, wall - 1.0), 0.0, sign * 3.0])
        radii = (7.0 * strength + 0.5, 0.95 * body.half_height, 10.0)
        _paint_mass(plane, body, middle, radii, behind_mm=wall)


def _with(anatomy: Anatomy, feature: str) -> list[tuple[Vertebra, float]]:
    bodies = anatomy.vertebrae.values()
    strengths = [(b, b.fracture.strength(feature) if b.fracture else 0.0) for b in bodies]
    return [(body, strength) for body, strength in strengths if strength > 0]


def _paint_mass(
    plane: Plane,
    body: Vertebra,
    middle: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    radii: tuple[float, float, float],
    behind_mm: float = -100.0,
) -> None:
    window = plane.window(plane.anatomy.to_model(body.center), 75.0)
    if window is None:
        return
    at = plane.local(window, body.center, body.angle)
    terms = [((g - _f(m)) / _f(r)) ** 2 for g, m, r in zip(at, middle, radii, strict=True)]
    uneven = heterogeneous(at, body.center[1] + 1.0)
    d = (np.sqrt(terms[0] + terms[1] + terms[2]) - 1) * _f(min(radii)) + _f(0.8) * uneven
    d = np.maximum(d, _f(behind_mm) - at[0])
    tone = 1 + _f(0.16) * uneven
    plane.paint(window, cover(d, 1.4), (TUMOUR_SIGNAL[0] * 1.1 * tone, TUMOUR_SIGNAL[1] * tone))
    plane.mark(window, d < 0, 0)
    plane.change(window, d < 0, MASS)
