"""Labels -> named bodies and discs, counted upward from the sacrum.

Pieces of the vertebral-body class on the midline slices, a smooth spine curve through
them, pieces off the curve dropped, then names from L5 upward. The count hangs on the
sacrum: where none is seen no level is named.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from inference.anatomy import grid
from inference.anatomy.segmentation import BODY, CANAL, DISC, SACRUM
from inference.contract import LevelLocation, StackInput

Point = NDArray[np.float64]
BODY_NAMES: Final = ("L5", "L4", "L3", "L2", "L1")
DISC_NAMES: Final = ("L5/S1", "L4/L5", "L3/L4", "L2/L3", "L1/L2")
MAX_OFF_CURVE_MM: Final = 9.0
MAX_PITCH_MM: Final = 52.0
_MIN_SACRUM_MM2: Final = 350.0
_MIDLINE_REACH_MM: Final = 7.0
_S1_REACH_MM: Final = 26.0
_MAX_DISC_OFFSET_MM: Final = 11.0
_INFERRED: Final = 0.3


@dataclass(frozen=True)
class Piece:
    """One connected piece: centre in LPS mm and mean probability of its class."""

    center_lps: Point
    probability: float


@dataclass(frozen=True)
class SpineTrace:
    """Named levels, notes, and how well the bodies make a spine.

    dropped: bodies that lay off the curve. inferred: bodies put in between others. above: centres
    of the bodies above L1, caudal to cranial.
    """

    levels: tuple[LevelLocation, ...]
    notes: tuple[str, ...]
    dropped: int = 0
    inferred: int = 0
    above: tuple[Point, ...] = ()


def find_levels(
    labels: NDArray[np.uint8], probabilities: NDArray[np.float32], stack: StackInput
) -> tuple[tuple[LevelLocation, ...], tuple[str, ...]]:
    """Named levels and notes. labels, probabilities: (slices, [5,] rows, columns)."""
    found = trace_spine(labels, probabilities, stack)
    return found.levels, found.notes


def trace_spine(
    labels: NDArray[np.uint8], probabilities: NDArray[np.float32], stack: StackInput
) -> SpineTrace:
    """As `find_levels`, with what went wrong on the way."""
    midline = _midline(labels)
    near = _near_midline(midline, stack)
    bodies = _pieces(labels, probabilities, stack, BODY, midline, min_area_mm2=250.0)
    discs = _pieces(labels, probabilities, stack, DISC, midline, min_area_mm2=40.0)
    if not (labels == SACRUM).any() or not bodies:
        missing = "sacrum" if bodies else "vertebral bodies"
        words = f"No {missing} found in the images, so no level is named and none graded."
        return SpineTrace((), (words,))
    sacrum = _patient_points(stack, np.argwhere((labels == SACRUM) & near), midline)
    largest = ((labels == SACRUM) & near).sum((1, 2)).max()
    if largest * stack.row_spacing_mm * stack.column_spacing_mm < _MIN_SACRUM_MM2:
        words = "Too little of the sacrum is seen near the midline to name levels by it."
        return SpineTrace((), (words,))
    kept = _on_curve(bodies)
    dropped = len(bodies) - len(kept)
    chain, notes = _chain(kept, sacrum)
    if not chain:
        return SpineTrace((), notes, dropped)
    s1 = _s1_center(sacrum, chain[0].center_lps)
    s1_probability = float(probabilities[:, SACRUM][labels == SACRUM].mean())
    lumbar, further = chain[: len(BODY_NAMES)], chain[len(BODY_NAMES) :]
    inferred = sum(piece.probability == _INFERRED for piece in lumbar)
    levels = _named(lumbar, discs, Piece(s1, s1_probability))
    above = tuple(piece.center_lps for piece in further)
    return SpineTrace(levels, notes, dropped, inferred, above)


def _midline(labels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(rows,) slice index of the midline: the middle of the canal on every row, smoothed.

    A spine that leans or curves sideways crosses slices, so the midline is no one slice.
    Without a canal it is the middle of the bodies.
    """
    value = CANAL if (labels == CANAL).any() else BODY
    area = (labels == value).sum(2).astype(np.float64)
    rows = np.flatnonzero(area.sum(0))
    if not len(rows):
        return np.full(labels.shape[1], (len(labels) - 1) / 2)
    slices = np.arange(len(labels))
    middle = (slices[:, None] * area[:, rows]).sum(0) / area[:, rows].sum(0)
    degree = min(3, len(rows) - 1)
    fit = np.polynomial.Polynomial.fit(rows, middle, degree, w=np.sqrt(area[:, rows].sum(0)))
    inside = np.clip(np.arange(labels.shape[1]), rows[0], rows[-1])
    return np.asarray(np.clip(fit(inside), 0, len(labels) - 1), dtype=np.float64)


def _near_midline(midline: NDArray[np.float64], stack: StackInput) -> NDArray[np.bool_]:
    """(slices, rows, 1): the voxels within reach of the midline, at least one slice."""
    distances = grid.slice_distances_mm(stack)
    at = np.interp(midline, np.arange(len(distances)), distances)
    away = np.abs(distances[:, None] - at)
    return np.asarray(away <= np.maximum(_MIDLINE_REACH_MM, away.min(0)))[:, :, None]


