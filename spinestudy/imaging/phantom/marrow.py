"""What findings do to the marrow: Modic changes plate by plate, fractures, metastases."""

from __future__ import annotations

from typing import Final

import numpy as np

from spinestudy.imaging.phantom.anatomy import Anatomy, Vertebra
from spinestudy.imaging.phantom.findings import Fracture, ModicPlate, score_of
from spinestudy.imaging.phantom.pathology import modic_signal
from spinestudy.imaging.phantom.plane import Grid, cover
from spinestudy.imaging.phantom.structures import CLEFT, MODIC_1, OEDEMA, TUMOUR

_f = np.float32
Marrow = tuple[Grid, Grid]
Place = tuple[Grid, Grid, Grid]
Changes = dict[int, Grid]
TUMOUR_SIGNAL: Final = (0.24, 0.52)
_OEDEMA_SIGNAL: Final = (0.30, 0.68)
_FLUID_SIGNAL: Final = (0.17, 1.0)
_GAS_SIGNAL: Final = (0.04, 0.04)
_MODIC_JITTER: Final = 0.10
"""Spread of the signal of a Modic type between endplates: types overlap."""


def changed_marrow(
    anatomy: Anatomy, body: Vertebra, at: Place, marrow: Marrow
) -> tuple[Marrow, Changes]:
    """Signal of the marrow of a body with its findings, and the share of each change (0..1)."""
    changes: Changes = {}
    for disc in anatomy.discs.values():
        if disc.plates is None or body.name not in disc.level.split("/"):
            continue
        upper = body.name == disc.level.split("/")[0]
        number = 2 * [*anatomy.discs].index(disc.level) + int(upper)
        plate = disc.plates[0 if upper else 1]
        marrow = _modic_plate(anatomy, body, plate, upper, number, at, marrow, changes)
    if body.metastasis_mm:
        marrow = _metastasis(anatomy, body, at, marrow, changes)
    if body.fracture and not body.fracture.is_old:
        marrow = _fractured(body, body.fracture, at, marrow, changes)
    return marrow, changes


def cortex_gone(body: Vertebra, d: Grid, at: Place, strength: float) -> Grid:
    """Where tumour has eaten through the cortex: part of the posterior and the upper wall."""
    u, v, w = at
    wall = cover(np.abs(d + _f(0.3)) - _f(1.2))
    wave = np.sin(_f(0.23) * v + _f(0.31) * w + _f(body.center[1])) + _f(1.6 * strength - 0.6)
    where = np.clip(wave, 0, 1) * ((u > 0.25 * body.half_depth) | (v > 0.6 * body.half_height))
    return np.asarray(wall * where)


def heterogeneous(at: Place, phase: float) -> Grid:
    """Uneven tissue, about -1 to 1: patches of 5 to 12 mm."""
    u, v, w = at
    p = _f(phase)
    # Waves along bent lines: without the bend they would cross like the threads of a cloth.
    a = u + _f(2.6) * np.sin(_f(0.21) * v + _f(0.17) * w + p)
    b = v + _f(2.2) * np.sin(_f(0.26) * w - _f(0.15) * u + _f(1.7) * p)
    wave = np.sin(_f(0.31) * a + _f(0.24) * b + p) + np.sin(_f(0.36) * b - _f(0.22) * w - p)
    wave = wave + _f(0.7) * np.sin(_f(0.41) * w + _f(0.33) * a - _f(0.2) * b + _f(2) * p)
    return np.asarray(_f(0.45) * wave)


def _mix(signal: Marrow, share: Grid, t1: float | Grid, t2: float | Grid) -> Marrow:
    return signal[0] + share * (t1 - signal[0]), signal[1] + share * (t2 - signal[1])


def _modic_plate(
    anatomy: Anatomy,
    body: Vertebra,
    plate: ModicPlate,
    upper: bool,
    number: int,
    at: Place,
    marrow: Marrow,
    changes: Changes,
) -> Marrow:
    """One endplate; a second type lies on one side of the first and around it."""
    if plate.latent < 0.6:
        return marrow
    u, v, w = at
    rng = np.random.default_rng([anatomy.spec.seed, 97, number])
    off_u, off_w, lean, jitter_1, jitter_2, jitter_3, jitter_4 = rng.normal(0, 1, 7)
    depth = _f(body.half_height) + (v if upper else -v)
    depth = depth / _f(plate.extent_mm)
    across = (u - _f(0.22 * body.half_depth * off_u)) / _f(0.95 * body.half_depth)
    beside = (w - _f(0.25 * body.half_width * off_w)) / _f(0.85 * body.half_width)
    wave = _f(0.12) * np.sin(_f(0.3) * u + _f(0.22) * w + _f(body.center[1] + number))
    r = np.sqrt(depth * depth + across * across + beside * beside) + wave
    share = np.clip((1 - r) / _f(0.35) + _f(0.4), 0, 1)
    t1, t2 = modic_signal(plate.latent)
    spread = np.exp(_MODIC_JITTER * np.array([jitter_1, jitter_2, jitter_3, jitter_4]))
    first = (_f(t1 * spread[0]), _f(t2 * spread[1]))
    t1_factor, t2_factor = np.full_like(r, first[0]), np.full_like(r, first[1])
    kind = score_of("modic", plate.latent)
    if plate.second_type and plate.second_share > 0:
        edge = _f(1.0 - 2.0 * plate.second_share)
        place = across * _f(np.sign(lean) or 1.0) + _f(0.5) * depth + 2 * wave
        second = np.clip((place - edge * _f(0.8)) / _f(0.3) + _f(0.5), 0, 1)
        other = modic_signal(plate.second_type + 0.5)
        t1_factor += second * (_f(other[0] * spread[2]) - t1_factor)
        t2_factor += second * (_f(other[1] * spread[3]) - t2_factor)
        _add(changes, MODIC_1 + plate.second_type - 1, share * (second > 0.5))
        _add(changes, MODIC_1 + kind - 1, share * (second <= 0.5) * (kind > 0))
    elif kind:
        _add(changes, MODIC_1 + kind - 1, share)
    return marrow[0] * (1 + share * (t1_factor - 1)), marrow[1] * (1 + share * (t2_factor - 1))


