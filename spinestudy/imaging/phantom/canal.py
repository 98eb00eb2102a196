"""The canal as drawn: epidural fat, ligamentum flavum, thecal sac, cord and nerve roots."""

from __future__ import annotations

from typing import Final

import numpy as np

from spinestudy.imaging.phantom.anatomy import CURVE_STEP_MM
from spinestudy.imaging.phantom.canal_shape import CanalShape
from spinestudy.imaging.phantom.plane import (
    Grid,
    Plane,
    Window,
    cover,
    look_up,
    smooth_max,
    table_index,
)
from spinestudy.imaging.phantom.tissue import Tissues

_LABEL_CANAL: Final = 4
_ROOT_RADIUS_MM: Final = np.float32(0.85)


def canal_window(plane: Plane, lateral_mm: float, behind_mm: float) -> Window | None:
    """Rows and columns that hold the canal and what lies behind it."""
    i, t = table_index(plane.z)
    lean = 1 / np.sqrt(1 + look_up(plane.anatomy.slope, i, t) ** 2)
    n = plane.depth * lean
    return plane.region((np.abs(plane.x) < lateral_mm) & (n > -7) & (n < behind_mm))


def along_curve(plane: Plane, window: Window) -> tuple[Grid, Grid]:
    """Depth n behind the wall line (mm, at right angles to it) and arc length s (mm)."""
    a = plane.anatomy
    y, z, depth = plane.y[window], plane.z[window], plane.depth[window]
    slope = look_up(a.slope, *table_index(z))
    foot = z + depth * slope / (1 + slope * slope)
    i, t = table_index(foot)
    slope = look_up(a.slope, i, t)
    n = (y - look_up(a.wall_y, i, t) - slope * (z - foot)) / np.sqrt(1 + slope * slope)
    s = look_up(a.arc, i, t) + (slope * (y - look_up(a.wall_y, i, t)) + z - foot) / np.sqrt(
        1 + slope * slope
    )
    return n, s


def paint_canal(plane: Plane, shape: CanalShape, tissues: Tissues) -> None:
    """Everything between the posterior wall of the bodies and the arches."""
    window = canal_window(plane, 19.0, 27.0)
    if window is None:
        return
    n, s = along_curve(plane, window)
    i, t = table_index(s, 0.0, CURVE_STEP_MM, len(shape.front))

    def read(table: Grid) -> Grid:
        return look_up(table, i, t)

    w = plane.x[window]
    front, back, half_width = read(shape.front), read(shape.back), read(shape.half_width)
    fat_behind, flavum = read(shape.fat_behind), read(shape.flavum)
    # Bony canal with its fat: wider than the sac, pointed at the rear.
    deep = back + fat_behind
    middle = np.float32(0.5) * deep
    triangle = 1 - np.float32(0.42) * np.clip((n - middle) / middle, 0, 1)
    room = np.hypot(w / ((half_width + 4.0) * triangle), (n - middle) / (middle + 0.5)) - 1
    tube = cover(smooth_max(room * middle, -n - 0.4, 1.0))
    plane.paint(window, tube, tissues.fat)
    # Thecal sac.
    half = np.maximum(np.float32(0.5) * (back - front), np.float32(0.3))
    center = front + half
    push = read(shape.push)
    bend = np.exp(-(((w - read(shape.side)) / np.float32(8.5)) ** 2))
    rise = np.clip((n - center) / half, 0, 1)
    lateral = half_width * (1 - np.float32(0.24) * rise * np.minimum(flavum / 3, 1.3))
    oval = np.hypot(w / np.maximum(lateral, np.float32(0.3)), (n - center) / half) - 1
    entrance = front + push * bend
    d = smooth_max(oval * np.minimum(half, half_width), entrance - n, 2.5)
    _paint_flavum(plane, window, (w, n, d), (flavum, middle, tube), tissues)
    exists = np.clip(half - np.float32(0.8), 0, 1)
    plane.paint(window, cover(d - np.float32(0.5)) * exists * np.float32(0.7), tissues.ligament)
    inside = cover(d + np.float32(0.2)) * exists
    fluid = read(shape.fluid)
    csf_t2 = np.float32(tissues.csf[1]) * fluid
    csf_t1 = np.float32(tissues.csf[0]) + np.float32(0.12) * (1 - fluid)
    plane.paint(window, inside, (csf_t1, csf_t2))
    plane.mark(window, (d < 0) & (half > 1.0), _LABEL_CANAL)
    radius = read(shape.cord)
    if radius.max() > 0.5:
        place = np.hypot(w, np.float32(1.1) * (n - center - np.float32(0.6)))
        cord = cover(place - radius, 1.2) * np.clip(radius - np.float32(0.3), 0, 1) * inside
        plane.paint(window, cord, tissues.cord)
    if float(np.abs(w).min()) > 11:
        return
    crowding, wiggle = read(shape.crowding), read(shape.wiggle)
    span = np.maximum(back - entrance, 0)
    for number, root in enumerate(shape.roots):
        wave = wiggle * np.sin(s * np.float32(0.42) + number)
        rx = half_width * np.float32(0.92) * crowding * root.lateral.take(i) + wave
        ry = back - span * (1 - root.back.take(i)) - span * np.float32(0.22) * (1 - crowding)
        r = np.hypot(w - rx, n - ry - np.float32(0.6) * wave) - _ROOT_RADIUS_MM
        plane.paint(window, cover(r, 1.1) * root.present.take(i) * inside, tissues.root)


def _paint_flavum(
    plane: Plane,
    window: Window,
    at: tuple[Grid, Grid, Grid],
    room: tuple[Grid, Grid, Grid],
    tissues: Tissues,
) -> None:
    """The two halves of the ligamentum flavum: a V behind the sac, fat between them."""
    w, n, d = at
    thick, middle, tube = room
    band = np.maximum(d - thick - np.float32(0.6), np.float32(0.25) * middle - n + 1)
    gap = np.float32(1.6) + np.float32(0.12) * thick - np.abs(w)
    band = np.maximum(band, gap)
    share = cover(band) * np.clip(thick - np.float32(0.8), 0, 1) * tube
    plane.paint(window, share, tissues.flavum)
