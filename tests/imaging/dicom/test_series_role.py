"""Weighting: numbers before text, as a table."""

from __future__ import annotations

import pytest

from spinestudy.imaging.dicom.frames import PulseParameters
from spinestudy.imaging.dicom.role_text import says_contrast, says_fat_suppressed, says_localizer
from spinestudy.imaging.dicom.series_role import series_role


def pulse(
    kind: str, tr: float | None, te: float | None, ti: float | None = None
) -> PulseParameters:
    return PulseParameters(
        scanning_sequence=tuple(kind.split("+")) if kind else (),
        repetition_time_ms=tr,
        echo_time_ms=te,
        inversion_time_ms=ti,
    )


@pytest.mark.parametrize(
    ("parameters", "text", "label", "source"),
    [
        (pulse("SE", 600, 12), "", "T1", "numbers"),
        (pulse("SE", 600, 12), "t1_tse_sag", "T1", "numbers and text"),
        (pulse("SE", 3500, 100), "T2W_TSE", "T2", "numbers and text"),
        (pulse("SE", 2500, 20), "", "PD", "numbers"),
        (pulse("SE", 3500, 70, 160), "", "STIR", "numbers"),
        (pulse("SE+IR", 4000, 60, 220), "t2_tirm_sag", "STIR", "numbers and text"),
        (pulse("SE", 4000, 65), "sag STIR", "STIR", "numbers and text"),
        (pulse("IR", 2000, 10, 900), "", "T1-FLAIR", "numbers"),
        (pulse("IR", 9000, 110, 2500), "", "FLAIR", "numbers"),
        (pulse("GR", 500, 20), "", "T2*", "numbers"),
        (pulse("GR", 9, 3), "", "T1-GRE", "numbers"),
        (pulse("SE", 3.5, 0.1), "T2 sag", "T2", "text"),
        (pulse("", None, None), "T1 SE sag LWS", "T1", "text"),
        (pulse("", None, None), "wirbelsaeule sag", "unknown", "none"),
        (pulse("SE", 600, 12), "t2_tse", "T1", "numbers"),
        (pulse("", None, None), "t2*_medic_tra", "T2*", "text"),
        (pulse("", None, None), "t10_level", "unknown", "none"),
    ],
)
def test_weighting(parameters: PulseParameters, text: str, label: str, source: str) -> None:
    role = series_role(parameters, ("ORIGINAL", "PRIMARY"), text)
    assert (role.label, role.source) == (label, source)


def test_a_conflict_of_numbers_and_text_is_told_and_lowers_confidence() -> None:
    clear = series_role(pulse("SE", 600, 12), (), "t1")
    conflict = series_role(pulse("SE", 600, 12), (), "t2")
    assert conflict.confidence < clear.confidence
    assert "numbers say T1, text says T2" in conflict.notes[0]


def test_diffusion_and_its_maps_are_known_by_image_type() -> None:
    assert series_role(pulse("SE", 4000, 80), ("ORIGINAL", "DIFFUSION"), "").label == "DWI"
    assert series_role(pulse("SE", 4000, 80), ("DERIVED", "ADC"), "t2").label == "ADC"


def test_other_modalities_have_no_weighting() -> None:
    assert series_role(pulse("SE", 600, 12), (), "t1", modality="CT").label == "unknown"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("t2_tse_fs_sag", True),
        ("T2 SPAIR", True),
        ("t1_tse_dixon_w", True),
        ("T2W_TSEfs", True),
        ("offset_sag", False),
        ("t2_tse_sag", False),
    ],
)
def test_fat_suppression_in_text(text: str, expected: bool) -> None:
    assert says_fat_suppressed(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("t1 +c", True), ("T1 post GD", True), ("t1 sag KM", True), ("t1 pre gd", False),
     ("T1 ohne KM", False), ("t1_tse_sag", False)],
)  # fmt: skip
def test_contrast_in_text(text: str, expected: bool) -> None:
    assert says_contrast(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("3-Plane Localizer", True), ("scout", True), ("loc", True), ("survey", True),
     ("local tumor t2", False)],
)  # fmt: skip
def test_localizer_in_text(text: str, expected: bool) -> None:
    assert says_localizer(text) is expected
