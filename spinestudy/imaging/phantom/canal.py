"""The canal as drawn: epidural fat, ligamentum flavum, thecal sac, cord and nerve roots."""

from __future__ import annotations

from typing import Final

import numpy as np

from spinestudy.imaging.phantom.anatomy import CURVE_STEP_MM
from spinestudy.imaging.phantom.canal_shape import CanalShape
from spinestudy.imaging.phantom.plane import (
    WHOLE,
    Grid,
    Patch,
    Plane,
    cover,
    look_up,
    smooth_max,
    table_index,
)
from spinestudy.imaging.phantom.recess import paint_recess
from spinestudy.imaging.phantom.structures import CANAL
from spinestudy.imaging.phantom.tissue import Tissues

_LABEL_CANAL: Final = 4
_ROOT_RADIUS_MM: Final = np.float32(0.85)


def paint_canal(plane: Plane, shape: CanalShape, tissues: Tissues) -> None:
    """Everything between the posterior wall of the bodies and the arches."""
    if plane.is_beside(WHOLE, 19):
        return
    lean = plane.depth / np.sqrt(1 + plane.anatomy.slope.take(table_index(plane.z)[0]) ** 2)
    patch = Patch(plane, (np.abs(plane.x) < 19) & (lean > -6) & (lean < 27))
    if not len(patch):
        return
    n, s = _along_curve(plane, patch)
    cell = table_index(s, 0.0, CURVE_STEP_MM, len(shape.front))

    def read(table: Grid) -> Grid:
        return look_up(table, *cell)

    w = patch.x
    front, back, half_width = read(shape.front), read(shape.back), read(shape.half_width)
    flavum = read(shape.flavum)
    # Bony canal with its fat: wider than the sac, pointed at the rear.
    middle = np.float32(0.5) * (back + read(shape.fat_behind))
    triangle = 1 - np.float32(0.42) * np.clip((n - middle) / middle, 0, 1)
    room = _radius(w / ((half_width + 4.0) * triangle), (n - middle) / (middle + 0.5)) - 1
    push = read(shape.push) * np.exp(-(((w - read(shape.side)) / np.float32(9.5)) ** 2))
    for bump in shape.bumps:
        focus = np.exp(-(((w - np.float32(bump.w)) / np.float32(bump.width_mm)) ** 4))
        push = np.maximum(push, read(bump.push) * focus)
    tube = cover(smooth_max(room * middle, push - n - np.float32(0.4), 1.0))
    patch.paint(tube, tissues.fat)
    plexus = np.clip(np.float32(0.9) - n / np.float32(3.5), 0, np.float32(0.6))
    patch.paint(tube * plexus, tissues.vein)
    # Thecal sac.
    half = np.maximum(np.float32(0.5) * (back - front), np.float32(0.3))
    center = front + half
    rise = np.clip((n - center) / half, 0, 1)
    lateral = half_width * (1 - np.float32(0.24) * rise * np.minimum(flavum / 3, 1.3))
    oval = _radius(w / np.maximum(lateral, np.float32(0.3)), (n - center) / half) - 1
    entrance = front + push
    d = smooth_max(oval * np.minimum(half, half_width), entrance - n, 2.5)
    band = np.maximum(d - flavum - np.float32(0.6), np.float32(0.25) * middle - n + 1)
    band = np.maximum(band, np.float32(2.6) - np.float32(0.36) * flavum - np.abs(w))
    patch.paint(cover(band) * np.clip(flavum - np.float32(0.8), 0, 1) * tube, tissues.flavum)
    if shape.recesses:
        side = np.where(w > 0, read(shape.recesses[1]), read(shape.recesses[0]))
        paint_recess(patch, (n, w, half_width, push), side, read(shape.recesses[2]), tissues)
    exists = np.clip(half - np.float32(0.8), 0, 1)
    patch.paint(cover(d - np.float32(0.5)) * exists * np.float32(0.7), tissues.ligament)
    patch.mark((d < 0) & (half > 1.0), _LABEL_CANAL, CANAL)
    patch.put_back()
    inside = cover(d + np.float32(0.2)) * exists
    held = inside > 0
    sac = patch.part(held)
    if len(sac):
        frame = tuple(g[held] for g in (n, s, back, entrance, half_width, inside))
        _fill_sac(sac, frame, shape, tissues)
        sac.put_back()


def _fill_sac(sac: Patch, frame: tuple[Grid, ...], shape: CanalShape, tissues: Tissues) -> None:
    """Fluid, cord and the nerve roots, which keep their size where the sac is narrow."""
    n, s, back, entrance, half_width, inside = frame
    i, t = table_index(s, 0.0, CURVE_STEP_MM, len(shape.front))
    w = sac.x
    fluid = look_up(shape.fluid, i, t)
    csf_t1 = np.float32(tissues.csf[0]) + np.float32(0.12) * (1 - fluid)
    sac.paint(inside, (csf_t1, np.float32(tissues.csf[1]) * fluid))
    radius = look_up(shape.cord, i, t)
    if radius.max() > 0.5:
        center = np.float32(0.5) * (look_up(shape.front, i, t) + back) + np.float32(0.6)
        place = _radius(w, np.float32(1.1) * (n - center))
        cord = cover(place - radius, 1.2) * np.clip(radius - np.float32(0.3), 0, 1)
        sac.paint(cord * inside, tissues.cord)
    if float(np.abs(w).min()) > 11:
        return
    crowding, wiggle = look_up(shape.crowding, i, t), look_up(shape.wiggle, i, t)
    span = np.maximum(back - entrance, 0)
    room = half_width * np.float32(0.92) * crowding
    settled = back - span * np.float32(0.22) * (1 - crowding) - n
    for number, root in enumerate(shape.roots):
        rx, ry = w - room * root.lateral.take(i), settled - span * (1 - root.back.take(i))
        if wiggle.max() > 0.05:
            wave = wiggle * np.sin(s * np.float32(0.42) + number)
            rx, ry = rx - wave, ry + np.float32(0.6) * wave
        r = _radius(rx, ry) - _ROOT_RADIUS_MM
        sac.paint(cover(r, 1.1) * root.present.take(i) * inside, tissues.root)


def _radius(a: Grid, b: Grid) -> Grid:
    return np.sqrt(a * a + b * b)


def _along_curve(plane: Plane, patch: Patch) -> tuple[Grid, Grid]:
    """Depth n behind the wall line (mm, at right angles to it) and arc length s (mm)."""
    a = plane.anatomy
    depth = patch.take(plane.depth)
    slope = look_up(a.slope, *table_index(patch.z))
    foot = patch.z + depth * slope / (1 + slope * slope)
    i, t = table_index(foot)
    slope, ahead = look_up(a.slope, i, t), patch.y - look_up(a.wall_y, i, t)
    unit = 1 / np.sqrt(1 + slope * slope)
    rest = patch.z - foot
    return (ahead - slope * rest) * unit, look_up(a.arc, i, t) + (slope * ahead + rest) * unit
