"""Boxes around findings on the slices of an exam. Knows no Django."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spinestudy.imaging.phantom import PhantomExam, PhantomSeries, TruthRow
from spinestudy.imaging.phantom.levels import graded_bodies, names_of_seats
from spinestudy.imaging.phantom.structures import (
    BODY_SEATS,
    CANAL,
    HERNIATION,
    MODIC_1,
    MODIC_3,
    TUMOUR,
    body_code,
    disc_code,
)

_CANAL_MM: Final = 45.0
_PLATE_MM: Final = 26.0
"""How far from the middle of a disc its canal and the changes at its endplates lie at most."""


@dataclass(frozen=True)
class Box:
    """One box on one slice, in pixels: edges, so that x_max - x_min is the width.

    x runs along the columns, y along the rows; the first pixel spans 0 to 1.
    """

    role: str
    slice_index: int
    item: str
    disc_level: str
    vertebral_level: str
    side: str
    score: int
    x_min: int
    y_min: int
    x_max: int
    y_max: int


def boxes_of(exam: PhantomExam) -> Iterator[Box]:
    """Boxes of discs and canals by grade, herniations, Modic changes, fractures, metastases.

    Of a canal only where the stack is axial; of everything else wherever it is cut.
    """
    scores = {(r.item, r.disc_level or r.vertebral_level): r for r in exam.truth.rows if not r.side}
    for series in exam.series:
        if series.structures is not None and series.changes is not None:
            yield from _of_discs(exam, series, scores)
            yield from _of_bodies(exam, series, scores)


def _of_discs(
    exam: PhantomExam, series: PhantomSeries, scores: dict[tuple[str, str], TruthRow]
) -> Iterator[Box]:
    codes, changes = _codes(series)
    names = names_of_seats(exam.spec.lumbar_count)
    is_modic = (changes >= MODIC_1) & (changes <= MODIC_3)
    is_axial = series.plan is not None and series.plan.plane == "axial"
    for seat, level in exam.spec.disc_seats.items():
        center = exam.truth.disc_centers_lps[level]
        disc = codes == disc_code(seat)
        yield from _boxes(series, disc, scores["pfirrmann", level])
        herniated = disc & (changes == HERNIATION)
        if herniated.any():
            yield from _boxes(series, herniated, scores["disc_morphology", level])
        modic = scores["modic", level]
        if modic.score:
            bodies = [body_code(s) for s in BODY_SEATS if names[s] in level.split("/")]
            marrow = np.isin(codes, bodies) & is_modic
            yield from _boxes(series, _near(series, marrow, center, _PLATE_MM), modic)
        if is_axial:
            canal = _near(series, codes == CANAL, center, _CANAL_MM)
            canal = canal & _cuts(series, center)[:, None, None]
            yield from _boxes(series, canal, scores["central_canal_stenosis", level])


def _near(
    series: PhantomSeries, mask: NDArray[np.bool_], point: NDArray[np.float64], radius_mm: float
) -> NDArray[np.bool_]:
    """The part of a mask within a radius of a point."""
    k, row, column = np.nonzero(mask)
    places = (
        series.positions_lps[k]
        + column[:, None] * series.column_spacing_mm * series.orientation_lps[k, :3]
        + row[:, None] * series.row_spacing_mm * series.orientation_lps[k, 3:]
    )
    close = np.linalg.norm(places - point, axis=1) < radius_mm
    kept = np.zeros_like(mask)
    kept[k[close], row[close], column[close]] = True
    return kept


def _cuts(series: PhantomSeries, point: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which slices pass through a point, give or take their spacing; bool (slices,)."""
    normals = np.cross(series.orientation_lps[:, :3], series.orientation_lps[:, 3:])
    away = np.abs(np.einsum("ij,ij->i", point - series.positions_lps, normals))
    return np.asarray(away < 0.6 * series.slice_spacing_mm)


def _of_bodies(
    exam: PhantomExam, series: PhantomSeries, scores: dict[tuple[str, str], TruthRow]
) -> Iterator[Box]:
    codes, changes = _codes(series)
    seats = {name: seat for seat, name in names_of_seats(exam.spec.lumbar_count).items()}
    findings = exam.spec.findings
    for name in graded_bodies(exam.spec.lumbar_count):
        body = codes == body_code(seats[name])
        row = scores.get(("vertebral_fracture", name))
        if row and row.score:
            yield from _boxes(series, body, row)
        if findings and name in findings.metastases:
            lesion = TruthRow("metastasis", "", name, "", 1.0)
            yield from _boxes(series, body & (changes == TUMOUR), lesion, score=1)


def _codes(series: PhantomSeries) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    if series.structures is None or series.changes is None:
        raise ValueError("The series has no masks.")
    return series.structures, series.changes


def _boxes(
    series: PhantomSeries, mask: NDArray[np.bool_], row: TruthRow, score: int | None = None
) -> Iterator[Box]:
    for k in np.flatnonzero(mask.any(axis=(1, 2))).tolist():
        rows, columns = np.flatnonzero(mask[k].any(1)), np.flatnonzero(mask[k].any(0))
        yield Box(
            role=series.role,
            slice_index=k,
            item=row.item,
            disc_level=row.disc_level,
            vertebral_level=row.vertebral_level,
            side=row.side,
            score=row.score if score is None else score,
            x_min=int(columns[0]),
            y_min=int(rows[0]),
            x_max=int(columns[-1]) + 1,
            y_max=int(rows[-1]) + 1,
        )
