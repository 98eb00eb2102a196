"""Edges of the bodies beside a disc, in its midplane: heights, rear walls, corners."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from inference.anatomy.disc_planes import DiscShape, Midplane, straight

Values = NDArray[np.float64]
_REACH_MM: Final = 30.0
_FINE_MM: Final = 0.5
_OFFSETS_MM: Final = np.arange(-8.0, 8.1, 2.0)
_WALL_MM: Final = np.arange(2.5, 20.0, 1.0)
"""Rows of a rear wall that count, from the endplate: past its rounded corner, over its waist."""
_LEAST_ROWS: Final = 6
_OFF_WALL_MM: Final = 1.5
_MAX_SLIP_MM: Final = 30.0


def body_height_mm(plane: Midplane, center: tuple[float, float]) -> float | None:
    """Median height of the body about `center` (u, v mm), along the line from disc to centre.

    None where it is not seen from endplate to endplate.
    """
    axis = np.array(center) / np.hypot(*center)
    steps = np.arange(0.0, _REACH_MM, _FINE_MM)
    u = (
        center[0]
        - _OFFSETS_MM[:, None] * axis[1]
        + steps * axis[0] * np.array([-1, 1])[:, None, None]
    )
    v = (
        center[1]
        + _OFFSETS_MM[:, None] * axis[0]
        + steps * axis[1] * np.array([-1, 1])[:, None, None]
    )
    reach = _first_below(plane.at(plane.bone, u, v)).sum(0) * _FINE_MM
    seen = reach[~np.isnan(reach)]
    return float(np.median(seen)) if len(seen) > len(_OFFSETS_MM) // 2 else None


def _first_below(values: Values) -> Values:
    """Where rows of probabilities (..., n) first fall below one half, in steps; nan: nowhere."""
    under = values < 0.5
    k = under.argmax(-1)
    before = np.take_along_axis(values, np.maximum(k - 1, 0)[..., None], -1)[..., 0]
    after = np.take_along_axis(values, k[..., None], -1)[..., 0]
    share = (before - 0.5) / np.maximum(before - after, 1e-6)
    return np.asarray(np.where(k > 0, k - 1 + share, np.nan))


def slip_mm(plane: Midplane, shape: DiscShape) -> float | None:
    """How far the body above lies before (+) or behind (-) the one below; None if unseen."""
    upper, lower = (_corner(plane, shape, sign) for sign in (-1.0, 1.0))
    if upper is None or lower is None:
        return None
    endplate = np.array([1.0, _edge(shape, 1.0)[0]])
    slip = float((lower - upper) @ endplate / np.linalg.norm(endplate))
    return slip if abs(slip) <= _MAX_SLIP_MM else None


def _edge(shape: DiscShape, sign: float) -> tuple[float, float]:
    """V of the upper (-1) or lower (1) edge of the disc over u: slope, and v at 0."""
    inner = slice(len(shape.u) // 6, len(shape.u) - len(shape.u) // 6)
    v = shape.middle + sign * shape.height / 2
    return straight(shape.u[inner], v[inner])


def _corner(plane: Midplane, shape: DiscShape, sign: float) -> Values | None:
    """Rear corner (u, v) of the body above (-1) or below (1) the disc.

    Where a line along the rear wall meets the line of the endplate.
    """
    slope, at_zero = _edge(shape, sign)
    rear = float(shape.u[-1])
    u = rear + np.arange(-20.0, 14.0, _FINE_MM)
    v = at_zero + slope * (rear - 4.0) + sign * _WALL_MM
    bone = plane.at(plane.bone, *np.broadcast_arrays(u, v[:, None]))
    # from the first bone on, so that the row may begin before it
    first = np.maximum.accumulate(bone >= 0.5, axis=1)
    wall = u[0] + _FINE_MM * _first_below(np.where(first, bone, 1.0))
    found = ~np.isnan(wall) & first.any(1)
    for _ in range(2):
        if found.sum() < _LEAST_ROWS:
            return None
        lean, start = straight(v[found], wall[found])
        found &= np.abs(wall - lean * v - start) <= _OFF_WALL_MM
    corner_u = (start + lean * at_zero) / (1 - lean * slope)
    return np.array([corner_u, at_zero + slope * corner_u])