def _pieces(
    labels: NDArray[np.uint8],
    probabilities: NDArray[np.float32],
    stack: StackInput,
    value: int,
    midline: NDArray[np.float64],
    min_area_mm2: float,
) -> list[Piece]:
    """Pieces of a class on the midline, thin bridges between two of them cut."""
    mask = (labels == value) & _near_midline(midline, stack)
    box = ndimage.find_objects(mask.view(np.uint8))
    if not box:
        return []
    mask = mask[box[0]]
    core = ndimage.binary_erosion(mask, np.ones((1, 3, 3))) if value == BODY else mask
    numbered, count = ndimage.label(core)
    if value == BODY:
        distance, nearest = ndimage.distance_transform_edt(
            numbered == 0, sampling=(4.0, 1.0, 1.0), return_indices=True
        )
        numbered = np.where(mask & (distance < 3), numbered[tuple(nearest)], 0)
    corner = [axis.start for axis in box[0]]
    area = stack.row_spacing_mm * stack.column_spacing_mm
    found = []
    sizes = np.bincount(numbered.ravel(), minlength=count + 1)
    sizes[0] = 0
    for k in np.flatnonzero(sizes * area >= min_area_mm2):
        where = np.argwhere(numbered == k) + corner
        if np.bincount(where[:, 0]).max() * area < min_area_mm2:
            continue
        probability = probabilities[where[:, 0], value, where[:, 1], where[:, 2]].mean()
        center = _patient_points(stack, where, midline).mean(0)
        found.append(Piece(center, float(probability)))
    return sorted(found, key=lambda p: p.center_lps[2])


def _patient_points(
    stack: StackInput, index: NDArray[np.intp], midline: NDArray[np.float64]
) -> Point:
    """Voxels (n, 3) moved sideways onto the midline of their row, in LPS mm."""
    moved = index.astype(np.float64)
    moved[:, 0] = midline[index[:, 1]]
    return grid.to_patient(stack, moved)


def _on_curve(bodies: list[Piece]) -> list[Piece]:
    """Caudal to cranial, without those off the curve x(z), y(z); the worst goes first."""
    kept = list(bodies)
    while len(kept) > 3:
        centers = np.array([p.center_lps for p in kept])
        degree = min(3, len(kept) - 2)
        z = (centers[:, 2] - centers[:, 2].mean()) / 100
        residual = np.zeros(len(kept))
        for axis, limit in ((0, 2), (1, degree)):
            fit = np.polynomial.Polynomial.fit(z, centers[:, axis], min(limit, degree))
            residual = np.hypot(residual, centers[:, axis] - fit(z))
        if residual.max() <= MAX_OFF_CURVE_MM:
            break
        kept.pop(int(np.argmax(residual)))
    return kept


def _chain(bodies: list[Piece], sacrum: Point) -> tuple[list[Piece], tuple[str, ...]]:
    """L5, L4, ... upward; a gap of two pitches gets a body put in, marked as inferred."""
    top = float(np.percentile(sacrum[:, 2], 90))
    above = [p for p in bodies if p.center_lps[2] > top - 5]
    if not above:
        return [], ("No vertebral body lies above the sacrum, so no level is named.",)
    centers = [p.center_lps for p in above]
    gaps = [float(np.linalg.norm(b - a)) for a, b in pairwise(centers)]
    pitch = float(np.clip(np.median(gaps), 25, MAX_PITCH_MM)) if gaps else 35.0
    to_sacrum = float(np.linalg.norm(sacrum - centers[0], axis=1).min())
    if to_sacrum > 0.5 * pitch + 17:
        return [], (
            f"{to_sacrum:.0f} mm lie between the sacrum and the lowest vertebral body found, "
            "so L5 can't be told and no level is named.",
        )
    chain, notes = [above[0]], []
    for piece, gap in zip(above[1:], gaps, strict=True):
        missed = round(gap / pitch) - 1 if gap > 1.6 * pitch else 0
        start = chain[-1].center_lps
        for k in range(1, missed + 1):
            between = start + (piece.center_lps - start) * k / (missed + 1)
            chain.append(Piece(between, _INFERRED))
            notes.append("A vertebral body was not seen and is placed between its neighbours.")
        chain.append(piece)
    if len(chain) < len(BODY_NAMES):
        notes.append(f"Only {len(chain)} vertebral bodies found above the sacrum.")
    return chain, tuple(notes)


def _s1_center(sacrum: Point, l5: Point) -> Point:
    """Centre of S1: the sacrum within reach of its point nearest to L5."""
    distance = np.linalg.norm(sacrum - l5, axis=1)
    entry = sacrum[np.argsort(distance)[: max(len(sacrum) // 20, 1)]].mean(0)
    return np.asarray(sacrum[np.linalg.norm(sacrum - entry, axis=1) < _S1_REACH_MM].mean(0))


def _named(chain: list[Piece], discs: list[Piece], s1: Piece) -> tuple[LevelLocation, ...]:
    found = [_location("S1", "body", s1)]
    below = s1
    for body_name, disc_name, body in zip(BODY_NAMES, DISC_NAMES, chain, strict=False):
        found.append(_location(disc_name, "disc", _disc_between(body, below, discs)))
        found.append(_location(body_name, "body", body))
        below = body
    return tuple(found)


def _disc_between(above: Piece, below: Piece, discs: list[Piece]) -> Piece:
    """The disc piece nearest to the midpoint of two bodies, else the midpoint, inferred."""
    middle = (above.center_lps + below.center_lps) / 2
    near = min(discs, key=lambda d: float(np.linalg.norm(d.center_lps - middle)), default=None)
    if near is None or np.linalg.norm(near.center_lps - middle) > _MAX_DISC_OFFSET_MM:
        return Piece(middle, _INFERRED)
    certain = min(above.probability, below.probability)
    return Piece(near.center_lps, near.probability * min(1.0, certain + 0.1))


def _location(level: str, kind: str, piece: Piece) -> LevelLocation:
    x, y, z = (round(float(v), 2) for v in piece.center_lps)
    confidence = round(min(max(piece.probability, 0.0), 1.0), 3)
    return LevelLocation(level, "disc" if kind == "disc" else "body", (x, y, z), confidence)
