"""One stack's values on another's grid: the short way and the long way say the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("contourpy", reason="the worker's packages are not installed")

from inference.anatomy import grid
from inference.anatomy.resampling import _are_aligned, on_grid_of, slice_points_lps
from inference.contract import StackInput

pytestmark = pytest.mark.worker
SEED = 5
LEFT, DORSAL, CAUDAL = np.eye(3) * (-1, 1, -1)


def stack(shape: tuple[int, int, int], spacing: tuple[float, float, float]) -> StackInput:
    """Sagittal slices from right to left, filled at random."""
    slices, rows, columns = spacing
    rng = np.random.default_rng(SEED)
    return StackInput(
        stack_id=1,
        plane="sagittal",
        weighting="T2",
        pixels=rng.uniform(0, 100, shape).astype(np.float32),
        row_direction_lps=DORSAL,
        column_direction_lps=CAUDAL,
        positions_lps=np.array([20.0, -30.0, 40.0]) + np.arange(shape[0])[:, None] * slices * LEFT,
        row_spacing_mm=rows,
        column_spacing_mm=columns,
    )


def turned_by(one: StackInput, degrees: float) -> StackInput:
    """Turned around the caudal axis."""
    angle = np.deg2rad(degrees)
    row = np.array([np.sin(angle), np.cos(angle), 0.0])
    normal = np.array([-np.cos(angle), np.sin(angle), 0.0])
    along = np.arange(len(one.pixels))[:, None] * 4.0
    return replace(one, row_direction_lps=row, positions_lps=one.positions_lps[0] + along * normal)


def by_points(target: StackInput, source: StackInput, order: int) -> np.ndarray:
    return np.stack(
        [
            grid.sample(source, slice_points_lps(target, k), None, order)
            for k in range(len(target.pixels))
        ]
    )


@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("shift_mm", [0.31, 7.137, -5.713])
def test_the_short_way_along_the_axes_is_the_long_way_by_points(
    order: int, shift_mm: float
) -> None:
    source = stack((7, 50, 40), (4.0, 0.8, 0.9))
    target = stack((9, 33, 61), (3.3, 1.1, 0.7))
    target = replace(target, positions_lps=target.positions_lps + shift_mm)
    assert _are_aligned(target, source)
    assert np.allclose(
        on_grid_of(target, source, order=order), by_points(target, source, order), atol=2e-4
    )


def test_axes_that_run_the_other_way_are_followed() -> None:
    source = stack((5, 30, 40), (4.0, 1.0, 1.0))
    flipped = replace(
        source,
        pixels=source.pixels[::-1, ::-1, ::-1],
        row_direction_lps=-source.row_direction_lps,
        column_direction_lps=-source.column_direction_lps,
        positions_lps=source.positions_lps[::-1] + 39.0 * DORSAL + 29.0 * CAUDAL,
    )
    assert np.allclose(on_grid_of(source, flipped), source.pixels, atol=1e-4)
    assert np.array_equal(on_grid_of(source, flipped, order=0), source.pixels)


def test_pixels_at_the_edge_of_the_same_grid_keep_their_values() -> None:
    """Positions in files are rounded, so that the edge may lie a thought outside the other's."""
    source = stack((5, 30, 40), (4.0, 0.7, 0.7))
    rounded = replace(source, positions_lps=source.positions_lps - 1e-6)
    assert np.allclose(on_grid_of(rounded, source), source.pixels, atol=1e-3)


@pytest.mark.parametrize("degrees", [0.05, 12.0])
def test_a_tilted_stack_is_placed_point_by_point(degrees: float) -> None:
    source = stack((7, 50, 40), (4.0, 0.8, 0.9))
    target = turned_by(stack((6, 33, 41), (4.0, 1.1, 0.7)), degrees)
    assert not _are_aligned(target, source)
    assert np.array_equal(on_grid_of(target, source), by_points(target, source, 1))


def test_beyond_half_a_slice_there_is_nothing() -> None:
    source = stack((4, 20, 20), (4.0, 1.0, 1.0))
    target = replace(source, positions_lps=source.positions_lps + 5.0 * LEFT)
    found = on_grid_of(target, source)
    assert (found[:3] > 0).any((1, 2)).all()
    assert not found[3].any()
