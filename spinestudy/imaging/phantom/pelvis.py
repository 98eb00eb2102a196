"""Wings of the sacrum and the iliac bones beside it."""

from __future__ import annotations

import numpy as np

from spinestudy.imaging.phantom.plane import Plane, cover, smooth_max
from spinestudy.imaging.phantom.tissue import Tissues

_f = np.float32


def paint_pelvis(plane: Plane, tissues: Tissues) -> None:
    """Drawn before the spine, whose sacral bodies join the wings."""
    a = plane.anatomy
    s1, s2 = a.vertebrae["S1"], a.vertebrae["S2"]
    window = plane.window(a.to_model(s1.center), 100.0)
    if window is None:
        return
    u, v, x = plane.local(window, s1.center, s1.angle)
    w = np.abs(x)
    if w.max() < 12:
        return
    base = tissues.marrow_base
    half = _f(0.5 * (2 * s1.half_height + 3 * s2.half_height))
    lift = np.clip((w - 20) * _f(0.12), -1, 5)
    wing = np.abs(v + half - _f(s1.half_height) + lift) - half
    thick = _f(15) - _f(0.12) * np.maximum(w - 20, 0)
    wing = smooth_max(wing, np.abs(u - _f(2) - _f(0.10) * w) - thick, 7.0)
    edge = w - _f(54) - _f(0.25) * v + _f(0.35) * (u - 6)
    wing = smooth_max(wing, np.maximum(edge, _f(14) - w), 5.0)
    plane.paint(window, cover(wing), tissues.cortex)
    plane.paint(window, cover(wing + _f(0.9)), (base[0] * 1.05, base[1]))
    # Iliac bone: a plate that runs backward and inward outside the sacroiliac joint.
    slant = w - _f(62.5) - _f(0.30) * v + _f(0.42) * (u - 6)
    slant = slant + _f(0.004) * (u + 4) ** 2
    thickness = _f(6.0) - _f(0.05) * np.clip(v, -30, 60) + _f(0.07) * np.clip(u, -10, 35)
    plate = smooth_max(np.abs(slant) - thickness, np.abs(u - _f(2)) - _f(40), 8.0)
    plate = smooth_max(plate, v - _f(34) + _f(0.2) * np.abs(u), 6.0)
    plane.paint(window, cover(plate), tissues.cortex)
    plane.paint(window, cover(plate + _f(1.3)), (base[0] * 1.08, base[1] * 1.05))
    # Gluteal and iliacus muscle on both faces of the plate.
    outer = smooth_max(np.abs(slant - _f(24)) - _f(15), np.abs(u - _f(10)) - _f(34), 12.0)
    outer = smooth_max(outer, v - _f(14), 8.0)
    plane.paint(window, cover(outer), tissues.muscle)
    inner = smooth_max(np.abs(slant + _f(14)) - _f(6.5), np.abs(u + _f(24)) - _f(14), 8.0)
    inner = smooth_max(inner, v - _f(24), 8.0)
    plane.paint(window, cover(inner), tissues.muscle)
