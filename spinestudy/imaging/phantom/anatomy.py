"""The shape of one lumbar spine: bodies, discs and the curve of the canal.

Model frame, mm: x to the left, y posterior, z cranial, origin at the centre of L3. A vertebra
has its own frame (u posterior, v cranial, w left). Sizes follow common morphometric values.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from spinestudy.imaging.phantom.collapse import broken_body
from spinestudy.imaging.phantom.findings import Fracture, Herniation, ModicPlate, slip_share
from spinestudy.imaging.phantom.levels import disc_name, names_of_seats
from spinestudy.imaging.phantom.pathology import DiscState, disc_states
from spinestudy.imaging.phantom.spec import PhantomSpec

Vector = NDArray[np.float64]
# name: half depth, half width, half height (mm), wedge (deg, anterior taller),
# gap below at the rim (mm), wedge of the disc below (deg)
_SIZES: Final[dict[str, tuple[float, float, float, float, float, float]]] = {
    "T8": (13.4, 14.0, 9.8, -2.0, 3.0, 0.0),
    "T9": (13.9, 14.7, 10.2, -2.0, 3.2, 0.0),
    "T10": (14.4, 15.5, 10.6, -2.0, 3.4, 0.0),
    "T11": (15.0, 17.0, 11.2, -2.5, 3.8, 0.5),
    "T12": (15.6, 19.0, 12.0, -2.5, 4.6, 2.0),
    "L1": (16.0, 20.5, 12.7, -2.5, 5.6, 4.5),
    "L2": (16.5, 22.0, 13.1, -0.5, 6.6, 6.0),
    "L3": (17.0, 23.5, 13.2, 1.0, 7.5, 8.0),
    "L4": (17.3, 25.0, 13.1, 3.0, 8.2, 11.0),
    "L5": (17.2, 26.5, 12.8, 9.0, 6.6, 13.0),
    "S1": (16.0, 26.0, 13.6, 0.0, 1.8, 0.0),
    "S2": (9.6, 21.0, 11.6, 0.0, 1.2, 0.0),
    "S3": (7.0, 17.0, 9.6, 0.0, 0.8, 0.0),
    "S4": (5.4, 13.0, 8.0, 0.0, 0.5, 0.0),
}
_MOBILE: Final = ("L5", "L4", "L3", "L2", "L1", "T12", "T11", "T10")
# Drawn with findings alone: broken bodies let the spine above sink into the picture.
_FURTHER_UP: Final = ("T9", "T8")
CURVE_START_MM: Final = -180.0
CURVE_STEP_MM: Final = 0.5


@dataclass(frozen=True)
class Vertebra:
    """One body; centre (y, z) in the midsagittal plane, angle in radians."""

    name: str
    center: Vector
    angle: float
    half_depth: float
    half_width: float
    half_height: float
    wedge: float
    concavity: float
    taper: float = 0.0
    osteophyte_up: float = 0.0
    osteophyte_down: float = 0.0
    fracture: Fracture | None = None
    metastasis_mm: float = 0.0

    @property
    def sacral(self) -> bool:
        """Whether it is part of the sacrum."""
        return self.name.startswith("S")

    def at(self, u: float, v: float) -> Vector:
        """Point (y, z) of local coordinates."""
        return self.center + u * posterior(self.angle) + v * cranial(self.angle)


@dataclass(frozen=True)
class Disc:
    """The disc below a vertebra; same frame convention. state is None in the sacrum."""

    level: str
    center: Vector
    angle: float
    half_depth: float
    half_width: float
    half_gap: float
    wedge: float
    concavity: float
    state: DiscState | None
    herniation: Herniation | None = None
    plates: tuple[ModicPlate, ModicPlate] | None = None
    slip_mm: float = 0.0

    def at(self, u: float, v: float) -> Vector:
        """Point (y, z) of local coordinates."""
        return self.center + u * posterior(self.angle) + v * cranial(self.angle)


Placed = Vertebra | Disc
Span = tuple[float, float]


@dataclass(frozen=True)
class Anatomy:
    """All that is drawn. wall_y: table over z of the posterior body wall (mm)."""

    spec: PhantomSpec
    vertebrae: dict[str, Vertebra]
    discs: dict[str, Disc]
    wall_y: NDArray[np.float32]
    slope: NDArray[np.float32]
    arc: NDArray[np.float32]
    _corners: dict[tuple[float, ...], Vector] = field(init=False, repr=False, default_factory=dict)
    _points: dict[tuple[float, ...], Vector] = field(init=False, repr=False, default_factory=dict)

    @property
    def names(self) -> dict[str, str]:
        """Seat of a body -> its name."""
        return names_of_seats(self.spec.lumbar_count)

    def narrowing_of_sides(self, item: str, seat_level: str) -> tuple[float, float]:
        """Latent severity (right, left) of an item with sides at the seat of a disc."""
        findings = self.spec.findings
        by_level = findings.sides.get(item, {}) if findings else {}
        sides = by_level.get(disc_name(seat_level, self.names), {})
        return sides.get("right", 0.0), sides.get("left", 0.0)

    def arc_at(self, z: float) -> float:
        """Arc length (mm) of the posterior wall line at height z."""
        grid = CURVE_START_MM + CURVE_STEP_MM * np.arange(len(self.arc))
        return float(np.interp(z, grid, self.arc))

    def shift_x(self, z: NDArray[np.float32] | float) -> NDArray[np.float32]:
        """Lateral shift (mm) of the midline at height z: a mild scoliosis."""
        t = np.asarray(z, dtype=np.float32) / np.float32(95.0)
        return np.float32(self.spec.scoliosis_mm) * (1 - np.minimum(t * t, 1.6))

    def to_model(self, center: Vector, w: float = 0.0) -> Vector:
        """Model coordinates (3,) of a midsagittal point (y, z) moved w to the left."""
        return np.array([w + float(self.shift_x(center[1])), center[0], center[1]])

    def point_of(self, at: Placed, u: float, v: float) -> Vector:
        """Model coordinates (3,) of local coordinates. Kept: every slice asks for the same."""
        key = (float(at.center[0]), float(at.center[1]), at.angle, u, v)
        if key not in self._points:
            self._points[key] = self.to_model(at.at(u, v))
        return self._points[key]

    def corners_of(self, at: Placed, u: Span, v: Span, w_mm: float) -> Vector:
        """Model coordinates (8, 3) of a box in the frame of a body or disc. Kept, as above."""
        key = (float(at.center[0]), float(at.center[1]), at.angle, *u, *v, w_mm)
        if key not in self._corners:
            corners = [self.to_model(at.at(a, b), w) for a in u for b in v for w in (-w_mm, w_mm)]
            self._corners[key] = np.stack(corners)
        return self._corners[key]


def posterior(angle: float) -> Vector:
    """Unit vector (y, z) of the local posterior direction."""
    return np.array([np.cos(angle), np.sin(angle)])


def cranial(angle: float) -> Vector:
    """Unit vector (y, z) of the local cranial direction."""
    return np.array([-np.sin(angle), np.cos(angle)])


def build_anatomy(spec: PhantomSpec) -> Anatomy:
    """Stack the bodies upward from the sacrum, the sacrum downward, and fit the canal line."""
    rng = np.random.default_rng([spec.seed, 31])
    states = disc_states(spec)
    findings = spec.findings
    names = names_of_seats(spec.lumbar_count)
    scale = spec.body_scale
    vertebrae: dict[str, Vertebra] = {}
    discs: dict[str, Disc] = {}

    def make(name: str, angle: float) -> Vertebra:
        depth, width, height, wedge, _, _ = _SIZES[name]
        j = rng.normal(0, 1, 4)
        return Vertebra(
            name=name,
            center=np.zeros(2),
            angle=angle,
            half_depth=float(scale * depth * (1 + 0.02 * j[0])),
            half_width=float(scale * width * (1 + 0.02 * j[1])),
            half_height=float(scale * height * (1 + 0.02 * j[2])),
            wedge=float(np.deg2rad(wedge)),
            concavity=0.0 if name[0] == "S" and name != "S1" else 1.5 + 0.3 * float(j[3]),
            taper={"S1": 0.24, "S2": 0.18, "S3": 0.12}.get(name, 0.0),
        )

    top = np.deg2rad(spec.sacral_slope_deg)
    lower = make("S1", float(top))
    vertebrae["S1"] = lower
    for name in (*_MOBILE, *(_FURTHER_UP if findings else ())):
        level = f"{name}/{lower.name}"
        state = states.get(level)
        factor = state.height_factor if state else 1.0
        *_, gap, disc_wedge_deg = _SIZES[name]
        gap = max(1.6, scale * gap * factor * (1 + 0.05 * rng.normal()))
        wedge = np.deg2rad(disc_wedge_deg * spec.lordosis_scale) * min(1.0, factor + 0.1)
        wedge = min(wedge, float(np.arctan((gap - 0.7) / (scale * 17.5))))
        upper_wedge = np.deg2rad(_SIZES[name][3])
        bottom = top - wedge
        body = make(name, float(bottom - upper_wedge / 2))
        if findings and (fracture := findings.fractures.get(names[name])):
            body = broken_body(body, fracture)
            upper_wedge = body.wedge
            body = replace(body, angle=float(bottom - upper_wedge / 2))
        half_top = lower.half_height
        face = lower.center + half_top * cranial(lower.angle)
        mid = float(top - wedge / 2)
        center = face + gap * cranial(mid) + body.half_height * cranial(body.angle)
        slip = 0.4 * rng.normal() * posterior(mid)
        slip_mm, shown = 0.0, disc_name(level, names)
        if findings:
            slip_mm = slip_share(findings.slips.get(shown, 0.0)) * 2 * lower.half_depth
            slip = slip - slip_mm * posterior(mid)
            body = replace(body, metastasis_mm=findings.metastases.get(names[name], 0.0))
        body = replace(body, center=center + slip)
        depth = 0.5 * (lower.half_depth + body.half_depth)
        discs[level] = Disc(
            level=level,
            center=face + 0.5 * gap * cranial(mid) + 0.5 * slip,
            angle=mid,
            half_depth=depth,
            half_width=0.5 * (lower.half_width + body.half_width),
            half_gap=float(0.5 * gap),
            wedge=float(wedge),
            concavity=0.5 * (lower.concavity + body.concavity),
            state=state,
            herniation=findings.herniations.get(shown) if findings else None,
            plates=findings.modic_plates.get(shown) if findings else None,
            slip_mm=slip_mm,
        )
        growth = state.osteophyte_mm if state else 0.2
        vertebrae[lower.name] = replace(lower, osteophyte_up=growth)
        body = replace(body, osteophyte_down=growth)
        vertebrae[name] = body
        lower, top = body, bottom - upper_wedge
    _add_sacrum(vertebrae, discs, make)
    return _centred(spec, vertebrae, discs)


def _add_sacrum(
    vertebrae: dict[str, Vertebra],
    discs: dict[str, Disc],
    make: Callable[[str, float], Vertebra],
) -> None:
    """S2 to S4: posterior walls in line, bent a little more at every segment."""
    above = vertebrae["S1"]
    for name, bend_deg in (("S2", 4.0), ("S3", 8.0), ("S4", 12.0)):
        gap = _SIZES[above.name][4]
        corner = above.at(above.half_depth, -above.half_height - gap)
        body: Vertebra = make(name, above.angle + np.deg2rad(bend_deg))
        center = corner - body.half_height * cranial(body.angle)
        body = replace(body, center=center - body.half_depth * posterior(body.angle))
        vertebrae[name] = body
        mid = 0.5 * (above.angle + body.angle)
        discs[f"{above.name}/{name}"] = Disc(
            level=f"{above.name}/{name}",
            center=corner + 0.5 * gap * cranial(mid) - body.half_depth * posterior(mid),
            angle=mid,
            half_depth=body.half_depth * 0.9,
            half_width=body.half_width * 0.6,
            half_gap=0.5 * gap,
            wedge=0.0,
            concavity=0.0,
            state=None,
        )
        above = body


def _centred(spec: PhantomSpec, vertebrae: dict[str, Vertebra], discs: dict[str, Disc]) -> Anatomy:
    origin = vertebrae["L3"].center
    vertebrae = {k: replace(v, center=v.center - origin) for k, v in vertebrae.items()}
    discs = {k: replace(d, center=d.center - origin) for k, d in discs.items()}
    wall = [
        v.at(v.half_depth, f * v.half_height) for v in vertebrae.values() for f in (-0.75, 0.75)
    ]
    points = np.array(sorted(wall, key=lambda p: p[1]))
    keep = np.concatenate(([True], np.diff(points[:, 1]) > 0.5))
    fit = PchipInterpolator(points[keep, 1], points[keep, 0])
    z = CURVE_START_MM + CURVE_STEP_MM * np.arange(721)
    low, high = points[0, 1], points[keep, 1][-1]
    inner = np.clip(z, low, high)
    y = fit(inner) + (z - inner) * fit(inner, 1)
    kernel = np.hanning(25)
    y = np.convolve(np.pad(y, 12, mode="edge"), kernel / kernel.sum(), mode="valid")
    slope = np.gradient(y, CURVE_STEP_MM)
    arc = np.cumsum(np.hypot(1.0, slope)) * CURVE_STEP_MM
    return Anatomy(
        spec=spec,
        vertebrae=vertebrae,
        discs=discs,
        wall_y=y.astype(np.float32),
        slope=slope.astype(np.float32),
        arc=arc.astype(np.float32),
    )
