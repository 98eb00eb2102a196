"""Vertebral bodies and sacrum: cortex, marrow, Modic change, basivertebral vein."""

from __future__ import annotations

import numpy as np

from spinestudy.imaging.phantom.anatomy import Anatomy, Vertebra
from spinestudy.imaging.phantom.collapse import endplate_dent, rear_bulge
from spinestudy.imaging.phantom.discs import outline
from spinestudy.imaging.phantom.marrow import changed_marrow, cortex_gone
from spinestudy.imaging.phantom.plane import Grid, Plane, Window, cover, smooth_max
from spinestudy.imaging.phantom.structures import MODIC_1, body_code
from spinestudy.imaging.phantom.tissue import Tissues

_LABEL_BODY, _LABEL_SACRUM = 1, 2


def paint_bodies(plane: Plane, tissues: Tissues) -> None:
    """Every body the plane meets."""
    for body in plane.anatomy.vertebrae.values():
        center = plane.anatomy.to_model(body.center)
        window = plane.window(center, 1.3 * body.half_width + 5)
        rear = body.half_depth + (18.0 if body.fracture else 5.0)
        front = -(1 + abs(body.taper)) * body.half_depth - 8.0
        high = body.half_height + 1.5 * body.half_depth * float(np.tan(abs(body.wedge) / 2)) + 4.0
        box = ((front, rear), (-high, high), body.half_width + 5.0)
        window = plane.within(window, body, *box)
        if window is not None:
            _paint_body(plane, window, body, tissues)


def _paint_body(plane: Plane, window: Window, body: Vertebra, tissues: Tissues) -> None:
    u, v, w = plane.local(window, body.center, body.angle)
    half_depth, height = np.float32(body.half_depth), np.float32(body.half_height)
    level = np.clip(v / height, -1.1, 1.1)
    square = np.minimum(level * level, 1)
    waist = 1 - np.float32(0.09) * (1 - square)
    lip = np.where(v > 0, np.float32(body.osteophyte_up), np.float32(body.osteophyte_down))
    fourth = square * square
    lip = lip * fourth * fourth * (u < 4)
    depth = half_depth * waist * (1 + np.float32(body.taper) * level * (u < 0)) + lip
    ring = outline(u, w, depth, np.float32(body.half_width) * waist + np.float32(0.5) * lip)
    rear = u - half_depth + np.float32(1.3) * (1 - square)
    if not body.sacral:
        rear = rear + np.float32(1.2) * np.maximum(0, 1 - (w / np.float32(11)) ** 2)
    dish = np.float32(body.concavity) * np.maximum(0, 1 - (u / half_depth) ** 2)
    dish = dish * np.maximum(0, 1 - (w / np.float32(body.half_width)) ** 2)
    ends = np.abs(v) + dish + np.float32(np.tan(body.wedge / 2)) * u - height
    fracture = body.fracture
    if fracture:
        rear = rear - rear_bulge(fracture, level, w)
        ends = ends + endplate_dent(fracture, u, v, body.half_depth)
    d = smooth_max(smooth_max(ring, rear, 5.0), ends, 2.5)
    shell = cover(d)
    if body.sacral:  # The sides run on into the wings.
        shell = shell * np.clip((np.float32(0.7 * body.half_width) - np.abs(w)) / 4, 0, 1)
    plane.paint(window, shell, tissues.cortex)
    marrow, changed = _modic(
        plane.anatomy, body, (u, v, w), tissues.marrow(u, v, w, body.center[1])
    )
    if plane.anatomy.spec.findings:
        marrow, changed = changed_marrow(plane.anatomy, body, (u, v, w), marrow)
    plane.paint(window, cover(d + np.float32(0.8)), marrow)
    if fracture and (gone := fracture.strength("cortical_destruction")):
        plane.paint(window, cortex_gone(body, d, (u, v, w), gone), marrow)
    if not (body.sacral or (fracture and fracture.strength("diffuse_marrow"))):
        vein = np.hypot(v / np.float32(1.7), w / np.float32(5.5)) - 1
        vein = np.maximum(vein, np.float32(0.3) - u / half_depth)
        inside = cover(1.5 * vein) * cover(d)
        plane.paint(window, np.float32(0.7) * inside, tissues.vein)
    label = _LABEL_SACRUM if body.sacral else _LABEL_BODY
    plane.mark(window, d < 0, label, body_code(body.name))
    if plane.detailed:
        for code, share in changed.items():
            plane.change(window, (d < -0.4) & (share > 0.5), code)


def _modic(
    anatomy: Anatomy, body: Vertebra, at: tuple[Grid, Grid, Grid], marrow: tuple[Grid, Grid]
) -> tuple[tuple[Grid, Grid], dict[int, Grid]]:
    """Marrow signal, changed next to the endplates of a disc with a Modic change; and where."""
    u, v, w = at
    t1, t2 = marrow
    changed: dict[int, Grid] = {}
    for disc in anatomy.discs.values():
        state = disc.state
        above, below = disc.level.split("/")
        if state is None or body.name not in (above, below):
            continue
        if abs(state.modic_t1 - 1) + abs(state.modic_t2 - 1) < 0.02:
            continue
        sign, reach = (1.0, 1.0) if body.name == below else (-1.0, 0.8)
        depth = np.float32(body.half_height) - np.float32(sign) * v
        depth = depth / np.float32(reach * state.modic_extent_mm)
        spread_u = (u + np.float32(0.2 * body.half_depth)) / np.float32(0.9 * body.half_depth)
        spread_u = spread_u * spread_u
        spread_w = (w - np.float32(state.bulge_side)) / np.float32(0.8 * body.half_width)
        spread_w = spread_w * spread_w
        wave = np.float32(0.10) * np.sin(
            np.float32(0.27) * u + np.float32(0.21) * w + np.float32(body.center[1])
        )
        r = np.sqrt(depth * depth + spread_u * spread_u + spread_w * spread_w) + wave
        share = np.clip((1 - r) / np.float32(0.5) + np.float32(0.4), 0, 1)
        t1 = t1 * (1 + share * np.float32(state.modic_t1 - 1))
        t2 = t2 * (1 + share * np.float32(state.modic_t2 - 1))
        if kind := anatomy.spec.grade("modic", disc.level):
            code = MODIC_1 + kind - 1
            changed[code] = np.maximum(changed.get(code, np.float32(0)), share)
    return (t1, t2), changed