def _add(changes: Changes, code: int, share: Grid) -> None:
    changes[code] = np.maximum(changes[code], share) if code in changes else share


def _metastasis(
    anatomy: Anatomy, body: Vertebra, at: Place, marrow: Marrow, changes: Changes
) -> Marrow:
    """A round lesion somewhere in the body."""
    u, v, w = at
    rng = np.random.default_rng([anatomy.spec.seed, 98, int(abs(body.center[1]) * 10)])
    a, b, c = rng.uniform(-0.45, 0.45, 3)
    radius = min(body.metastasis_mm, 0.85 * body.half_height)
    r = np.sqrt(
        (u - _f(a * body.half_depth)) ** 2
        + (v - _f(b * (body.half_height - radius))) ** 2
        + (w - _f(0.6 * c * body.half_width)) ** 2
    )
    share = np.clip((_f(radius) - r) / _f(1.6) + _f(0.5), 0, 1)
    _add(changes, TUMOUR, share)
    uneven = 1 + _f(0.15) * heterogeneous(at, body.center[1])
    return _mix(marrow, share, TUMOUR_SIGNAL[0] * uneven, TUMOUR_SIGNAL[1] * uneven)


def _fractured(
    body: Vertebra, fracture: Fracture, at: Place, marrow: Marrow, changes: Changes
) -> Marrow:
    """Oedema, tumour, line and cleft of a fresh fracture."""
    u, v, w = at
    height, half_depth = _f(body.half_height), _f(body.half_depth)
    top = height - _f(np.tan(body.wedge / 2)) * u
    below = top - v + _f(0.8) * np.sin(_f(0.35) * u + _f(0.3) * w)
    uneven = heterogeneous(at, body.center[1])
    if fracture.nature >= 1:
        whole = fracture.strength("diffuse_marrow")
        reach = (u / half_depth + _f(0.15) * uneven + _f(0.1)) * 4 + _f(0.5)
        share = np.ones_like(u) if whole else np.clip(reach, 0, 1)
        _add(changes, TUMOUR, share)
        t1 = TUMOUR_SIGNAL[0] * (1 + _f(0.14) * uneven)
        t2 = TUMOUR_SIGNAL[1] * (1 + _f(0.32) * uneven)
        marrow = _mix(marrow, share, t1, t2)
    elif band := fracture.strength("t1_band"):
        extent = _f(0.85 * band) * height + _f(3.0)
        share = np.clip((extent - below) / _f(3.5) + _f(0.5), 0, 1) * _f(0.92)
        _add(changes, OEDEMA, share)
        t1 = _OEDEMA_SIGNAL[0] * (1 + _f(0.1) * uneven)
        t2 = _OEDEMA_SIGNAL[1] * (1 + _f(0.15) * uneven)
        marrow = _mix(marrow, share, t1, t2)
    if line := fracture.strength("fracture_line"):
        bent = below - _f(0.38) * height - _f(1.4) * np.sin(_f(0.3) * u + _f(1.0))
        dark = np.exp(-((bent / _f(1.1)) ** 2)) * _f(line)
        dark = dark * np.clip((_f(0.85) * half_depth - np.abs(u)) / 3, 0, 1)
        marrow = _mix(marrow, dark * _f(0.85), 0.14, 0.14)
    for feature, signal, place in (
        ("fluid_sign", _FLUID_SIGNAL, -0.35),
        ("vacuum_cleft", _GAS_SIGNAL, -0.1),
    ):
        if strength := fracture.strength(feature):
            share = _cleft(body, below, (u, v, w), place, strength)
            _add(changes, CLEFT, share)
            marrow = _mix(marrow, share, *signal)
    return marrow


def _cleft(body: Vertebra, below: Grid, at: Place, place: float, strength: float) -> Grid:
    """A flat lens below the upper endplate, more in front."""
    u, _, w = at
    thick, long = 2.2 * strength + 0.6, (0.35 + 0.2 * strength) * body.half_depth
    r = np.sqrt(
        ((u - _f(place * body.half_depth)) / _f(long)) ** 2
        + ((below - _f(5.0 if place > -0.3 else 3.6)) / _f(thick)) ** 2
        + (w / _f(0.6 * body.half_width)) ** 2
    )
    return np.asarray(cover((r - 1) * _f(thick)))
