"""What lies behind the bodies: pedicles, foramina with their nerves, facets, arches, spines."""

from __future__ import annotations

from typing import Final

import numpy as np

from spinestudy.imaging.phantom.anatomy import Disc, Span, Vertebra
from spinestudy.imaging.phantom.foramina import paint_narrowed_foramina
from spinestudy.imaging.phantom.marrow import TUMOUR_SIGNAL
from spinestudy.imaging.phantom.plane import Grid, Plane, Window, cover, smooth_max
from spinestudy.imaging.phantom.structures import TUMOUR
from spinestudy.imaging.phantom.tissue import Tissues
from spinestudy.imaging.phantom.transition import is_sacralised, joined_wing

_f = np.float32
# Length (mm) of the spinous process behind the arch, and its droop.
_SPINE_MM: Final = {"T8": 26, "T9": 26, "T10": 26, "T11": 25, "T12": 25, "L1": 29, "L2": 31,
                    "L3": 32, "L4": 29, "L5": 21, "S1": 9, "S2": 7, "S3": 4}  # fmt: skip


def paint_arches(plane: Plane, tissues: Tissues) -> None:
    """All arches, bottom up; the foraminal fat first, so that bone bounds it."""
    anatomy = plane.anatomy
    mobile = [d for d in anatomy.discs.values() if d.level[0] != "S"]

    def around(
        at: Vertebra | Disc, u: float, v: float, radius_mm: float, box: tuple[Span, Span, float]
    ) -> tuple[Window, Window] | None:
        outer = plane.window(anatomy.point_of(at, u, v), radius_mm)
        window = plane.within(outer, at, *box)
        return (window, outer) if window and outer else None

    for disc in mobile:
        rear = disc.half_depth
        box: tuple[Span, Span, float] = ((rear - 7, rear + 17), (-13, 23), 35)
        if windows := around(disc, rear + 3, 5, 37.0, box):
            _paint_foramina(plane, *windows, disc, tissues)
    for body in anatomy.vertebrae.values():
        if body.name == "S4":
            continue
        reach = 60.0 if body.name[0] == "L" else 34.0
        rear, high, arch = body.half_depth, body.half_height, _arch_u(plane, body)
        low = -34.0 if is_sacralised(anatomy, body.name) else -13.0
        box = ((rear - 15, rear + 21), (low, 1.15 * high + 7), 62)
        if not body.sacral and (windows := around(body, rear + 8, 3, reach, box)):
            _paint_pedicles(plane, *windows, body, tissues)
        box = ((arch - 20, arch + 12), (-0.55 * high - 14, -0.55 * high + 14), 22)
        if windows := around(body, rear + 20, -7, 27.0, box):
            _paint_lamina(plane, *windows, body, tissues)
        long = float(_SPINE_MM.get(body.name, 6))
        box = ((arch - 8, arch + 1.1 * long + 8), (-1.2 * high - 0.5 * long - 8, high), 12)
        if windows := around(body, arch + 14, -12, 31.0, box):
            _paint_spine(plane, *windows, body, tissues)
    for disc in mobile:
        rear = disc.half_depth
        if windows := around(disc, rear + 15, 2, 37.0, ((rear - 4, rear + 33), (-24, 22), 35)):
            _paint_facets(plane, *windows, disc, tissues)


def _nearest(plane: Plane, side: Grid, outer: Window, limit_mm: float) -> float:
    """Least distance from the midline in a window; where that is far, in the outer one.

    Whether a part is drawn has always gone by the outer window.
    """
    nearest = float(side.min())
    return nearest if nearest < limit_mm else float(np.abs(plane.x[outer]).min())


def _arch_u(plane: Plane, body: Vertebra) -> float:
    """How far (mm) behind the centre of a body the middle of its arch lies."""
    return body.half_depth + plane.anatomy.spec.canal_ap_mm + 7.8


