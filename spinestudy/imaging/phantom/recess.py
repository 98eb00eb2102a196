"""The lateral recess: a traversing root in fat, squeezed between disc and facet."""

from __future__ import annotations

from typing import Final

import numpy as np

from spinestudy.imaging.phantom.plane import Grid, Patch, cover
from spinestudy.imaging.phantom.tissue import Tissues

_f = np.float32
_ROOT_MM: Final = 1.9
_HALF_WIDTH_MM: Final = 4.6
# Latent severity -> depth left (mm, front to back), as 0 none, 1 mild, 2 moderate, 3 severe.
_DEPTH_MM: Final = ((0.0, 1.0, 2.0, 3.0, 4.0), (6.6, 5.0, 3.3, 2.0, 0.9))
_HEALTHY_MM: Final = _DEPTH_MM[1][0]


def paint_recess(
    patch: Patch,
    where: tuple[Grid, Grid, Grid, Grid],
    severity: Grid,
    present: Grid,
    tissues: Tissues,
) -> None:
    """Draw both recesses beside the front of the sac.

    where: n (mm behind the wall line), w (mm left), half width of the sac (mm) and push (mm).
    severity: latent, of the side that the pixel is on. present: 1 where a recess is, else 0.
    """
    n, w, half_width, push = where
    depth = np.interp(severity, *_DEPTH_MM).astype(np.float32)
    front = np.minimum(push, 3.0) + _f(0.4)
    shown = np.clip((present - _f(0.35)) * 4, 0, 1)
    # Facet and ligament come from behind and outside, onto the corner of the sac.
    tight = np.clip(severity - _f(0.7), 0, 1)
    inward = _f(0.5) * np.clip(severity - 1, 0, 3)
    out = np.abs(w) - half_width - _f(1.6) + inward
    half_niche = _f(_HALF_WIDTH_MM) + inward
    niche = _ellipse(n - front - _f(0.5 * _HEALTHY_MM), out, _f(0.5 * _HEALTHY_MM), half_niche)
    patch.paint(cover(niche) * tight * shown, tissues.flavum)
    # What room is left lies in front, with fat round the root.
    middle = n - front - _f(0.5) * depth
    room = _ellipse(middle, out, _f(0.5) * depth, _HALF_WIDTH_MM - 0.6)
    left = np.clip((depth - _f(1.6)) / 2, 0, 1)
    patch.paint(cover(room) * shown * left, tissues.fat)
    half = np.minimum(_f(_ROOT_MM), _f(0.42) * depth)
    wide = np.minimum(_f(_ROOT_MM * _ROOT_MM) / np.maximum(half, _f(0.9)), _f(2.8))
    root = cover(_ellipse(middle, out, half, wide), 1.0) * shown
    patch.paint(root, tissues.root)


def _ellipse(a: Grid, b: Grid, half_a: Grid | np.float32, half_b: Grid | float) -> Grid:
    """Distance (about mm) to an ellipse, negative inside."""
    r = np.sqrt((a / half_a) ** 2 + (b / np.asarray(half_b, dtype=np.float32)) ** 2) - 1
    return np.asarray(r * np.minimum(half_a, half_b))
