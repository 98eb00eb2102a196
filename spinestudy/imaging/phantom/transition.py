"""The last lumbar vertebra where it is joined to the sacrum."""

from __future__ import annotations

import numpy as np

from spinestudy.imaging.phantom.anatomy import Anatomy, Vertebra
from spinestudy.imaging.phantom.plane import Grid, smooth_max

_f = np.float32


def is_sacralised(anatomy: Anatomy, seat: str) -> bool:
    """Whether the body on a seat is the last lumbar one and joined to the sacrum."""
    findings = anatomy.spec.findings
    return bool(findings and findings.transition == "sacralised_l5" and seat == "L5")


def joined_wing(body: Vertebra, at: tuple[Grid, Grid, Grid]) -> Grid:
    """Distance (mm) to the broad transverse process that runs down into the wing of the sacrum.

    at: u, v and the distance from the midline (mm).
    """
    u, v, side = at
    out = side - _f(0.6 * body.half_width)
    wing = np.abs(v + _f(0.15 * body.half_height) + _f(0.28) * out) - _f(11.0) - _f(0.12) * out
    wing = smooth_max(wing, np.abs(u - _f(body.half_depth + 1.0) + _f(0.1) * out) - _f(9.0), 5.0)
    return np.asarray(smooth_max(wing, np.abs(out - _f(13.0)) - _f(17.0), 4.0))
