"""Soft tissue around the spine: skin, fat, muscles, great vessels, kidneys, bowel, pelvis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter, map_coordinates

from spinestudy.imaging.phantom.anatomy import CURVE_START_MM, CURVE_STEP_MM, Anatomy
from spinestudy.imaging.phantom.pelvis import paint_pelvis
from spinestudy.imaging.phantom.plane import (
    Grid,
    Plane,
    Points,
    cover,
    look_up,
    smooth_max,
    table_index,
)
from spinestudy.imaging.phantom.tissue import Tissues

_f = np.float32
_CELL_MM = 5.0
_ALL = (slice(None), slice(None))


@dataclass(frozen=True)
class Trunk:
    """fascia, skin: depth (mm) behind the wall line, over z; noise: a smooth random field."""

    fascia: Grid
    skin: Grid
    anterior_y: Grid
    noise: Grid
    streaks: Grid


def build_trunk(anatomy: Anatomy) -> Trunk:
    """Back contour and random fields of one patient."""
    spec = anatomy.spec
    rng = np.random.default_rng([spec.seed, 61])
    z = CURVE_START_MM + CURVE_STEP_MM * np.arange(len(anatomy.wall_y))
    names = ("S4", "S3", "S2", "S1", "L5", "L3", "L1", "T10")
    marks = [anatomy.vertebrae[n].center[1] for n in names]
    tip = np.interp(z, marks, (16, 17, 22, 36, 47, 55, 53, 48))
    fascia = gaussian_filter(anatomy.wall_y + tip, 22)
    fat = spec.subcutaneous_fat_mm * np.interp(z, marks, (1.1, 1.2, 1.3, 1.35, 1.25, 1.0, 0.7, 0.5))
    skin = np.maximum(gaussian_filter(fascia + fat, 60), fascia + 4)
    depth = np.interp(z, marks, (14, 18, 26, 33, 34, 34, 32, 30))
    anterior = gaussian_filter(anatomy.wall_y - depth, 12)
    shape = tuple(int(e / _CELL_MM) for e in (250, 330, 370))
    noise = gaussian_filter(rng.normal(size=shape).astype(np.float32), 1.5)
    noise /= noise.std()
    streaks = gaussian_filter(rng.normal(size=shape).astype(np.float32), (0.55, 0.55, 2.6))
    streaks /= streaks.std()
    as32 = [np.asarray(a, dtype=np.float32) for a in (fascia, skin, anterior)]
    return Trunk(as32[0], as32[1], as32[2], noise, streaks)


def _field(plane: Plane, field: Grid, stride: int) -> Grid:
    """A random field on the plane, taken at every stride-th pixel and spread."""
    if isinstance(plane, Points):
        stride = 1
    rows, columns = plane.shape
    part = (slice(None, None, stride), slice(None, None, stride))
    at = np.stack([
        (plane.x[part] + _f(125)) / _f(_CELL_MM),
        (plane.y[part] + _f(190)) / _f(_CELL_MM),
        (plane.z[part] + _f(185)) / _f(_CELL_MM),
    ])  # fmt: skip
    coarse = map_coordinates(field, at, order=1, mode="mirror", output=np.float32)
    if isinstance(plane, Points):
        return np.asarray(coarse)
    fine = np.repeat(np.repeat(coarse, stride, 0), stride, 1)[:rows, :columns]
    return np.asarray(gaussian_filter(fine, stride * 0.5, truncate=2))


def paint_trunk(plane: Plane, trunk: Trunk, tissues: Tissues) -> None:
    """Fill the plane from outside to inside; the spine is painted over it."""
    spec = plane.anatomy.spec
    i, t = table_index(plane.z)
    x, side = plane.x, np.abs(plane.x)
    furrow = _f(5.0) * np.exp(-((x / _f(14)) ** 2))
    arch = x * x * _f(1 / 420)
    fascia = plane.y - look_up(trunk.fascia, i, t) + arch * _f(1.2)
    skin = plane.y - look_up(trunk.skin, i, t) + arch + furrow * _f(0.5)
    front = plane.y - look_up(trunk.anterior_y, i, t)
    noise = _field(plane, trunk.noise, 4)
    streaks = _field(plane, trunk.streaks, 2)
    inside = cover(skin)
    lobule = 1 + _f(0.06) * streaks
    plane.paint(_ALL, inside, tissues.skin)
    plane.paint(_ALL, cover(skin + _f(1.8)), (tissues.fat[0] * lobule, tissues.fat[1] * lobule))
    _paint_abdomen(plane, front, noise, streaks, tissues)
    # Paraspinal muscles between arch and fascia, with septa and fatty streaks.
    n = plane.depth
    floor = _f(9.0) + _f(10) * np.exp(-((x / _f(22)) ** 2)) - n
    low = np.clip((_f(plane.anatomy.vertebrae["S1"].center[1] + 25) - plane.z) / _f(70), 0, 1)
    reach = _f(64) - _f(26) * low
    muscle = smooth_max(smooth_max(fascia + 1, floor, 3.0), (side - reach) * _f(0.7), 14.0)
    sheet = cover(np.abs(fascia) - _f(0.5)) * np.clip((_f(72) - side) / 6, 0, 1)
    plane.paint(_ALL, sheet, tissues.ligament)
    fatty = np.clip((streaks - _f(1.35 - 2.4 * spec.muscle_fat) + _f(0.5) * low) * _f(0.9), 0, 0.85)
    deep = np.clip(1 - (n - _f(20)) / _f(14), 0, 1) * (side < 24) * _f(0.9 * spec.muscle_fat)
    bent = side - _f(27) - _f(0.25) * (n - 30) + _f(2.2) * noise
    septum = np.exp(-((bent / _f(1.2)) ** 2)) * np.clip(_f(0.45) + _f(0.2) * streaks, 0.1, 0.8)
    midline = np.exp(-((x / _f(2.2)) ** 2)) * _f(0.55)
    fatty = np.maximum(np.maximum(fatty, septum), np.maximum(deep, midline))
    grain = 1 + _f(0.14) * streaks
    t1 = tissues.muscle[0] * grain + fatty * (tissues.fat[0] - tissues.muscle[0])
    t2 = tissues.muscle[1] * grain + fatty * (tissues.fat[1] - tissues.muscle[1])
    plane.paint(_ALL, cover(muscle), (t1, t2))
    _paint_psoas(plane, streaks, tissues)
    paint_pelvis(plane, tissues)
    _paint_vessels(plane, front, tissues)


def _paint_abdomen(plane: Plane, front: Grid, noise: Grid, streaks: Grid, tissues: Tissues) -> None:
    """Bowel and organs in fat, well in front of the spine."""
    far = np.clip((-front - _f(22) + _f(7) * noise) / _f(8), 0, 1)
    gut = np.clip((noise + _f(0.45)) * _f(5), 0, 1) * far
    level = 1 + _f(0.35) * noise + _f(0.12) * streaks
    plane.paint(_ALL, gut, (tissues.bowel[0] * level, tissues.bowel[1] * level))
    gas = np.clip((noise - _f(1.6)) * _f(5), 0, 1) * far
    plane.paint(_ALL, gas, (0.03, 0.03))
    l1 = plane.anatomy.vertebrae["L1"].center
    for sign in (-1, 1):
        center = np.array([sign * 64.0, l1[0] - 14.0, l1[1] - 12.0 + 7 * sign])
        window = plane.window(center, 52.0)
        if window is None:
            continue
        x, y, z = (
            g[window] - _f(c) for g, c in zip((plane.x, plane.y, plane.z), center, strict=True)
        )
        r = np.sqrt((x / _f(27)) ** 2 + (y / _f(24)) ** 2 + (z / _f(50)) ** 2)
        plane.paint(window, cover((r - 1) * 24), tissues.kidney)
        plane.paint(window, cover((r - _f(0.42)) * 24, 4.0), tissues.fat)


def _paint_psoas(plane: Plane, streaks: Grid, tissues: Tissues) -> None:
    """Psoas beside the bodies, growing and going forward caudally; quadratus lumborum."""
    a = plane.anatomy
    window = plane.region((np.abs(plane.x) > 14) & (np.abs(plane.depth + 20) < 42))
    if window is None:
        return
    names = ("S3", "S1", "L5", "L4", "L3", "L2", "L1", "T12")
    z = np.array([a.vertebrae[n].center[1] for n in names])
    heights, depth = plane.z[window], plane.depth[window]
    i, _ = table_index(heights)

    def along(*values: float) -> Grid:
        grid = CURVE_START_MM + CURVE_STEP_MM * np.arange(721)
        return np.asarray(np.interp(grid, z, values), dtype=np.float32).take(i)

    side = np.abs(plane.x[window])
    cx = along(72, 60, 50, 44, 39, 34, 30, 26)
    cy = depth + along(62, 40, 24, 17, 14, 12, 11, 11)
    rx, ry = along(14, 17, 18.5, 17, 14.5, 11, 7, 2), along(15, 18, 20, 20, 18, 15, 11, 4)
    lump = 1 + _f(0.07) * np.sin(_f(0.16) * cy + _f(0.12) * plane.x[window])
    r = np.sqrt(((side - cx) / rx) ** 2 + (cy / ry) ** 2) * lump - 1
    shade = 1 + _f(0.10) * streaks[window]
    tone = (tissues.muscle[0] * shade, tissues.muscle[1] * shade)
    plane.paint(window, cover(r * np.minimum(rx, ry)), tone)
    quad = np.sqrt(((side - _f(67)) / _f(17)) ** 2 + ((depth + 2) / _f(9)) ** 2) - 1
    quad = np.maximum(quad * 9, np.maximum(heights - _f(z[6]), _f(z[2]) - heights))
    plane.paint(window, cover(quad), tone)


def _paint_vessels(plane: Plane, front: Grid, tissues: Tissues) -> None:
    """Aorta and vena cava in front of the bodies, parting at L4."""
    window = plane.region((np.abs(front + 15) < 28) & (np.abs(plane.x) < 75))
    if window is None:
        return
    fork = _f(plane.anatomy.vertebrae["L4"].center[1] - 4)
    below = np.maximum(fork - plane.z[window], 0)
    x, ahead = plane.x[window], front[window]
    split = np.minimum(below * _f(0.55), 70)
    thin = 1 - _f(0.3) * np.clip(below / 20, 0, 1)
    for sign, radius, place in ((1, 8.5, 8.0), (-1, 9.5, 15.0)):
        flat = 1.0 if sign > 0 else 0.82
        dx = x - _f(sign * place) - sign * split
        dy = (ahead + _f(radius + 2.0) + _f(0.1) * split) / _f(flat)
        r = np.sqrt(dx * dx + dy * dy) - _f(radius) * thin
        plane.paint(window, cover(r - 1), tissues.muscle)
        plane.paint(window, cover(r), tissues.vessel)
