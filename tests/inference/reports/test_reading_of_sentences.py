"""Which severity, side and level belongs to which target."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.reports import STENOSIS_TARGETS, Label, read_report

CASES = json.loads((Path(__file__).parent / "development.json").read_text())["cases"]


def said_of(label: Label) -> str:
    side = f" {label.side}" if label.side else ""
    return f"{label.target} {label.level}{side}: {label.category}"


def stated(text: str, *targets: str) -> list[str]:
    return [
        said_of(label)
        for label in read_report(text).labels
        if label.certainty == "stated" and label.target in (targets or STENOSIS_TARGETS)
    ]


@pytest.mark.parametrize("text", CASES)
def test_every_sentence_of_the_development_set_is_read_right(text: str) -> None:
    assert sorted(stated(text)) == sorted(CASES[text])


def test_what_is_denied_without_a_level_counts_everywhere_but_weakly() -> None:
    reading = read_report("No central canal stenosis. L4-5: mild canal stenosis.")
    by_level = {one.level: one for one in reading.labels if one.target == "canal"}
    assert by_level["L1/L2"].category == "none"
    assert by_level["L1/L2"].certainty == "implied"
    assert by_level["L4/L5"].category == "mild"
    assert by_level["L4/L5"].certainty == "stated"


def test_silence_at_a_described_level_means_none_unless_that_is_switched_off() -> None:
    text = "L4-5: Mild canal stenosis."
    assumed = [one for one in read_report(text).labels if one.certainty == "assumed"]
    assert {said_of(one) for one in assumed} == {
        f"{target} L4/L5 {side}: none"
        for target in ("foramen", "subarticular")
        for side in ("right", "left")
    }
    assert read_report(text, assumes_none=False).labels[0].category == "mild"
    assert len(read_report(text, assumes_none=False).labels) == 1


def test_remaining_levels_are_those_that_nothing_else_was_said_of() -> None:
    reading = read_report(
        "L4-5: Severe canal stenosis. The remaining levels show mild canal stenosis."
    )
    canal = {one.level: one.category for one in reading.labels if one.target == "canal"}
    assert canal == {
        "L1/L2": "mild",
        "L2/L3": "mild",
        "L3/L4": "mild",
        "L4/L5": "severe",
        "L5/S1": "mild",
    }


def test_indication_technique_and_comparison_are_not_read() -> None:
    text = (
        "INDICATION: severe canal stenosis at L4-5.\nTECHNIQUE: axial T2 at L3-4, mild motion.\n"
        "COMPARISON: moderate canal stenosis at L2-3 in 2019.\n"
        "FINDINGS: L4-5: mild canal stenosis."
    )
    assert stated(text) == ["canal L4/L5: mild"]


def test_findings_and_impression_that_differ_are_told() -> None:
    text = "FINDINGS: L4-5: Mild canal stenosis.\nIMPRESSION: Severe canal stenosis at L4-5."
    reading = read_report(text)
    assert "canal L4/L5: mild" in [said_of(one) for one in reading.labels]
    (one,) = reading.contradictions
    assert (one.target, one.level, one.category, one.other_category, one.other_section) == (
        "canal",
        "L4/L5",
        "mild",
        "severe",
        "impression",
    )
    assert text[one.other_start : one.other_end] == "Severe canal stenosis at L4-5."


def test_each_label_points_at_its_sentence() -> None:
    text = (
        "FINDINGS: L3-4: normal.\nL4–5: The canal is widely patent. Mild left foraminal stenosis."
    )
    label = next(one for one in read_report(text).labels if said_of(one).endswith("left: mild"))
    assert text[label.start : label.end] == "Mild left foraminal stenosis."


def test_doubt_is_kept_with_the_label() -> None:
    labels = read_report("L4-5: Possible mild canal stenosis. Mild left foraminal stenosis.").labels
    doubts = {said_of(one): one.is_uncertain for one in labels if one.certainty == "stated"}
    assert doubts == {"canal L4/L5: mild": True, "foramen L4/L5 left: mild": False}


def test_stenosis_without_a_degree_is_no_point_of_the_scale() -> None:
    assert stated("L4-5: Central canal stenosis.") == ["canal L4/L5: unspecified"]


def test_less_than_severe_is_no_label() -> None:
    labels = read_report("L4-5: No severe canal stenosis.", assumes_none=False).labels
    assert labels == ()


@pytest.mark.parametrize(
    ("text", "target", "expected"),
    [
        ("Grade 2 anterolisthesis of L4 on L5.", "listhesis", ["listhesis L4/L5: grade 2"]),
        ("L5-S1: Modic type II changes.", "modic", ["modic L5/S1: type 2"]),
        ("L5-S1: fatty endplate changes.", "modic", ["modic L5/S1: type 2"]),
        ("L4-5: Pfirrmann grade IV disc.", "pfirrmann", ["pfirrmann L4/L5: grade 4"]),
        (
            "L4-5: bulge with superimposed left protrusion.",
            "herniation",
            ["herniation L4/L5: protrusion"],
        ),
        ("L4-5: no disc herniation.", "herniation", ["herniation L4/L5: none"]),
        ("L4-5: moderate disc desiccation.", "degeneration", ["degeneration L4/L5: moderate"]),
        ("Old compression fracture of L1.", "fracture", ["fracture L1: present"]),
    ],
)
def test_discs_endplates_slips_and_fractures_are_read(
    text: str, target: str, expected: list[str]
) -> None:
    assert stated(text, target) == expected


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("L3-4 through L5-S1: mild canal stenosis.", ("L3/L4", "L4/L5", "L5/S1")),
        ("Mild canal stenosis from L3 to S1.", ("L3/L4", "L4/L5", "L5/S1")),
        ("L3-L4, L4-L5 and L5-S1: mild canal stenosis.", ("L3/L4", "L4/L5", "L5/S1")),
        ("L3/4 and 4/5: mild canal stenosis.", ("L3/L4", "L4/L5")),
        ("L5-1: mild canal stenosis.", ("L5/S1",)),
        ("L four five: mild canal stenosis.", ("L4/L5",)),
        ("T12-L1: mild canal stenosis.", ("T12/L1",)),
        ("L5-L6 and L6-S1: mild canal stenosis.", ("L5/L6", "L6/S1")),
    ],
)
def test_levels_are_known_by_all_their_names(text: str, levels: tuple[str, ...]) -> None:
    labels = read_report(text, assumes_none=False).labels
    assert tuple(one.level for one in labels) == levels
    assert {one.category for one in labels} == {"mild"}


ANY_WORDS = (
    "mild moderate severe no without not left right bilateral canal foraminal stenosis narrowing "
    "L4-5 L5-S1 L3 at is are and or , ; : . ( ) \n with respectively greater than patent normal "
    "disc bulge on the previously 1. IMPRESSION: remaining levels to - İ 4 mm"
)
WORDS = st.sampled_from(ANY_WORDS.split(" "))


@given(st.lists(WORDS, max_size=60))
def test_any_text_is_read_and_every_label_lies_in_it(words: list[str]) -> None:
    text = " ".join(words)
    reading = read_report(text)
    assert reading == read_report(text)
    for label in reading.labels:
        assert 0 <= label.start < label.end <= len(text)
