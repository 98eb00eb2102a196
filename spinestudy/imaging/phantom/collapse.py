"""The outline of a broken body: height lost, posterior wall bulged or pushed back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from spinestudy.imaging.phantom.findings import Fracture

if TYPE_CHECKING:
    from spinestudy.imaging.phantom.anatomy import Vertebra
    from spinestudy.imaging.phantom.plane import Grid

_f = np.float32
# Share of the height lost (in front, in the middle beyond the rim, behind) per share of `loss`.
_SHAPES: Final = {
    "wedge": (1.0, 0.0, 0.12),
    "biconcave": (0.22, 0.78, 0.15),
    "crush": (0.85, 0.1, 0.8),
}
CONVEX_MM: Final = 6.0
RETROPULSION_MM: Final = 8.0


def broken_body(body: Vertebra, fracture: Fracture) -> Vertebra:
    """A body with its heights lost: lower, more wedged, with deeper endplates."""
    front, middle, rear = (share * fracture.loss for share in _SHAPES[fracture.shape])
    full = 2 * body.half_height
    lean = 2 * body.half_depth * np.tan(body.wedge / 2)
    anterior = (full + lean) * (1 - front)
    posterior = (full - lean) * (1 - rear)
    return replace(
        body,
        half_height=float(0.25 * (anterior + posterior)),
        wedge=float(2 * np.arctan((anterior - posterior) / (4 * body.half_depth))),
        concavity=float(body.concavity + 0.5 * middle * full),
        half_depth=float(body.half_depth * (1 + 0.06 * fracture.loss)),
        fracture=fracture,
    )


def rear_bulge(fracture: Fracture, level: Grid, w: Grid) -> Grid:
    """How far (mm) the posterior wall goes back; level is v / half height."""
    convex = _f(CONVEX_MM * fracture.strength("convex_border"))
    corner = _f(RETROPULSION_MM * fracture.strength("retropulsion"))
    body = np.exp(-((level / _f(0.95)) ** 2)) * np.exp(-((w / _f(15)) ** 2))
    tip = np.exp(-(((level - _f(0.72)) / _f(0.36)) ** 2)) * np.exp(-((w / _f(10)) ** 2))
    return np.asarray(convex * body + corner * tip)


def endplate_dent(fracture: Fracture, u: Grid, v: Grid, half_depth: float) -> Grid:
    """How far (mm) the upper endplate lies below its smooth outline: a step in its front half."""
    deep = _f(min(5.5, 13.0 * fracture.loss))
    step = np.exp(-(((u + _f(0.35 * half_depth)) / _f(0.33 * half_depth)) ** 2))
    ripple = 1 + _f(0.1) * np.sin(_f(0.7) * u)
    share = 0.35 if fracture.is_old else 0.6
    return np.asarray((v > 0) * _f(share) * deep * step * ripple)


def wall_push(fracture: Fracture) -> tuple[float, float]:
    """How far (mm) bone and mass reach into the canal: at mid-height, at the upper corner."""
    middle = CONVEX_MM * fracture.strength("convex_border")
    mass = 7.0 * fracture.strength("epidural_mass")
    middle = max(middle, mass, 0.55 * (middle + mass) if mass else 0.0)
    return middle, RETROPULSION_MM * fracture.strength("retropulsion")
