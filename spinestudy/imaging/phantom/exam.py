"""What a phantom exam is: three series on their grids and the truth behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from spinestudy.imaging.phantom.acquisition import SeriesPlan, SeriesRole
from spinestudy.imaging.phantom.spec import PhantomSpec
from spinestudy.imaging.phantom.truth import TruthRow

__all__ = ["PhantomExam", "PhantomSeries", "PhantomTruth", "SeriesRole"]


@dataclass(frozen=True)
class PhantomSeries:
    """One series; slices ordered along the normal of their stack.

    pixels: uint16 (slices, rows, columns), 12 bits used.
    labels: uint8, same shape: 1 vertebral body, 2 sacrum, 3 disc, 4 spinal canal
        (thecal sac), 0 everything else.
    orientation_lps: float64 (slices, 6), ImageOrientationPatient of every slice. Sagittal
        series have one orientation, the axial series one per slab.
    structures: uint8, same shape: codes of STRUCTURES, 0 elsewhere; None where not asked for.
    changes: uint8, same shape: codes of CHANGES (marrow changes, herniation), on top of structures.
    plan: how the series was scanned; None for the series of old.
    positions_lps: float64 (slices, 3) mm, centre of the first pixel of every slice.
    """

    role: SeriesRole
    pixels: NDArray[np.uint16]
    labels: NDArray[np.uint8]
    orientation_lps: NDArray[np.float64]
    positions_lps: NDArray[np.float64]
    row_spacing_mm: float
    column_spacing_mm: float
    slice_thickness_mm: float
    slice_spacing_mm: float
    structures: NDArray[np.uint8] | None = None
    changes: NDArray[np.uint8] | None = None
    plan: SeriesPlan | None = None

    def voxel_of(self, point_lps: NDArray[np.float64]) -> tuple[int, int, int]:
        """Index (slice, row, column) nearest to a point (3,) in mm; it may lie outside."""
        row_dirs, col_dirs = self.orientation_lps[:, :3], self.orientation_lps[:, 3:]
        offset = np.asarray(point_lps) - self.positions_lps
        distance = np.abs(np.einsum("ij,ij->i", offset, np.cross(row_dirs, col_dirs)))
        k = int(np.argmin(distance))
        column = offset[k] @ row_dirs[k] / self.column_spacing_mm
        row = offset[k] @ col_dirs[k] / self.row_spacing_mm
        return k, round(float(row)), round(float(column))


@dataclass(frozen=True)
class PhantomTruth:
    """What the exam was made from; the codes are those of the grading vocabulary.

    grades: item -> disc level -> score.  latent: item -> disc level -> continuous severity
    whose floor is the score.  Centres are LPS mm.  rows: every item with level and side, for
    exams with findings.  slips_mm: disc level -> slip.
    """

    grades: Mapping[str, Mapping[str, int]]
    latent: Mapping[str, Mapping[str, float]]
    disc_centers_lps: Mapping[str, NDArray[np.float64]]
    body_centers_lps: Mapping[str, NDArray[np.float64]]
    rows: tuple[TruthRow, ...] = ()
    slips_mm: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class PhantomExam:
    """A synthetic lumbar MRI exam: sagittal T1, sagittal T2, axial T2."""

    spec: PhantomSpec
    series: tuple[PhantomSeries, ...]
    truth: PhantomTruth

    def by_role(self, role: SeriesRole) -> PhantomSeries:
        """The series of that role."""
        return next(s for s in self.series if s.role == role)