def _ball(u: Grid, v: Grid, w: Grid, radii: tuple[float, float, float]) -> Grid:
    """Distance (about mm) to an ellipsoid about the origin."""
    r = np.sqrt((u / _f(radii[0])) ** 2 + (v / _f(radii[1])) ** 2 + (w / _f(radii[2])) ** 2)
    return np.asarray((r - 1) * _f(min(radii)))


def _bone(
    plane: Plane,
    window: Window,
    d: Grid,
    tissues: Tissues,
    shell_mm: float = 1.0,
    tumour: Grid | None = None,
) -> None:
    plane.paint(window, cover(d, 1.2), tissues.cortex)
    base = tissues.marrow_base
    plane.paint(window, cover(d + _f(shell_mm), 1.4), (base[0] * 1.04, base[1] * 1.02))
    if tumour is not None:
        share = cover(d + _f(0.2 * shell_mm), 1.4) * tumour
        plane.paint(window, share, TUMOUR_SIGNAL)
        plane.change(window, share > 0.5, TUMOUR)


def _tumour_side(body: Vertebra, w: Grid) -> Grid | None:
    """Where the arch of a body is replaced by tumour: one side, or both where it is strong."""
    strength = body.fracture.strength("posterior_elements") if body.fracture else 0.0
    if not (body.fracture and strength):
        return None
    sign = 1 if body.fracture.side == "left" else -1
    return np.ones_like(w) if strength > 0.85 else (w * sign > 0).astype(np.float32)


def _paint_foramina(
    plane: Plane, window: Window, outer: Window, disc: Disc, tissues: Tissues
) -> None:
    u, v, w = plane.local(window, disc.center, disc.angle)
    side = np.abs(w)
    if _nearest(plane, side, outer, 30) > 30:
        return
    height = 0.5 + 0.5 * (disc.state.height_factor if disc.state else 1.0)
    depth = disc.half_depth
    if plane.anatomy.spec.findings:
        narrowed = plane.anatomy.narrowing_of_sides("foraminal_stenosis", disc.level)
        paint_narrowed_foramina(plane, window, (u, v, w), (depth, height), narrowed, tissues)
        return
    hole = _ball(u - _f(depth + 5.0), v - _f(5.5), side - _f(18.0), (6.2, 12.5 * height, 11.0))
    plane.paint(window, cover(hole), tissues.fat)
    # The nerve leaves below the pedicle and runs down, outward and forward.
    out = side - _f(13)
    nerve_v = v - _f(10.5 * height) + _f(0.35) * out
    nerve_u = u - _f(depth + 5.5) + _f(0.22) * out
    nerve = np.maximum(np.hypot(nerve_u, nerve_v) - _f(2.7), np.abs(side - _f(20.0)) - 12)
    plane.paint(window, cover(nerve), tissues.root)
    vein = np.hypot(nerve_u - _f(1.0), nerve_v + _f(5.0)) - _f(1.1)
    vein = np.maximum(vein, np.abs(side - _f(18)) - 7)
    plane.paint(window, cover(vein), tissues.vessel)


def _paint_pedicles(
    plane: Plane, window: Window, outer: Window, body: Vertebra, tissues: Tissues
) -> None:
    """Pedicles and transverse processes."""
    u, v, w = plane.local(window, body.center, body.angle)
    side = np.abs(w)
    rear, height = body.half_depth, body.half_height
    nearest = _nearest(plane, side, outer, 30)
    if nearest < 30:
        pedicle_w = 0.62 * body.half_width + (6.0 if body.name == "L5" else 2.5)
        d = _pipe((v - _f(0.38 * height)) / _f(0.55 * height), (side - _f(pedicle_w)) / _f(4.6))
        d = np.maximum(d * _f(4.6), np.abs(u - _f(rear + 3.0)) - 8)
        tumour = _tumour_side(body, w)
        if tumour is not None:
            d = d - _f(1.8) * tumour
        _bone(plane, window, d, tissues, 0.9, tumour)
    if nearest < 50 and body.name[0] == "L":
        reach = side - _f(0.55 * body.half_width)
        root_u = u - _f(rear + 8) - _f(0.1) * reach
        d = _pipe(root_u / _f(3.2), (v - _f(0.3 * height)) / _f(4.5))
        d = np.maximum(d * _f(3.2), np.abs(reach - _f(15)) - _f(17))
        if is_sacralised(plane.anatomy, body.name):
            d = np.minimum(d, joined_wing(body, (u, v, side)))
        _bone(plane, window, d, tissues, 0.9)


