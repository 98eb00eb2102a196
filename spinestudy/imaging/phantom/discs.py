"""Discs: annulus, nucleus, bulge toward the canal."""

from __future__ import annotations

import numpy as np

from spinestudy.imaging.phantom.anatomy import Disc
from spinestudy.imaging.phantom.plane import Grid, Plane, Window, cover, smooth_max
from spinestudy.imaging.phantom.structures import disc_code
from spinestudy.imaging.phantom.tissue import Tissues

_LABEL_SACRUM, _LABEL_DISC = 2, 3


def outline(u: Grid, w: Grid, depth: Grid | np.float32, width: Grid | np.float32) -> Grid:
    """Distance (about mm) to a body or disc seen from above, without its rear cut.

    Half way between an ellipse and its fourth-power sister; the rear half is drawn out, as the
    rear wall is a surface of its own.
    """
    a = u / np.where(u > 0, np.float32(1.35) * depth, depth)
    b = w / width
    a, b = a * a, b * b
    r = np.float32(0.5) * (np.sqrt(a + b) + np.sqrt(np.sqrt(a * a + b * b)))
    return (r - 1) * depth


def paint_discs(plane: Plane, tissues: Tissues) -> None:
    """Discs first: the bodies then cover their endplate surfaces."""
    for disc in plane.anatomy.discs.values():
        center = plane.anatomy.to_model(disc.center)
        window = plane.window(center, 1.12 * disc.half_width + 6)
        lean = disc.half_depth * float(np.tan(abs(disc.wedge) / 2))
        high = disc.half_gap + lean + abs(disc.concavity) + 13.0
        span = (-disc.half_depth - 7.0, disc.half_depth + 16.0)
        window = plane.within(window, disc, span, (-high, high), disc.half_width + 7.0)
        if window is not None:
            _paint_disc(plane, window, disc, tissues)


def _into_broken(plane: Plane, disc: Disc, v: Grid) -> Grid:
    """Thickness (mm) that fills what a broken endplate leaves; bone covers the rest."""
    above, below = (plane.anatomy.vertebrae[name] for name in disc.level.split("/"))
    up = np.float32(4.0 if above.fracture and above.fracture.shape == "biconcave" else 0.0)
    down = np.float32(6.0 if below.fracture else 0.0)
    return np.where(v > 0, up, down)


def _paint_disc(plane: Plane, window: Window, disc: Disc, tissues: Tissues) -> None:
    u, v, w = plane.local(window, disc.center, disc.angle)
    state = disc.state
    depth, width = np.float32(disc.half_depth), np.float32(disc.half_width)
    bulge = np.float32(state.bulge_mm if state else 0.2)
    ring = outline(u, w, depth + np.float32(0.5) * bulge, width + np.float32(0.5) * bulge)
    rear = u - depth - bulge
    if state:
        push = np.float32((1 - state.narrowing) * 0.36 * plane.anatomy.spec.canal_ap_mm)
        focus = np.exp(-(((w - np.float32(state.bulge_side)) / np.float32(10.0)) ** 2))
        rear = rear - push * focus
    side = smooth_max(ring, rear, 5.0)
    flat = np.minimum(1, (u / depth) ** 2)
    half = (
        np.float32(disc.half_gap + 0.5)
        - np.float32(np.tan(disc.wedge / 2)) * np.clip(u, -depth, depth)
        + np.float32(disc.concavity) * (1 - flat) * (1 - np.minimum(1, (w / width) ** 2))
    )
    half = np.maximum(half, np.float32(0.6))
    if plane.anatomy.spec.findings:
        half = half + _into_broken(plane, disc, v)
    if state:
        # What bulges out spreads behind the rims of the bodies.
        half = half + np.float32(0.45 * push) * np.clip((u - depth + 1) / 3, 0, 1)
    d = smooth_max(side, np.abs(v) - half, 2.0)
    inside = cover(d)
    plane.paint(window, inside, tissues.annulus)
    label = _LABEL_DISC if disc.level[0] != "S" else _LABEL_SACRUM
    plane.mark(window, d < 0, label, disc_code(disc.level))
    outer = np.exp(-((side + np.float32(1.2)) ** 2) / np.float32(1.4)) * inside
    plane.paint(window, np.float32(0.6) * outer, tissues.ligament)
    if not state:
        return
    r = ((u - np.float32(0.03) * depth) / (np.float32(0.76) * depth)) ** 2
    r = r + (w / (np.float32(0.76) * width)) ** 2
    lens = (v / (half * np.float32(0.95))) ** 2
    r = np.sqrt(r * r + lens * lens)
    soft = np.float32(2 * state.nucleus_softness)
    nucleus = np.clip((1 - np.sqrt(r)) / soft + np.float32(0.5), 0, 1) * inside
    phase = np.float32(disc.center[1])
    wave = np.sin(0.33 * u + 0.8 * v + phase) * np.cos(0.21 * w - phase)
    t2 = np.float32(state.nucleus_t2 * tissues.csf[1]) * (1 + np.float32(0.12) * wave)
    t2 = t2 * (1 - np.float32(state.cleft) * np.exp(-((v / np.float32(1.2)) ** 2)))
    plane.paint(window, nucleus, (tissues.nucleus_t1, t2))
