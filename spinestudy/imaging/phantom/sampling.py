"""From the model to series: slice grids as a technologist would plan them, and the rendering."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from spinestudy.imaging.phantom.anatomy import cranial, posterior
from spinestudy.imaging.phantom.exam import PhantomExam, PhantomSeries, PhantomTruth, SeriesRole
from spinestudy.imaging.phantom.levels import graded_bodies
from spinestudy.imaging.phantom.plane import Grid, Plane
from spinestudy.imaging.phantom.scanning import scan
from spinestudy.imaging.phantom.scene import Scene, build_scene
from spinestudy.imaging.phantom.signal import finish
from spinestudy.imaging.phantom.spec import DISC_LEVELS, SCORE_RANGE, PhantomSpec
from spinestudy.imaging.phantom.truth import truth_rows

Vector = NDArray[np.float64]
_SAGITTAL_SLICES: Final = 15
_SLICE_MM: Final = 4.0
_SPACING_MM: Final = 4.4


@dataclass(frozen=True)
class Grid3:
    """Planned slices in the patient frame (LPS, mm)."""

    orientations: Vector
    positions: Vector
    size: int
    pixel_mm: float


def _render(
    scene: Scene, row_dir: Vector, col_dir: Vector, position: Vector, grid: Grid3, depths: Vector
) -> tuple[Grid, Grid, NDArray[np.uint8]]:
    """T1, T2 and labels of one slice: the mean of planes through its thickness."""
    back = scene.rotation.T
    normal = np.cross(row_dir, col_dir)
    t1 = np.zeros((grid.size, grid.size), np.float32)
    t2 = np.zeros_like(t1)
    labels = np.zeros(t1.shape, np.uint8)
    ground = t1, t2
    middle = len(depths) // 2
    # Skin, fat and muscle change slowly through a slice: drawn once, in its middle.
    for k in sorted(range(len(depths)), key=lambda k: abs(k - middle)):
        plane = Plane(
            scene.anatomy,
            back @ (position + depths[k] * normal - scene.shift),
            back @ row_dir,
            back @ col_dir,
            (grid.size, grid.size),
            (grid.pixel_mm, grid.pixel_mm),
            labelled=k == middle,
        )
        if k == middle:
            scene.paint_ground(plane)
            ground = plane.t1.copy(), plane.t2.copy()
            labels = plane.labels
        plane.t1[:], plane.t2[:] = ground
        scene.paint_spine(plane)
        t1 += plane.t1
        t2 += plane.t2
    return t1 / len(depths), t2 / len(depths), labels


def build_exam(spec: PhantomSpec, *, quick: bool = False) -> PhantomExam:
    """Draw the exam of a specification.

    quick: coarser pixels, one plane a slice and one geometry for both sagittal series; meant
    for training; an acquisition of the specification's own goes before it. Raises
    PhantomSpecError through the specification only.
    """
    scene = build_scene(spec)
    if spec.acquisition:
        return PhantomExam(spec=spec, series=scan(scene, spec.acquisition), truth=_truth(scene))
    rng = np.random.default_rng([spec.seed, 71])
    tilt = Rotation.from_euler("xyz", 1.2 * rng.normal(size=3), degrees=True).as_matrix()
    sagittal: list[tuple[tuple[SeriesRole, ...], Grid3]]
    if quick:
        sagittal = [(("sag_t1", "sag_t2"), _plan_sagittal(scene, tilt, 256, 1.1))]
    else:
        sagittal = [
            (("sag_t1",), _plan_sagittal(scene, tilt, 320, 0.875)),
            (("sag_t2",), _plan_sagittal(scene, tilt, 352, 0.8)),
        ]
    axial = _plan_axial(scene, rng, quick)
    series: list[PhantomSeries] = []
    for roles, grid in [*sagittal, (("ax_t2",), axial)]:
        series += _render_series(scene, roles, grid, quick)
    return PhantomExam(spec=spec, series=tuple(series), truth=_truth(scene))


def _plan_sagittal(scene: Scene, tilt: Vector, size: int, pixel_mm: float) -> Grid3:
    """Slices from left to right, about along the spine of the patient on the table."""
    base = scene.rotation @ tilt
    row_dir, col_dir = base @ np.array([0.0, 1.0, 0.0]), base @ np.array([0.0, 0.0, -1.0])
    normal = np.cross(row_dir, col_dir)
    middle = scene.to_patient(np.array([float(scene.anatomy.shift_x(0.0)) * 0.6, 12.0, -12.0]))
    corner = middle - 0.5 * (size - 1) * pixel_mm * (row_dir + col_dir)
    offsets = (np.arange(_SAGITTAL_SLICES) - (_SAGITTAL_SLICES - 1) / 2) * _SPACING_MM
    orientation = np.tile(np.concatenate([row_dir, col_dir]), (_SAGITTAL_SLICES, 1))
    positions = corner + offsets[:, None] * normal
    return Grid3(np.round(orientation, 9), np.round(positions, 6), size, pixel_mm)


def _plan_axial(scene: Scene, rng: np.random.Generator, quick: bool) -> Grid3:
    """A slab along every disc, slices from caudal to cranial, levels from L1/L2 down."""
    size, pixel_mm, count = (192, 1.0, 3) if quick else (256, 0.75, 4)
    orientations, positions = [], []
    for level in DISC_LEVELS:
        disc = scene.anatomy.discs[level]
        angle = disc.angle + np.deg2rad(2.0) * float(np.clip(rng.normal(), -2, 2))
        u, v = posterior(angle), cranial(angle)
        row_dir = scene.rotation @ np.array([1.0, 0.0, 0.0])
        col_dir = scene.rotation @ np.array([0.0, u[0], u[1]])
        normal = scene.rotation @ np.array([0.0, v[0], v[1]])
        aim = scene.to_patient(scene.anatomy.to_model(disc.center)) + 16.0 * col_dir
        corner = aim - 0.5 * (size - 1) * pixel_mm * (row_dir + col_dir)
        miss = float(np.clip(0.7 * rng.normal(), -1.2, 1.2))
        for k in range(count):
            positions.append(corner + (miss + (k - (count - 1) / 2) * _SPACING_MM) * normal)
            orientations.append(np.concatenate([row_dir, col_dir]))
    return Grid3(np.round(orientations, 9), np.round(positions, 6), size, pixel_mm)


def _render_series(
    scene: Scene, roles: tuple[SeriesRole, ...], grid: Grid3, quick: bool
) -> list[PhantomSeries]:
    planes = 1 if quick else 3
    depths = ((np.arange(planes) + 0.5) / planes - 0.5) * _SLICE_MM * 0.9
    rendered = [
        _render(scene, o[:3], o[3:], p, grid, depths)
        for o, p in zip(grid.orientations, grid.positions, strict=True)
    ]
    labels = np.stack([r[2] for r in rendered])
    result = []
    for role in roles:
        clean: Grid = np.stack([r[0 if role == "sag_t1" else 1] for r in rendered])
        pixels = finish(clean, role, scene.anatomy.spec, grid.pixel_mm)
        result.append(
            PhantomSeries(
                role=role,
                pixels=pixels,
                labels=labels,
                orientation_lps=grid.orientations,
                positions_lps=grid.positions,
                row_spacing_mm=grid.pixel_mm,
                column_spacing_mm=grid.pixel_mm,
                slice_thickness_mm=_SLICE_MM,
                slice_spacing_mm=_SPACING_MM,
            )
        )
    return result


def _truth(scene: Scene) -> PhantomTruth:
    spec, anatomy = scene.anatomy.spec, scene.anatomy
    names = anatomy.names
    discs = {
        name: scene.to_patient(anatomy.to_model(anatomy.discs[seat].center))
        for seat, name in spec.disc_seats.items()
    }
    marked: tuple[str, ...] = ("L1", "L2", "L3", "L4", "L5", "S1")
    if spec.findings or spec.acquisition:
        marked = (*graded_bodies(spec.lumbar_count), "S2")
    seats = {name: seat for seat, name in names.items()}
    bodies = {
        k: scene.to_patient(anatomy.to_model(anatomy.vertebrae[seats[k]].center)) for k in marked
    }
    levels = spec.disc_levels
    return PhantomTruth(
        grades={i: {k: spec.grade(i, k) for k in levels} for i in SCORE_RANGE},
        latent={i: {k: float(spec.latent[i][k]) for k in levels} for i in SCORE_RANGE},
        disc_centers_lps=discs,
        body_centers_lps=bodies,
        rows=truth_rows(spec) if spec.findings or spec.acquisition else (),
        slips_mm={
            name: anatomy.discs[seat].slip_mm
            for seat, name in spec.disc_seats.items()
            if anatomy.discs[seat].slip_mm
        },
    )
