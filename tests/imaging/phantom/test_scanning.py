"""Any stack of any plane and contrast shows the same patient."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from spinestudy.imaging.phantom import (
    Acquisition,
    AcquisitionError,
    Fracture,
    Herniation,
    PhantomExam,
    SeriesPlan,
    build_exam,
    build_scene,
    usual_acquisition,
)
from spinestudy.imaging.phantom.stir import stir_signal
from tests.imaging.phantom.spines import SEED, scene_of, spine

PLANS = (
    SeriesPlan("sag_t1", 200, 160, 1.5, 1.6, thickness_mm=3.0, spacing_mm=3.3, slices=5),
    SeriesPlan("sag_stir", 200, 160, 1.5, 1.6, thickness_mm=3.0, spacing_mm=3.3, slices=5),
    SeriesPlan("ax_t2", 140, 120, 1.3, 1.4, thickness_mm=3.0, per_disc=3),
    SeriesPlan("cor_t2", 150, 150, 1.9, 1.7, thickness_mm=3.0, slices=4),
)


@pytest.fixture(scope="module")
def exam() -> PhantomExam:
    spec = spine(
        SEED,
        Acquisition(PLANS, "P", 3.0),
        herniations={"L4/L5": Herniation(3.5, 0.6, "left")},
        metastases={"L3": 7.0},
    )
    return build_exam(replace(spec, rotation_deg=(3.0, -2.0, 4.0), scoliosis_mm=5.0))


def test_each_series_has_the_grid_that_was_planned(exam: PhantomExam) -> None:
    assert [s.role for s in exam.series] == [p.role for p in PLANS]
    for series, plan in zip(exam.series, PLANS, strict=True):
        slices = plan.per_disc * 5 or plan.slices
        assert series.pixels.shape == (slices, plan.rows, plan.columns)
        assert (series.row_spacing_mm, series.column_spacing_mm) == (
            plan.row_spacing_mm,
            plan.column_spacing_mm,
        )
        step = np.linalg.norm(series.positions_lps[1] - series.positions_lps[0])
        assert step == pytest.approx(plan.spacing_mm, abs=1e-3)


def test_a_point_of_the_patient_is_the_same_tissue_in_every_series(exam: PhantomExam) -> None:
    """Each voxel's codes are those of its own middle, looked up in the patient."""
    scene = build_scene(exam.spec)
    rng = np.random.default_rng(5)
    for series in exam.series:
        assert series.structures is not None
        assert series.changes is not None
        held = np.argwhere(series.structures > 0)
        some = held[rng.choice(len(held), 1500, replace=False)]
        k, row, column = some.T
        points = (
            series.positions_lps[k]
            + column[:, None] * series.column_spacing_mm * series.orientation_lps[k, :3]
            + row[:, None] * series.row_spacing_mm * series.orientation_lps[k, 3:]
        )
        told = scene.sample(points)
        at = (k, row, column)
        # A voxel on a border may fall to either side by rounding of its middle.
        assert np.mean(told.structures == series.structures[at]) > 0.99, series.role
        assert np.mean(told.labels == series.labels[at]) > 0.99, series.role
        assert np.mean(told.changes == series.changes[at]) > 0.99, series.role


def test_series_on_one_grid_share_their_masks(exam: PhantomExam) -> None:
    t1, stir = exam.series[:2]
    assert t1.structures is not None
    assert stir.structures is not None
    assert np.array_equal(t1.structures, stir.structures)
    assert not np.array_equal(t1.pixels, stir.pixels)


def test_stir_has_dark_fat_dark_marrow_and_bright_fluid() -> None:
    scene = scene_of()
    t = scene.tissues
    pairs = np.array([t.fat, t.marrow_base, t.csf, t.muscle, (0.30, 0.68)], dtype=np.float32)
    fat, marrow, fluid, muscle, oedema = stir_signal(pairs[:, 0], pairs[:, 1])
    assert fluid > 0.9
    assert fat < 0.1
    assert fat < marrow < muscle < oedema < fluid
    edge = stir_signal(*np.array([[0.53], [0.44]], dtype=np.float32))  # half fat, half cortex
    assert edge[0] < 0.15


def test_a_thick_slice_is_the_mean_of_thin_ones() -> None:
    """Partial volume by thickness: 9 mm of thin slices together look like one of 10 mm."""
    images = {}
    for name, thickness, slices in (("thin", 1.0, 9), ("thick", 10.0, 1)):
        plan = SeriesPlan("sag_t2", 200, 200, 1.4, 1.4, thickness, 1.0, slices)
        exam = build_exam(replace(spine(acquisition=Acquisition((plan,))), noise=1e-4))
        series = exam.series[0]
        images[name] = gaussian_filter(series.pixels.astype(float), (0, 1.5, 1.5))
        column = (series.labels > 0).any(0)
    middle, mean, thick = images["thin"][4], images["thin"].mean(0), images["thick"][0]
    away = [float(np.abs(one - thick)[column].mean()) for one in (middle, mean)]
    assert away[1] < 0.6 * away[0]


def test_the_usual_acquisition_sees_t11_to_s2() -> None:
    plans = tuple(
        replace(p, rows=88, columns=88, row_spacing_mm=3.4, column_spacing_mm=3.4)
        for p in usual_acquisition().series[:1]
    )
    exam = build_exam(spine(acquisition=Acquisition(plans)))
    series = exam.series[0]
    assert [*exam.truth.body_centers_lps] == [
        "T11", "T12", "L1", "L2", "L3", "L4", "L5", "S1", "S2",
    ]  # fmt: skip
    for name, center in exam.truth.body_centers_lps.items():
        k, row, column = series.voxel_of(center)
        assert 0 <= row < 88, name
        assert series.labels[k, row, column] in (1, 2), name


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rows": 8}, "rows of sag_t1 is 8: give a number from 64"),
        ({"role": "sag_dwi"}, "no role 'sag_dwi'"),
        ({"thickness_mm": 40.0}, "thickness_mm of sag_t1 is 40.0"),
    ],
)
def test_a_plan_that_cannot_be_scanned_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(AcquisitionError, match=message):
        replace(PLANS[0], **change)  # type: ignore[arg-type]


def test_a_role_is_scanned_once() -> None:
    with pytest.raises(AcquisitionError, match="scanned once"):
        Acquisition((PLANS[0], PLANS[0]))


def test_a_spine_with_two_crushed_bodies_still_fills_the_picture() -> None:
    crushed = {name: Fracture(0.6, shape="crush", is_old=True) for name in ("L1", "L3")}
    plan = SeriesPlan("sag_t2", 100, 100, 3.1, 3.1, slices=3)
    exam = build_exam(spine(acquisition=Acquisition((plan,)), fractures=crushed))
    top = exam.series[0].labels[1, :6]
    assert set(np.unique(top)) & {1, 3}, "no body and no disc in the uppermost rows"
