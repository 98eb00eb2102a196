"""Foramina that are narrowed, each side by itself: first the fat goes, then the root."""

from __future__ import annotations

from typing import Final

import numpy as np

from spinestudy.imaging.phantom.plane import Grid, Plane, Window, cover
from spinestudy.imaging.phantom.tissue import Tissues

_f = np.float32
# Latent severity -> half axes (mm) of what is left: of the fat from front to back, of the fat
# below and above the root (share of the healthy), of the root itself. As Lee et al. 2010 grade:
# fat lost in two directions, then in all four, then the root collapsed.
_STEPS: Final = (0.0, 0.9, 1.0, 1.5, 2.0, 2.5, 3.0, 3.4, 4.0)
_FAT_U: Final = (6.2, 5.4, 4.2, 3.3, 2.7, 2.3, 1.7, 1.1, 0.7)
_FAT_V: Final = (1.0, 1.0, 0.97, 0.92, 0.45, 0.33, 0.28, 0.22, 0.18)
_ROOT_U: Final = (2.7, 2.7, 2.7, 2.7, 2.7, 2.7, 1.9, 1.2, 0.8)
_ROOT_V: Final = (2.7, 2.7, 2.7, 2.7, 2.7, 2.7, 2.6, 2.2, 1.8)


def paint_narrowed_foramina(
    plane: Plane,
    window: Window,
    at: tuple[Grid, Grid, Grid],
    size: tuple[float, float],
    severity: tuple[float, float],
    tissues: Tissues,
) -> None:
    """Fat, root and vein of both foramina at a disc.

    at: coordinates about the disc. size: half depth of the disc (mm) and height factor of the
    foramen. severity: latent, right and left.
    """
    u, v, w = at
    depth, height = size
    side = np.abs(w)

    if plane.is_beside(window, 0) or severity[0] == severity[1]:
        is_left = np.asarray(w.flat[0] > 0)  # all of it lies on one side, or both are alike
    else:
        is_left = w > 0

    def by_side(values: tuple[float, ...]) -> Grid:
        right, left = (np.interp(s, _STEPS, values) for s in severity)
        return np.where(is_left, _f(left), _f(right))

    fat_u, fat_v = by_side(_FAT_U), by_side(_FAT_V)
    tall = _f(12.5 * height)
    along = (side - _f(18.0)) / 11
    # What bone, ligament and disc leave: the foramen of old, filled with dark soft tissue.
    full = _ellipsoid(u - _f(depth + 5.0), v - _f(5.5), along, _f(6.2), np.asarray(tall))
    tight = np.clip(by_side(_STEPS) - _f(0.7), 0, 1)
    plane.paint(window, cover(full) * tight, tissues.flavum)
    # The root leaves below the pedicle and runs down, outward and forward.
    out = side - _f(13)
    root_v = v - _f(10.5 * height) + _f(0.35) * out
    root_u = u - _f(depth + 5.5) + _f(0.22) * out
    # The fat that is left lies round the root, and less and less above and below it.
    middle = _f(5.5) + (_f(10.5 * height) - _f(0.35) * _f(5.0) - _f(5.5)) * (1 - fat_v)
    fat = _ellipsoid(u - _f(depth + 5.0), v - middle, along, fat_u, tall * fat_v)
    plane.paint(window, cover(fat), tissues.fat)
    r = np.sqrt((root_u / by_side(_ROOT_U)) ** 2 + (root_v / by_side(_ROOT_V)) ** 2) - 1
    root = np.maximum(r * by_side(_ROOT_U), np.abs(side - _f(20.0)) - 12)
    plane.paint(window, cover(root), tissues.root)
    vein = np.hypot(root_u - _f(1.0), root_v + _f(5.0)) - _f(1.1)
    vein = np.maximum(vein, np.abs(side - _f(18)) - 7)
    plane.paint(window, cover(vein) * (1 - tight), tissues.vessel)


def _ellipsoid(u: Grid, v: Grid, along: Grid, half_u: Grid | np.float32, half_v: Grid) -> Grid:
    r = np.sqrt((u / half_u) ** 2 + (v / half_v) ** 2 + along**2)
    return np.asarray((r - 1) * np.minimum(half_u, half_v))
