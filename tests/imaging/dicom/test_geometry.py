"""Planes, normals and angles."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinestudy.imaging.dicom.geometry import orientation_of, plane_of, same_orientation
from tests.factories.dicom import AXIAL, CORONAL, SAGITTAL, tilted_axial


@pytest.mark.parametrize(
    ("cosines", "plane", "angle_deg"),
    [
        (SAGITTAL, "sagittal", 0),
        (AXIAL, "axial", 0),
        (CORONAL, "coronal", 0),
        (tilted_axial(25), "axial", 25),
        (tilted_axial(36), "axial", 36),
        (tilted_axial(38), "oblique", 38),
        (tilted_axial(-52), "oblique", 38),
        (tilted_axial(-60), "coronal", 30),
        (tuple(2e0 * c * 0.99 for c in SAGITTAL), "sagittal", 0),
    ],
)
def test_the_plane_follows_the_largest_cosine(
    cosines: tuple[float, ...], plane: str, angle_deg: float
) -> None:
    found, angle = plane_of(orientation_of(cosines))
    assert found == plane
    assert angle == pytest.approx(angle_deg, abs=1e-6)


@pytest.mark.parametrize(
    "cosines",
    [
        None,
        (),
        (0.0,) * 6,
        (1.0, 0.0, 0.0, 1.0, 0.0, 0.0),
        (1.0, 0.0, 0.0, float("nan"), 1.0, 0.0),
        (1.0, 0.0, 0.0, 0.9, 0.1, 0.0),
    ],
)
def test_cosines_that_span_no_plane_are_refused(cosines: tuple[float, ...] | None) -> None:
    assert orientation_of(cosines) is None
    assert plane_of(orientation_of(cosines)) == ("unknown", 0.0)


def test_noise_of_real_headers_is_one_orientation_and_half_a_degree_is_not() -> None:
    exact = orientation_of(AXIAL)
    noisy = orientation_of([c + n for c, n in zip(AXIAL, np.full(6, 2e-5), strict=True)])
    turned = orientation_of(tilted_axial(0.5))
    assert exact is not None
    assert noisy is not None
    assert turned is not None
    assert same_orientation(exact, noisy)
    assert not same_orientation(exact, turned)


@given(st.lists(st.floats(-1, 1), min_size=6, max_size=6))
def test_whatever_is_accepted_is_orthonormal_and_points_left_back_or_up(
    cosines: list[float],
) -> None:
    found = orientation_of(cosines)
    if found is None:
        return
    frame = np.stack([found.row, found.column, found.normal])
    assert np.allclose(frame @ frame.T, np.eye(3), atol=1e-9)
    assert found.normal[np.argmax(np.abs(found.normal))] > 0
