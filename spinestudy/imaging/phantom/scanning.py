"""An exam by a plan: any stack of any plane and contrast, slices as a technologist sets them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from spinestudy.imaging.phantom.acquisition import Acquisition, PlaneName, SeriesPlan
from spinestudy.imaging.phantom.anatomy import cranial, posterior
from spinestudy.imaging.phantom.exam import PhantomSeries
from spinestudy.imaging.phantom.plane import Grid, Plane
from spinestudy.imaging.phantom.receive import failed_field, receive
from spinestudy.imaging.phantom.scene import Scene, Vector
from spinestudy.imaging.phantom.stir import stir_signal

_STEP_MM: Final = 1.3
"""Planes through a slice lie about so far apart: partial volume by its thickness."""
_AXES: Final[dict[PlaneName, tuple[tuple[float, ...], tuple[float, ...]]]] = {
    "sagittal": ((0.0, 1.0, 0.0), (0.0, 0.0, -1.0)),
    "coronal": ((1.0, 0.0, 0.0), (0.0, 0.0, -1.0)),
    "axial": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
}
# What a stack is centred on (model mm): y and z beside the middle of L3, rows run from there.
_MIDDLE: Final[dict[PlaneName, tuple[float, float]]] = {
    "sagittal": (12.0, -4.0),
    "coronal": (24.0, -4.0),
    "axial": (16.0, -30.0),
}


@dataclass(frozen=True)
class _Slices:
    orientations: Vector
    positions: Vector


@dataclass(frozen=True)
class _Clean:
    """Signals (slices, rows, columns with margins) and codes (slices, rows, columns)."""

    images: dict[str, Grid]
    labels: NDArray[np.uint8]
    structures: NDArray[np.uint8]
    changes: NDArray[np.uint8]


def scan(scene: Scene, acquisition: Acquisition) -> tuple[PhantomSeries, ...]:
    """Every series of the acquisition; those on one grid are drawn together."""
    done: dict[str, PhantomSeries] = {}
    plans = sorted(acquisition.series, key=lambda plan: str(plan.grid))
    for _, same in groupby(plans, key=lambda plan: plan.grid):
        group = [*same]
        slices = _slices(scene, group[0])
        clean = _draw(scene, group, slices)
        for plan in group:
            done[plan.role] = _series(scene, acquisition, plan, slices, clean)
    return tuple(done[plan.role] for plan in acquisition.series)


def _series(
    scene: Scene, acquisition: Acquisition, plan: SeriesPlan, slices: _Slices, clean: _Clean
) -> PhantomSeries:
    spec = scene.anatomy.spec
    border = zero_border(plan)
    codes = [
        _without_border(codes, border) for codes in (clean.labels, clean.structures, clean.changes)
    ]
    return PhantomSeries(
        role=plan.role,
        pixels=receive(clean.images[plan.role], plan, acquisition, spec),
        labels=codes[0],
        orientation_lps=slices.orientations,
        positions_lps=slices.positions,
        row_spacing_mm=plan.row_spacing_mm,
        column_spacing_mm=plan.column_spacing_mm,
        slice_thickness_mm=plan.thickness_mm,
        slice_spacing_mm=plan.spacing_mm,
        structures=codes[1],
        changes=codes[2],
        plan=plan,
    )


def zero_border(plan: SeriesPlan) -> tuple[int, int]:
    """Rows and columns at each edge that hold nothing."""
    share = plan.effects.zero_border
    return round(share * plan.rows), round(share * plan.columns)


def _without_border(codes: NDArray[np.uint8], border: tuple[int, int]) -> NDArray[np.uint8]:
    if border == (0, 0):
        return codes
    kept = np.zeros_like(codes)
    rows, columns = codes.shape[1:]
    inner = (slice(None), slice(border[0], rows - border[0]), slice(border[1], columns - border[1]))
    kept[inner] = codes[inner]
    return kept


def _slices(scene: Scene, plan: SeriesPlan) -> _Slices:
    """Orientation and first pixel of every slice, LPS."""
    rng = np.random.default_rng([scene.anatomy.spec.seed, 72, [*_AXES].index(plan.plane)])
    if plan.per_disc:
        return _along_discs(scene, plan, rng)
    tilt = Rotation.from_euler("xyz", 1.2 * rng.normal(size=3), degrees=True).as_matrix()
    base = scene.rotation @ tilt
    row_dir, col_dir = (base @ np.array(axis) for axis in _AXES[plan.plane])
    y, z = _MIDDLE[plan.plane]
    middle = scene.to_patient(np.array([0.6 * float(scene.anatomy.shift_x(0.0)), y, z]))
    offsets = (np.arange(plan.slices) - (plan.slices - 1) / 2) * plan.spacing_mm
    normal = np.cross(row_dir, col_dir)
    corner = _corner(middle, row_dir, col_dir, plan)
    orientation: Vector = np.tile(np.concatenate([row_dir, col_dir]), (plan.slices, 1))
    positions: Vector = corner + offsets[:, None] * normal
    return _Slices(np.round(orientation, 9), np.round(positions, 6))


def _corner(middle: Vector, row_dir: Vector, col_dir: Vector, plan: SeriesPlan) -> Vector:
    across = 0.5 * (plan.columns - 1) * plan.column_spacing_mm
    down = 0.5 * (plan.rows - 1) * plan.row_spacing_mm
    return np.asarray(middle - across * row_dir - down * col_dir)


def _along_discs(scene: Scene, plan: SeriesPlan, rng: np.random.Generator) -> _Slices:
    """A slab along every graded disc, slices from caudal to cranial, levels from above down."""
    orientations, positions = [], []
    anatomy = scene.anatomy
    for seat in anatomy.spec.disc_seats:
        disc = anatomy.discs[seat]
        angle = disc.angle + np.deg2rad(2.0) * float(np.clip(rng.normal(), -2, 2))
        u, v = posterior(angle), cranial(angle)
        row_dir = scene.rotation @ np.array([1.0, 0.0, 0.0])
        col_dir = scene.rotation @ np.array([0.0, u[0], u[1]])
        normal = scene.rotation @ np.array([0.0, v[0], v[1]])
        aim = scene.to_patient(anatomy.to_model(disc.center)) + 16.0 * col_dir
        corner = _corner(aim, row_dir, col_dir, plan)
        miss = float(np.clip(0.7 * rng.normal(), -1.2, 1.2))
        for k in range(plan.per_disc):
            away = miss + (k - (plan.per_disc - 1) / 2) * plan.spacing_mm
            positions.append(corner + away * normal)
            orientations.append(np.concatenate([row_dir, col_dir]))
    return _Slices(np.round(orientations, 9), np.round(positions, 6))


def _draw(scene: Scene, plans: list[SeriesPlan], slices: _Slices) -> _Clean:
    """All contrasts of one grid."""
    first = plans[0]
    margin = round(first.effects.wrap * first.columns)
    wide = first.columns + 2 * margin
    count = len(slices.positions)
    images: dict[str, Grid] = {
        plan.role: np.zeros((count, first.rows, wide), np.float32) for plan in plans
    }
    codes = [np.zeros((count, first.rows, first.columns), np.uint8) for _ in range(3)]
    inner = (slice(None), slice(margin, margin + first.columns))
    # An odd number, so that one plane lies in the middle and tells what the voxel belongs to.
    planes = 1 + 2 * max(0, round((first.thickness_mm * 0.9 / _STEP_MM - 1) / 2))
    depths = ((np.arange(planes) + 0.5) / planes - 0.5) * first.thickness_mm * 0.9
    middle = planes // 2
    fields = {plan.role: failed_field(plan, scene.anatomy.spec, wide) for plan in plans}
    for k, (orientation, position) in enumerate(
        zip(slices.orientations, slices.positions, strict=True)
    ):
        ground = None
        for i in sorted(range(planes), key=lambda i: abs(i - middle)):
            plane = _plane(scene, first, orientation, position, depths[i], margin, i == middle)
            if ground is None:
                scene.paint_ground(plane)
                ground = plane.t1.copy(), plane.t2.copy()
            else:
                plane.t1[:], plane.t2[:] = ground
            scene.paint_spine(plane)
            for plan in plans:
                images[plan.role][k] += _contrast(plane, plan, fields[plan.role]) / planes
            if i == middle:
                for kept, codes_of in zip(
                    codes, (plane.labels, plane.structures, plane.changes), strict=True
                ):
                    kept[k] = codes_of[inner]
    return _Clean(images, *codes)


def _plane(
    scene: Scene,
    plan: SeriesPlan,
    orientation: Vector,
    position: Vector,
    depth_mm: float,
    margin: int,
    labelled: bool,
) -> Plane:
    back = scene.rotation.T
    row_dir, col_dir = orientation[:3], orientation[3:]
    normal = np.cross(row_dir, col_dir)
    start = position + depth_mm * normal - margin * plan.column_spacing_mm * row_dir
    return Plane(
        scene.anatomy,
        back @ (start - scene.shift),
        back @ row_dir,
        back @ col_dir,
        (plan.rows, plan.columns + 2 * margin),
        (plan.row_spacing_mm, plan.column_spacing_mm),
        labelled=labelled,
        detailed=True,
    )


def _contrast(plane: Plane, plan: SeriesPlan, failed: Grid) -> Grid:
    if plan.weighting == "STIR":
        return stir_signal(plane.t1, plane.t2, failed)
    return plane.t1 if plan.weighting == "T1" else plane.t2
