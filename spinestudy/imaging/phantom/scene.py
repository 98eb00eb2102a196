"""One patient ready to be scanned: the model, where it lies on the table, and how it is drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from spinestudy.imaging.phantom.anatomy import Anatomy, build_anatomy
from spinestudy.imaging.phantom.arches import paint_arches
from spinestudy.imaging.phantom.bodies import paint_bodies
from spinestudy.imaging.phantom.canal import paint_canal
from spinestudy.imaging.phantom.canal_shape import CanalShape, build_canal
from spinestudy.imaging.phantom.discs import paint_discs
from spinestudy.imaging.phantom.herniation import (
    paint_epidural_masses,
    paint_herniations,
    paint_paraspinal_masses,
)
from spinestudy.imaging.phantom.metal import paint_screws
from spinestudy.imaging.phantom.plane import Grid, Plane, Points
from spinestudy.imaging.phantom.spec import PhantomSpec
from spinestudy.imaging.phantom.stir import stir_signal
from spinestudy.imaging.phantom.tissue import Tissues, tissues_of
from spinestudy.imaging.phantom.trunk import Trunk, build_trunk, paint_trunk

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Sample:
    """Signals and codes at points; arrays (points,). See structures.py for the codes."""

    t1: Grid
    t2: Grid
    stir: Grid
    labels: NDArray[np.uint8]
    structures: NDArray[np.uint8]
    changes: NDArray[np.uint8]


@dataclass(frozen=True)
class Scene:
    """All that is drawn, and the rigid motion from the model to the patient frame."""

    anatomy: Anatomy
    canal: CanalShape
    trunk: Trunk
    tissues: Tissues
    rotation: Vector
    shift: Vector

    def to_patient(self, model: Vector) -> Vector:
        """LPS (3,) mm of a model point (3,) mm."""
        return self.rotation @ model + self.shift

    def to_model(self, points_lps: Vector) -> Vector:
        """Model points (n, 3) of LPS points (n, 3), mm."""
        return np.asarray((np.atleast_2d(points_lps) - self.shift) @ self.rotation)

    def paint_ground(self, plane: Plane) -> None:
        """What changes slowly through a slice: skin, fat, muscle."""
        paint_trunk(plane, self.trunk, self.tissues)

    def paint_spine(self, plane: Plane) -> None:
        """The spine over its ground."""
        found = self.anatomy.spec.findings
        if found:
            paint_paraspinal_masses(plane)
        paint_discs(plane, self.tissues)
        paint_bodies(plane, self.tissues)
        paint_arches(plane, self.tissues)
        if found:
            paint_herniations(plane, self.tissues)
            paint_epidural_masses(plane)
        paint_canal(plane, self.canal, self.tissues)
        if found and found.screws:
            paint_screws(plane)

    def sample(self, points_lps: Vector) -> Sample:
        """Tissue at any points (n, 3) of the patient, LPS mm: what every series shows there."""
        plane = Points(self.anatomy, self.to_model(points_lps))
        self.paint_ground(plane)
        self.paint_spine(plane)
        return Sample(
            t1=plane.t1[:, 0],
            t2=plane.t2[:, 0],
            stir=stir_signal(plane.t1, plane.t2)[:, 0],
            labels=plane.labels[:, 0],
            structures=plane.structures[:, 0],
            changes=plane.changes[:, 0],
        )


def build_scene(spec: PhantomSpec) -> Scene:
    """The patient of a specification."""
    anatomy = build_anatomy(spec)
    rotation = Rotation.from_euler("xyz", spec.rotation_deg, degrees=True).as_matrix()
    return Scene(
        anatomy,
        build_canal(anatomy),
        build_trunk(anatomy),
        tissues_of(spec),
        rotation,
        np.asarray(spec.shift_mm, dtype=np.float64),
    )