def _pipe(a: Grid, b: Grid) -> Grid:
    return np.sqrt(a * a + b * b) - 1


def _paint_lamina(
    plane: Plane, window: Window, outer: Window, body: Vertebra, tissues: Tissues
) -> None:
    u, v, w = plane.local(window, body.center, body.angle)
    side = np.abs(w)
    if _nearest(plane, side, outer, 20) > 20:
        return
    drop = v + _f(0.55 * body.half_height)
    lean = u - _f(_arch_u(plane, body)) + _f(0.42) * side + _f(0.22) * drop
    plate = smooth_max(np.abs(lean) * _f(0.9) - _f(3.2), np.abs(drop) - _f(8.0), 3.0)
    _bone(plane, window, np.maximum(plate, side - _f(17)), tissues, 1.0)


def _paint_spine(
    plane: Plane, window: Window, outer: Window, body: Vertebra, tissues: Tissues
) -> None:
    u, v, w = plane.local(window, body.center, body.angle)
    side = np.abs(w)
    if _nearest(plane, side, outer, 8) > 8:
        return
    height, length = body.half_height, _f(_SPINE_MM.get(body.name, 6))
    along = u - _f(_arch_u(plane, body))
    mid = v + _f(0.62 * height) + _f(0.30) * along
    grow = _f(0.50 * height) + _f(0.12) * along - _f(0.004) * (along - 12) ** 2
    ends = np.abs(along - _f(0.5) * length) - _f(0.52) * length
    spine = smooth_max(np.abs(mid) - grow, ends, 6.0)
    spine = smooth_max(spine, side - _f(2.6) - _f(0.05) * along, 1.5)
    _bone(plane, window, spine, tissues, 1.0)


def _paint_facets(
    plane: Plane, window: Window, outer: Window, disc: Disc, tissues: Tissues
) -> None:
    """Superior process in front and outside, inferior behind and inside, the joint between."""
    u, v, w = plane.local(window, disc.center, disc.angle)
    side = np.abs(w)
    if _nearest(plane, side, outer, 30) > 30:
        return
    wear = disc.state.facet_wear if disc.state else 0.1
    rear = disc.half_depth
    out = {"L5": 4.0, "L4": 2.5, "L3": 1.0}.get(disc.level[:2], 0.0)
    big = 1.0 + 0.22 * wear
    upper = _ball(
        u - _f(rear + 11.0), v - _f(1.0) + _f(0.25) * (u - rear), side - _f(18.5 + out),
        (7.4 * big, 11.5, 5.4 * big),
    )  # fmt: skip
    _bone(plane, window, upper, tissues, 1.2)
    lower = _ball(
        u - _f(rear + 18.0), v - _f(3.5) + _f(0.25) * (u - rear), side - _f(13.2 + out),
        (7.4 * big, 13.5, 5.8 * big),
    )  # fmt: skip
    _bone(plane, window, lower, tissues, 1.2)
    du, ds = u - _f(rear + 14.0), side - _f(16.0 + out)
    across = np.abs(_f(0.62) * ds - _f(0.78) * du + _f(0.02) * du * du)
    extent = smooth_max(np.hypot(du, ds) - _f(8.0), np.abs(v) - _f(8.0), 2.0)
    plane.paint(window, cover(np.maximum(across - _f(1.4), extent)), tissues.cortex)
    fluid = cover(np.maximum(across - _f(0.55), extent + 1)) * _f(0.35 + 0.5 * wear)
    plane.paint(window, fluid, tissues.joint)
