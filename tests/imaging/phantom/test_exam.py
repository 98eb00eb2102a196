"""The phantom: the same specification gives the same exam, and severity shows in it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from spinestudy.imaging.phantom import (
    DISC_LEVELS,
    PhantomExam,
    PhantomSpec,
    PhantomSpecError,
    build_exam,
    sample_spec,
)

SEED = 8
_BODY, _SACRUM, _DISC, _CANAL = 1, 2, 3, 4


@pytest.fixture(scope="module")
def exam() -> PhantomExam:
    return build_exam(sample_spec(SEED), quick=True)


def with_latent(item: str, level: str, value: float) -> PhantomSpec:
    spec = sample_spec(SEED)
    latent = {k: dict(v) for k, v in spec.latent.items()}
    latent[item][level] = value
    return replace(spec, latent=latent)


def canal_of_slab(exam: PhantomExam, level: str) -> NDArray[np.bool_]:
    """The canal label of the axial slices of one disc level."""
    axial = exam.by_role("ax_t2")
    count = len(axial.pixels) // len(DISC_LEVELS)
    start = DISC_LEVELS.index(level) * count
    return np.asarray(axial.labels[start : start + count] == _CANAL)


def test_the_same_seed_gives_the_same_pixels(exam: PhantomExam) -> None:
    again = build_exam(sample_spec(SEED), quick=True)
    for first, second in zip(exam.series, again.series, strict=True):
        assert first.pixels.tobytes() == second.pixels.tobytes()
        assert first.labels.tobytes() == second.labels.tobytes()


def test_another_seed_gives_other_pixels(exam: PhantomExam) -> None:
    other = build_exam(sample_spec(SEED + 1), quick=True)
    assert exam.series[1].pixels.tobytes() != other.series[1].pixels.tobytes()


def test_the_series_share_a_shape_and_12_bits(exam: PhantomExam) -> None:
    assert [s.role for s in exam.series] == ["sag_t1", "sag_t2", "ax_t2"]
    for series in exam.series:
        assert series.pixels.dtype == np.uint16
        assert series.labels.dtype == np.uint8
        assert series.pixels.shape == series.labels.shape
        assert 800 < series.pixels.max() <= 4095
        assert series.orientation_lps.shape == (len(series.pixels), 6)
        assert series.positions_lps.shape == (len(series.pixels), 3)
        assert set(np.unique(series.labels)) == {0, 1, 2, 3, 4} or series.role == "ax_t2"


@pytest.mark.parametrize("role", ["sag_t1", "sag_t2"])
@pytest.mark.parametrize("seed", [SEED, 21, 34])
def test_the_true_centres_lie_in_their_labels(seed: int, role: str) -> None:
    exam = build_exam(sample_spec(seed), quick=True)
    series = exam.by_role("sag_t1" if role == "sag_t1" else "sag_t2")
    for level, center in exam.truth.disc_centers_lps.items():
        assert series.labels[series.voxel_of(center)] == _DISC, f"seed {seed}, {level}"
    for name, center in exam.truth.body_centers_lps.items():
        expected = _SACRUM if name == "S1" else _BODY
        assert series.labels[series.voxel_of(center)] == expected, f"seed {seed}, {name}"


def test_the_canal_lies_behind_every_body(exam: PhantomExam) -> None:
    series = exam.by_role("sag_t2")
    for name in ("L1", "L2", "L3", "L4", "L5"):
        k, row, column = series.voxel_of(exam.truth.body_centers_lps[name])
        line = series.labels[k - 1 : k + 2, row - 4 : row + 5].max(axis=(0, 1))
        behind = np.flatnonzero(line == _CANAL)
        assert len(behind), f"no canal at {name}"
        assert 10 < (behind.min() - column) * series.column_spacing_mm < 40


def test_slices_run_along_their_normal(exam: PhantomExam) -> None:
    for series in exam.series:
        row, column = series.orientation_lps[:, :3], series.orientation_lps[:, 3:]
        normal = np.cross(row, column)
        assert np.allclose(np.linalg.norm(row, axis=1), 1, atol=1e-6)
        assert np.allclose(np.einsum("ij,ij->i", row, column), 0, atol=1e-6)
        same = np.all(np.abs(np.diff(series.orientation_lps, axis=0)) < 1e-9, axis=1)
        step = np.einsum("ij,ij->i", np.diff(series.positions_lps, axis=0), normal[:-1])
        assert np.allclose(step[same], series.slice_spacing_mm, atol=1e-4)


def test_every_disc_has_its_own_axial_slab_through_its_centre(exam: PhantomExam) -> None:
    axial = exam.by_role("ax_t2")
    count = len(axial.pixels) // len(DISC_LEVELS)
    for i, level in enumerate(DISC_LEVELS):
        k, row, column = axial.voxel_of(exam.truth.disc_centers_lps[level])
        slab = slice(i * count, (i + 1) * count)
        offset = exam.truth.disc_centers_lps[level] - axial.positions_lps[slab]
        orientation = axial.orientation_lps[i * count]
        normal = np.cross(orientation[:3], orientation[3:])
        assert np.abs(offset @ normal).min() < 0.75 * axial.slice_spacing_mm
        assert abs(row - axial.pixels.shape[1] / 2) < 40
        assert abs(column - axial.pixels.shape[2] / 2) < 15
        assert k in range(slab.start, slab.stop)


def test_the_canal_narrows_with_stenosis() -> None:
    areas = []
    for value in (0.2, 1.2, 2.2, 3.2, 3.9):
        exam = build_exam(with_latent("central_canal_stenosis", "L3/L4", value), quick=True)
        areas.append(int(canal_of_slab(exam, "L3/L4").sum(axis=(1, 2)).min()))
    assert areas == sorted(areas, reverse=True)
    assert areas[-1] < 0.5 * areas[0]


def test_the_nucleus_darkens_with_degeneration() -> None:
    signals = []
    for value in (1.2, 2.2, 3.2, 4.2, 5.5):
        exam = build_exam(with_latent("pfirrmann", "L2/L3", value), quick=True)
        series = exam.by_role("sag_t2")
        k, row, column = series.voxel_of(exam.truth.disc_centers_lps["L2/L3"])
        signals.append(float(series.pixels[k, row - 1 : row + 2, column - 3 : column + 4].mean()))
    assert signals == sorted(signals, reverse=True)
    assert signals[-1] < 0.4 * signals[0]


def test_the_disc_collapses_with_degeneration() -> None:
    heights = []
    for value in (1.2, 3.5, 5.8):
        exam = build_exam(with_latent("pfirrmann", "L4/L5", value), quick=True)
        bodies = exam.truth.body_centers_lps
        heights.append(float(np.linalg.norm(bodies["L4"] - bodies["L5"])))
    assert heights == sorted(heights, reverse=True)


@pytest.mark.parametrize(
    ("latent", "t1_brighter", "t2_brighter"),
    [(1.5, False, True), (2.5, True, True), (3.6, False, False)],
)
def test_modic_types_have_their_signals(
    latent: float, t1_brighter: bool, t2_brighter: bool
) -> None:
    def endplate_signal(value: float) -> tuple[float, float]:
        spec = replace(
            with_latent("modic", "L3/L4", value),
            modic_extent_mm=dict.fromkeys(DISC_LEVELS, 9.0),
            rotation_deg=(0.0, 0.0, 0.0),
        )
        exam = build_exam(spec, quick=True)
        means = []
        for role in ("sag_t1", "sag_t2"):
            series = exam.by_role("sag_t1" if role == "sag_t1" else "sag_t2")
            disc, body = exam.truth.disc_centers_lps["L3/L4"], exam.truth.body_centers_lps["L4"]
            k, row, column = series.voxel_of(disc + 0.5 * (body - disc))
            means.append(float(series.pixels[k, row - 2 : row + 3, column - 6 : column + 3].mean()))
        return means[0], means[1]

    plain, changed = endplate_signal(0.1), endplate_signal(latent)
    assert (changed[0] > 1.1 * plain[0]) == t1_brighter
    assert (changed[1] > 1.1 * plain[1]) == t2_brighter
    assert max(abs(a / b - 1) for a, b in zip(changed, plain, strict=True)) > 0.15


def test_a_population_has_every_score() -> None:
    specs = [sample_spec(seed) for seed in range(200)]
    for item, scores in {
        "central_canal_stenosis": range(4),
        "pfirrmann": range(1, 6),
        "modic": range(4),
    }.items():
        seen = Counter(s.grade(item, level) for s in specs for level in DISC_LEVELS)
        assert set(seen) == set(scores)
        assert min(seen.values()) >= 15, f"{item}: {seen}"
    caudal = np.mean([s.latent["pfirrmann"]["L4/L5"] for s in specs])
    cranial = np.mean([s.latent["pfirrmann"]["L1/L2"] for s in specs])
    assert caudal > cranial + 0.5


def test_scores_are_the_floor_of_the_latent(exam: PhantomExam) -> None:
    for item, by_level in exam.truth.grades.items():
        for level, score in by_level.items():
            assert score == int(exam.truth.latent[item][level])


def test_a_severity_off_its_scale_is_refused() -> None:
    with pytest.raises(PhantomSpecError, match=r"pfirrmann.*L4/L5.*from 1 to 6"):
        with_latent("pfirrmann", "L4/L5", 0.5)
