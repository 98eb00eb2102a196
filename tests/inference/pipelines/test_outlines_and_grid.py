"""Geometry: index and patient coordinates, polygons and their simplification."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("contourpy", reason="the worker's packages are not installed")

from inference.anatomy import grid
from inference.anatomy.outlines import TOLERANCE_MM, outlines, simplified
from inference.contract import StackInput

pytestmark = pytest.mark.worker


def _stack(slices: int = 4, side: int = 60) -> StackInput:
    """Sagittal, tilted by 10 degrees, unevenly spaced, pixels of 0.8 x 0.5 mm."""
    tilt = np.deg2rad(10)
    return StackInput(
        stack_id=7,
        plane="sagittal",
        weighting="T2",
        pixels=np.zeros((slices, side, side), dtype=np.float32),
        row_direction_lps=np.array([np.sin(tilt), np.cos(tilt), 0.0]),
        column_direction_lps=np.array([0.0, 0.0, -1.0]),
        positions_lps=np.array([[-4.0, 0, 30], [0.0, 0, 30], [5.0, 0, 30], [9.0, 0, 30]])[:slices],
        row_spacing_mm=0.8,
        column_spacing_mm=0.5,
    )


@pytest.mark.parametrize("slices", [1, 4])
def test_index_to_patient_and_back_is_the_identity(slices: int) -> None:
    stack = _stack(slices)
    rng = np.random.default_rng(3)
    index = rng.uniform(0, 1, (50, 3)) * (np.array(stack.pixels.shape) - 1)
    assert np.allclose(grid.to_index(stack, grid.to_patient(stack, index)), index, atol=1e-9)


def test_points_outside_the_stack_have_no_value() -> None:
    stack = _stack()
    values = np.ones_like(stack.pixels)
    inside = grid.to_patient(stack, np.array([[1.0, 30.0, 30.0]]))
    normal = grid.normal_lps(stack)
    assert grid.sample(stack, inside, values)[0] == 1
    assert grid.sample(stack, inside - 30 * normal, values)[0] == 0
    assert grid.sample(stack, inside + 100 * stack.row_direction_lps, values)[0] == 0


def test_the_outline_of_a_disc_has_its_area_and_few_points() -> None:
    stack = _stack()
    rows, columns = np.mgrid[:60, :60]
    radius_mm = 9.0
    disc = np.hypot((rows - 30) * 0.8, (columns - 30) * 0.5) <= radius_mm
    labels = np.zeros(stack.pixels.shape, dtype=np.uint8)
    labels[2][disc] = 3
    (line,) = outlines(labels, stack)
    assert (line.stack_id, line.slice_index, line.structure) == (7, 2, "disc")
    assert len(line.points_lps) < 40
    center = grid.to_patient(stack, np.array([2.0, 30.0, 30.0]))
    distance = np.linalg.norm(line.points_lps - center, axis=1)
    assert np.abs(distance - radius_mm).max() < 0.8


def test_a_structure_at_the_edge_of_the_image_has_a_closed_outline() -> None:
    stack = _stack()
    labels = np.zeros(stack.pixels.shape, dtype=np.uint8)
    labels[0, :30, :30] = 4
    (line,) = outlines(labels, stack)
    assert len(line.points_lps) >= 4


def test_simplification_stays_within_its_tolerance() -> None:
    angle = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    line = np.column_stack([20 * np.cos(angle), 12 * np.sin(angle)])
    (simple,) = simplified([line], TOLERANCE_MM)
    assert len(simple) < 40
    ends = np.roll(simple, -1, axis=0)
    away = []
    for point in line:
        chord = ends - simple
        part = np.clip(((point - simple) * chord).sum(1) / (chord**2).sum(1), 0, 1)
        away.append(np.linalg.norm(simple + part[:, None] * chord - point, axis=1).min())
    assert max(away) <= TOLERANCE_MM + 1e-9
