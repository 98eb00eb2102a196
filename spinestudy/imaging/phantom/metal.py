"""Pedicle screws: a void around the metal with a bright rim, in every contrast."""

from __future__ import annotations

from typing import Final

import numpy as np

from spinestudy.imaging.phantom.plane import Plane, cover, smooth_max

_f = np.float32
_VOID_MM: Final = 7.5


def paint_screws(plane: Plane) -> None:
    """Screws through the pedicles of every vertebra that carries them, with their heads."""
    anatomy = plane.anatomy
    findings = anatomy.spec.findings
    for seat, name in anatomy.names.items():
        if findings is None or name not in findings.screws:
            continue
        body = anatomy.vertebrae[seat]
        window = plane.window(anatomy.to_model(body.center), 75.0)
        if window is None:
            continue
        u, v, w = plane.local(window, body.center, body.angle)
        rear = body.half_depth
        place = 0.62 * body.half_width + 2.5
        # Screws run forward and inward; the void is widest at the head.
        off_w = np.abs(w) - _f(place) - _f(0.22) * (u - _f(rear))
        off_v = v - _f(0.38 * body.half_height)
        lobes = 1 + _f(0.18) * np.cos(3 * np.arctan2(off_v, off_w + _f(1e-3)))
        ahead = np.clip((u + _f(0.4 * rear)) / _f(1.4 * rear), 0, 1)
        radius = _f(_VOID_MM) * (_f(0.75) + _f(0.35) * ahead) * lobes
        d = np.hypot(off_v, off_w) - radius
        middle, half = 0.5 * (rear + 26 - 0.4 * rear), 0.5 * (rear + 26 + 0.4 * rear)
        d = smooth_max(d, np.abs(u - _f(middle)) - _f(half), 9.0)
        heads = smooth_max(
            np.hypot(u - _f(rear + 24), np.abs(w) - _f(place + 4)) - _f(8.5),
            np.abs(v) - _f(1.25 * body.half_height),
            9.0,
        )
        d = np.minimum(d, heads) + _f(1.1) * np.sin(_f(0.45) * v + _f(0.38) * u + _f(0.5) * w)
        # Signal that the field has moved piles up on one side of the void.
        pile = np.clip(_f(0.5) + _f(0.7) * np.sin(_f(0.16) * v - _f(0.11) * u), 0, 1)
        rim = np.exp(-(((d - _f(1.4)) / _f(1.8)) ** 2)) * pile
        plane.paint(window, rim * _f(0.75), (1.15, 1.15))
        plane.paint(window, cover(d, 3.5), (0.0, 0.0))
