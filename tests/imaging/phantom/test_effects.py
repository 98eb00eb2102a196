"""What goes wrong on a scanner, each effect by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pydicom
import pytest

from spinestudy.imaging.dicom.frames import PulseParameters
from spinestudy.imaging.dicom.series_role import series_role
from spinestudy.imaging.phantom import (
    Acquisition,
    AcquisitionError,
    Effects,
    PhantomSeries,
    SeriesPlan,
    build_exam,
    write_exam,
)
from spinestudy.imaging.phantom.acquisition import VENDORS
from tests.imaging.phantom.spines import spine

T2 = SeriesPlan("sag_t2", 128, 128, 2.4, 2.4, slices=1)
STIR = replace(T2, role="sag_stir")
AIR = (slice(0, 1), slice(20, 100), slice(118, 126))
"""Behind the back."""


def scanned(plan: SeriesPlan = T2, **effects: float) -> PhantomSeries:
    one = replace(plan, effects=Effects(**effects))
    return build_exam(spine(acquisition=Acquisition((one,)))).series[0]


def test_effects_that_are_off_change_nothing() -> None:
    assert (
        scanned().pixels.tobytes()
        == build_exam(spine(acquisition=Acquisition((T2,)))).series[0].pixels.tobytes()
    )


def test_motion_puts_ghosts_into_the_air() -> None:
    still, moved = scanned(), scanned(motion=0.6)
    assert moved.pixels[AIR].mean() > 2 * still.pixels[AIR].mean()
    assert np.array_equal(still.labels, moved.labels)


def test_wrap_folds_what_lies_in_front_behind_the_back() -> None:
    plain, folded = scanned(), scanned(wrap=0.12)
    assert folded.pixels.shape == plain.pixels.shape
    assert folded.pixels[AIR].mean() > 1.6 * plain.pixels[AIR].mean()
    assert np.mean(plain.labels != folded.labels) < 1e-3  # rounding of borders


def test_bias_darkens_what_is_far_from_the_coil() -> None:
    plain, uneven = scanned(), scanned(coil_bias=1.5)
    far, near = (slice(0, 1), slice(50, 80), slice(5, 30)), plain.labels == 4
    ratio = [s.pixels[far].mean() / s.pixels[near].mean() for s in (plain, uneven)]
    assert ratio[1] < 0.5 * ratio[0]


def test_noise_grows_by_its_factor() -> None:
    quiet, loud = scanned(), scanned(noise_factor=4.0)
    assert loud.pixels[AIR].mean() == pytest.approx(4 * quiet.pixels[AIR].mean(), rel=0.1)


def test_a_zero_border_holds_neither_signal_nor_masks() -> None:
    series = scanned(zero_border=0.1)
    edge = round(0.1 * 128)
    stamp = series.pixels.shape[1] - 12
    assert not series.pixels[:, :edge].any()
    assert not series.pixels[:, :stamp, -edge:].any()
    assert series.structures is not None
    assert not series.structures[:, :edge].any()
    assert series.pixels[:, edge + 2 : -edge - 2, edge + 2 : -edge - 2].any()


def test_failed_fat_suppression_brings_fat_back() -> None:
    good, failed = scanned(STIR), scanned(STIR, failed_fat_suppression=0.9)
    ends = np.r_[0:12, 116:124]
    assert failed.pixels[:, ends].mean() > 1.5 * good.pixels[:, ends].mean()


def test_screws_leave_a_void_on_every_contrast() -> None:
    for plan in (T2, STIR):
        wide = replace(plan, slices=15)
        spec = spine(acquisition=Acquisition((wide,)), screws=("L4", "L5"))
        with_metal = build_exam(spec)
        without = build_exam(replace(spec, findings=spine().findings))
        point = with_metal.truth.body_centers_lps["L4"] + np.array([17.0, 12.0, 3.0])
        k, row, column = with_metal.series[0].voxel_of(point)
        at = (k, slice(row - 1, row + 2), slice(column - 1, column + 2))
        plain = float(without.series[0].pixels[at].mean())
        assert with_metal.series[0].pixels[at].mean() < 0.6 * plain


@pytest.mark.parametrize(("name", "value"), [("motion", 2.0), ("wrap", 0.5), ("noise_factor", -1)])
def test_an_effect_off_its_range_is_refused(name: str, value: float) -> None:
    with pytest.raises(AcquisitionError, match=rf"{name} is .* give a number from 0"):
        Effects(**{name: value})


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("field_t", [1.5, 3.0])
def test_tags_of_a_scanner_are_its_own_and_its_series_are_known(
    vendor: str, field_t: float, tmp_path: Path
) -> None:
    small = {"rows": 72, "columns": 72, "row_spacing_mm": 4.0, "column_spacing_mm": 4.0}
    plans = tuple(
        replace(T2, role=role, slices=1, **small)  # type: ignore[arg-type]
        for role in ("sag_t1", "sag_t2", "sag_stir", "ax_t2", "cor_t2")
    )
    exam = build_exam(spine(acquisition=Acquisition(plans, vendor, field_t)))
    paths = write_exam(
        exam, tmp_path, patient_id="SYN-1", study_date=date(2026, 1, 2), accession="SYN1"
    )
    seen = []
    for path in paths:
        ds = pydicom.dcmread(path)
        assert ds.Manufacturer == VENDORS[vendor].manufacturer
        assert "SYNTHETIC" in ds.Manufacturer
        assert "SYNTHETIC" in ds.ManufacturerModelName
        assert float(ds.MagneticFieldStrength) == field_t
        pulse = PulseParameters(
            scanning_sequence=tuple(
                [ds.ScanningSequence]
                if isinstance(ds.ScanningSequence, str)
                else ds.ScanningSequence
            ),
            echo_time_ms=float(ds.EchoTime),
            repetition_time_ms=float(ds.RepetitionTime),
            inversion_time_ms=float(ds.InversionTime) if "InversionTime" in ds else None,
        )
        role = series_role(pulse, ds.ImageType, f"{ds.SeriesDescription} {ds.ProtocolName}")
        seen.append(role.label)
        assert ("IR" in pulse.scanning_sequence) == ("InversionTime" in ds)
        assert role.notes == ()
    assert seen == ["T1", "T2", "STIR", "T2", "T2"]
    assert len({pydicom.dcmread(p).SeriesNumber for p in paths}) == len(plans)
